import type { Key } from '../key';
import { hangingOn, savingCommand, toStart } from '../key-danger';
import { DAY, formatInstant, type Instant } from '../time';
import { aws } from './command';
import { control, type Measure } from './control';
import { inDays } from './figures';
import { type Finding, failed, passed } from './finding';
import { type KeyJudged, ofKeys } from './keys-judged';
import type { Seen } from './seen';

export const keyInDanger = control(
  {
    id: 'key-in-danger',
    title: 'Every key that backups hang on can be used',
    requirements: ['SEC-1', 'SEC-5'],
    severity: 'critical',
    rationale:
      'A key that is deleted takes all that is encrypted under it along, in every copy: no backup brings that back. While it is disabled or waits for its deletion nothing under it can be read, copied or restored.',
    remedy: {
      text: 'Cancel the deletion, enable the key, and start the databases that lost it within 7 days',
      command:
        'aws kms cancel-key-deletion --region REGION --key-id KEY && aws kms enable-key --region REGION --key-id KEY',
    },
    runbook: 'functions/rotate-keys/README.md#alarm-rotate-keys-key-in-danger',
    pass: 'light',
    frameworks: ['Security Hub KMS.3', 'NIST 800-53 SC-12', 'ISO 27001 A.8.24', 'SOC 2 CC6.1'],
  },
  ofKeys(() => 'enabled', judge),
);

function judge({ use, found }: KeyJudged, { now }: Seen): Finding {
  const stake = hangingOn(use);
  if (found === null) {
    return failed(`KMS knows no such key: ${use.reference}`, {
      cost: stake,
      command: aws('kms', 'list-aliases', '--region', use.region),
    });
  }
  const { key } = found;
  if (key.state === 'enabled') return passed('enabled');
  return failed(fate(key, now), {
    cost: stake,
    command: savingCommand(key, toStart(use)),
    ...left(key, now),
  });
}

function fate({ state, deletion }: Key, now: Instant): string {
  if (state === 'disabled') return 'disabled';
  if (state === 'unavailable') return 'out of reach of KMS: its material, or the key store that it lies in';
  if (deletion === null) return 'pending deletion as soon as its replicas are gone';
  return `pending deletion: KMS deletes it ${inDays(deletion, now)}, at ${formatInstant(deletion)}`;
}

/** KMS waits 30 days at most: the fewer of them are left, the worse. */
const LONGEST_WAIT = 30;

function left({ deletion }: Key, now: Instant): { measure?: Measure } {
  if (deletion === null) return {};
  const days = Math.max(0, Math.floor((deletion - now) / DAY));
  return { measure: { value: Math.max(0, LONGEST_WAIT - days), unit: `of ${LONGEST_WAIT} days gone` } };
}

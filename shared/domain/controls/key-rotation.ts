import { type Key, lastRotated, type Rotation, rotationDue } from '../key';
import { savingCommand, toStart } from '../key-danger';
import type { KeyUse } from '../key-use';
import { DAY, type Duration } from '../time';
import { aws, invoke } from './command';
import { control } from './control';
import { count, day, lasting } from './figures';
import { type Finding, failed, passed, unknown } from './finding';
import { type KeyJudged, ofKeys, outOfUse } from './keys-judged';
import type { Seen } from './seen';

/** A day for the daily run of rotate-keys, and a day that KMS's own rotation is waited for. */
const GRACE: Duration = 2 * DAY;

/** What AWS does to the keys that it manages itself. */
const A_YEAR: Duration = 365 * DAY;

const NEVER: Rotation = { automatic: false, period: null, next: null, underWay: null, done: [] };

export const keyRotation = control(
  {
    id: 'key-rotation',
    title: 'Every key that backups hang on is rotated as often as promised',
    requirements: ['SEC-2'],
    severity: 'medium',
    rationale:
      'A rotation limits what one piece of key material can give away. What counts is the age of the material, whatever the switch says.',
    remedy: {
      text: 'Let rotate-keys do it: give the key our tag, or name it in the policy as keys.also; a key that KMS does not rotate is left by re-keying',
      command: 'aws kms enable-key-rotation --region REGION --key-id KEY --rotation-period-in-days DAYS',
    },
    runbook: 'functions/rotate-keys/README.md#alarm-rotate-keys-failures',
    pass: 'light',
    frameworks: [
      'Security Hub KMS.4',
      'CIS AWS 5.0 3.6',
      'NIST 800-53 SC-12',
      'ISO 27001 A.8.24',
      'SOC 2 CC6.1',
    ],
  },
  ofKeys(({ rules }) => `rotated every ${rules.rotateEvery / DAY}d (keys.rotateEvery)`, judge),
);

function judge({ use, found }: KeyJudged, seen: Seen): Finding {
  // Not spoken of, an overdue one would be told as resolved while it cannot be rotated.
  if (found === null) return unknown('KMS knows no such key; key-in-danger tells of it', aliases(use));
  const { key } = found;
  if (key.state !== 'enabled')
    return unknown(
      `it cannot be rotated while it is ${outOfUse(key.state)}; key-in-danger tells of it`,
      savingCommand(key, toStart(use)),
    );
  const every = use.rules.rotateEvery;
  if (key.manager === 'aws') {
    return every >= A_YEAR
      ? passed('AWS rotates it every year')
      : failed('AWS rotates it every year, and nobody can have it rotated sooner', {
          command: invoke(seen, 'rotate-keys', { report: true }),
        });
  }
  const automatic = key.symmetric && key.origin === 'kms';
  // Of those that KMS does not rotate by itself it has nothing to tell: their age counts.
  if (found.rotation === null && automatic)
    return unknown('its rotation could not be looked at', look('get-key-rotation-status', key));
  const rotation = found.rotation ?? NEVER;
  const due = rotationDue(key, rotation, every);
  if (due === null) return unknown('KMS does not say how old its material is', look('describe-key', key));
  const { now } = seen;
  const last = lastRotated(rotation);
  const age = now - (last ?? due - every);
  const since =
    last === null
      ? `never rotated since it was made ${lasting(age)} ago`
      : `last rotated ${lasting(age)} ago`;
  const command = automatic
    ? aws(
        ...['kms', 'enable-key-rotation', '--region', key.region, '--key-id', key.arn],
        ...['--rotation-period-in-days', `${Math.floor(every / DAY)}`],
      )
    : invoke(seen, 'rotate-keys', { dryRun: true });
  if (now > due + GRACE) {
    const late = Math.ceil((now - due) / DAY);
    return failed(`${since}: ${count(late, 'day')} late`, {
      command,
      measure: { value: late, unit: 'days late' },
    });
  }
  if (automatic && !rotation.automatic) return failed(`automatic rotation is off; ${since}`, { command });
  if (automatic && (rotation.period ?? 0) > every)
    return failed(`KMS rotates it every ${(rotation.period ?? 0) / DAY}d; ${since}`, { command });
  return passed(rotation.next === null ? since : `${since}, next on ${day(rotation.next)}`);
}

function look(what: string, { region, arn }: Key): string {
  return aws('kms', what, '--region', region, '--key-id', arn);
}

function aliases({ region }: KeyUse): string {
  return aws('kms', 'list-aliases', '--region', region);
}

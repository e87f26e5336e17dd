import { DAY, type Duration, formatDuration } from '../time';
import { aws } from './command';
import { control } from './control';
import { type Finding, failed, given, passed } from './finding';
import { ofInstallation } from './scope';
import type { EvidenceStore, Seen } from './seen';

/** An audit looks back on a year. */
const A_YEAR: Duration = 365 * DAY;

export const evidenceLocked = control(
  {
    id: 'evidence-locked',
    title: 'Evidence is locked against change and removal for a year',
    requirements: ['DR-6', 'DR-7', 'SEC-4'],
    severity: 'high',
    rationale:
      'What proves that backups were tested is worth something only as long as nobody can write it anew. In governance mode those who hold s3:BypassGovernanceRetention still can; in compliance mode nobody can, and nobody can shorten the lock either.',
    remedy: {
      text: 'Deploy anew: the stack sets a default retention of 400 days and keeps versions',
      command: 'aws s3api get-object-lock-configuration --bucket BUCKET',
    },
    runbook: 'docs/controls.md#evidence-locked',
    pass: 'daily',
    frameworks: ['Security Hub S3.15', 'NIST 800-53 AU-9', 'ISO 27001 A.5.33'],
  },
  ofInstallation('evidence', 'versions are kept, and each record is locked for 365 days and more', (seen) =>
    given(seen.evidence, (store) => judge(store, seen)),
  ),
);

/** What each mode of S3's object lock leaves to whom. */
const WHO = {
  governance: 'only who may bypass it (s3:BypassGovernanceRetention) changes or removes a record before',
  compliance: 'nobody changes or removes a record before, not even the root user',
} as const;

function judge({ bucket, lock, versioned }: EvidenceStore, { policy }: Seen): Finding {
  const of = ['--region', policy.home, '--bucket', bucket];
  const cost = 'whoever can write the bucket can make a failed test a passed one';
  if (!versioned)
    return failed('versions are not kept', { cost, command: aws('s3api', 'get-bucket-versioning', ...of) });
  const command = aws('s3api', 'get-object-lock-configuration', ...of);
  if (lock === null) return failed('records are not locked', { cost, command });
  const found = `locked for ${formatDuration(lock.keeps)} in ${lock.mode} mode: ${WHO[lock.mode]}`;
  return lock.keeps >= A_YEAR ? passed(found) : failed(found, { cost, command });
}

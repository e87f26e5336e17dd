import type { InspectionRecord } from '../inspection/record';
import { DAY } from '../time';
import { invoke } from './command';
import { control } from './control';
import { lasting } from './figures';
import { type Finding, failed, given, unknown, within } from './finding';
import { ageOfLook, LOOK_IS_GOOD_FOR } from './inspection-seen';
import { partOf } from './part';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';

export const inspectionRecent = control(
  {
    id: 'inspection-recent',
    title: 'The live database was looked into within two days',
    requirements: ['TEN-4', 'EXT-4', 'DR-7'],
    severity: 'medium',
    rationale:
      'Tenants, extensions and grants are judged by what a look inside found. Without a recent one nobody knows, and the other controls say so.',
    remedy: {
      text: 'See why inspect-database cannot look: its role, IAM authentication, or the way to the instance',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-inspect-database --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'functions/inspect-database/README.md#alarm-inspect-database-failures',
    pass: 'daily',
    frameworks: ['NIST 800-53 CA-7'],
  },
  ofDatabases(
    ({ inspection }) => (inspection === null ? null : `no older than ${lasting(LOOK_IS_GOOD_FOR)}`),
    (one, seen) =>
      given(partOf(seen.inspections, one.database.id, 'the record of inspections'), (record) =>
        judge(one, record, seen),
      ),
  ),
);

function judge({ database }: Selected, record: InspectionRecord | null, seen: Seen): Finding {
  const command = invoke(seen, 'inspect-database', { database: database.id });
  if (record === null) {
    const { created } = database;
    if (created === null || seen.now - created <= LOOK_IS_GOOD_FOR)
      return unknown('it has not been looked into yet', command);
    return failed('it has never been looked into', { command });
  }
  const age = ageOfLook(record, seen);
  if (age === null) return unknown(`the newest look is of no time that can be read: '${record.at}'`, command);
  return within(
    age <= LOOK_IS_GOOD_FOR,
    `looked into ${lasting(age)} ago`,
    { value: Math.ceil(age / DAY), unit: 'days' },
    { command },
  );
}

import { DAY } from '../time';
import { aws, describe } from './command';
import { control } from './control';
import { day, inDays } from './figures';
import { type Finding, failed, given, passed, unknown } from './finding';
import { ofDatabases, type Selected } from './scope';
import type { Seen } from './seen';

/** Every client has to trust the next authority before the server changes to it: a quarter. */
const AHEAD = 90 * DAY;

export const authorityValid = control(
  {
    id: 'authority-valid',
    title: 'The authority that certifies the server is valid for a quarter and more',
    requirements: ['SEC-1'],
    severity: 'medium',
    rationale:
      'When it ends, no client that verifies the server connects any more: to the application the database is gone.',
    remedy: {
      text: 'Give every client the new authority, then change the instance to it',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --ca-certificate-identifier AUTHORITY --apply-immediately',
    },
    runbook: 'docs/controls.md#authority-valid',
    pass: 'daily',
    frameworks: ['ISO 27001 A.8.24'],
  },
  ofDatabases(
    () => 'valid for 90 days and more',
    (one, seen) =>
      given(one.settings, ({ authority }) =>
        authority === null
          ? unknown('RDS does not say which authority it is', describe(one.database))
          : given(seen.authorities, (all) => judge(one, authority, all, seen)),
      ),
  ),
);

function judge({ database }: Selected, id: string, all: ReadonlyMap<string, number>, { now }: Seen): Finding {
  const until = all.get(id);
  const command = aws('rds', 'describe-certificates', '--region', database.region);
  if (until === undefined) return unknown(`AWS does not say until when ${id} is valid`, command);
  const over = until < now;
  const found = `${id} ${over ? 'was' : 'is'} valid until ${day(until)}, ${inDays(until, now)}`;
  if (until - now > AHEAD) return passed(found);
  return failed(found, {
    cost: over
      ? 'clients that verify the server cannot connect'
      : 'clients that verify the server cannot connect from then on',
    command,
  });
}

import { formatInstant } from '../time';
import { aws } from './command';
import type { Judgment } from './control';
import { type Finding, failed, given, passed, unknown } from './finding';
import { ofInstallation } from './scope';
import type { Alarm, Seen } from './seen';

/**
 * Our functions that run on a schedule; each has an alarm for when it does not run, and one for when a run fails. The last
 * of them is the one that judges: dead, it judges nothing, and its alarm goes to the topic by itself. Its line is for the
 * report, and for the run that comes to life again.
 */
export const SCHEDULED = [
  'create-snapshot',
  'copy-snapshot',
  'prune-snapshots',
  'rotate-keys',
  'inspect-database',
  'test-restore',
  'report-compliance',
] as const;

export type Scheduled = (typeof SCHEDULED)[number];

/**
 * Judges one alarm of each scheduled function.
 *
 * @param kind what the alarm's name ends with
 */
export function ofAlarms(
  kind: 'not-running' | 'failures',
  words: {
    readonly expected: string;
    readonly fine: string;
    readonly wrong: string;
    readonly cost: Readonly<Record<Scheduled, string>>;
  },
): (seen: Seen) => Judgment[] {
  return (seen) =>
    SCHEDULED.flatMap((name) =>
      ofInstallation(name, words.expected, ({ alarms }) => ({
        ...given(alarms, (all) => judge(seen, `${seen.deployment}-${name}-${kind}`, all, words.cost[name])),
        runbook: `functions/${name}/README.md#alarm-${name}-${kind}`,
      }))(seen),
    );

  function judge({ policy: { home } }: Seen, name: string, alarms: readonly Alarm[], cost: string): Finding {
    const alarm = alarms.find((one) => one.name === name);
    const cloudwatch = (what: string, ...words: string[]) =>
      aws('cloudwatch', what, '--region', home, ...words);
    if (alarm === undefined)
      return failed(`there is no alarm ${name}: nobody would be told`, {
        cost,
        command: cloudwatch('describe-alarms', '--alarm-name-prefix', name),
      });
    const since = `since ${formatInstant(alarm.since)}`;
    const command = cloudwatch('describe-alarm-history', '--alarm-name', name);
    if (alarm.state === 'INSUFFICIENT_DATA')
      return unknown(`CloudWatch has too little data ${since}`, command);
    if (alarm.state === 'OK') return passed(words.fine);
    return failed(`${words.wrong}: its alarm rings ${since}`, { cost, command });
  }
}

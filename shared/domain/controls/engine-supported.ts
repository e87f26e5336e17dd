import { DAY } from '../time';
import { aws } from './command';
import { control } from './control';
import { day, inDays } from './figures';
import { type Finding, failed, given, passed, unknown } from './finding';
import { ofDatabases } from './scope';
import type { EngineSupport, Seen } from './seen';

/** A major upgrade of an ERP's database wants tests of its own: half a year. */
const AHEAD = 180 * DAY;

export const engineSupported = control(
  {
    id: 'engine-supported',
    title: 'The major version of PostgreSQL is supported for half a year and more',
    requirements: ['OPS-1'],
    severity: 'medium',
    rationale:
      'When standard support ends, RDS bills extended support by the hour; when that ends, it upgrades the instance by itself. Restored backups keep the old version, and are upgraded just the same.',
    remedy: {
      text: 'Try the upgrade on a restored snapshot, then upgrade',
      command:
        'aws rds modify-db-instance --region REGION --db-instance-identifier DATABASE --engine-version VERSION --allow-major-version-upgrade',
    },
    runbook: 'docs/controls.md#engine-supported',
    pass: 'daily',
    frameworks: ['NIST 800-53 SA-22', 'ISO 27001 A.8.8'],
  },
  ofDatabases(
    () => 'standard support of its major version lasts for 180 days and more',
    ({ settings }, seen) =>
      given(settings, ({ engineVersion }) =>
        given(seen.engines, (engines) => judge(engineVersion, engines.get(majorOf(engineVersion)), seen)),
      ),
  ),
);

/** `17` of `17.6`; before 10 the second number belonged to it. */
function majorOf(version: string): string {
  const [first = '', second = ''] = version.split('.');
  return Number(first) < 10 ? `${first}.${second}` : first;
}

function judge(version: string, support: EngineSupport | undefined, { now, policy }: Seen): Finding {
  if (support === undefined)
    return unknown(
      `AWS does not say until when it supports ${version}`,
      aws(
        ...['rds', 'describe-db-major-engine-versions', '--region', policy.home],
        ...['--engine', 'postgres'],
      ),
    );
  const { standard, extended } = support;
  const found = `standard support of ${version} ends ${inDays(standard, now)}, on ${day(standard)}`;
  if (standard - now > AHEAD) return passed(found);
  const over = extended !== null && now > extended;
  return failed(now > standard ? found.replace(' ends ', ' ended ') : found, {
    cost: over
      ? 'RDS upgrades it by itself, at any moment'
      : 'extended support is billed by the hour from then on',
    command: aws(
      ...['rds', 'describe-db-engine-versions', '--region', policy.home, '--engine', 'postgres'],
      ...['--engine-version', version, '--query', 'DBEngineVersions[].ValidUpgradeTarget[].EngineVersion'],
    ),
  });
}

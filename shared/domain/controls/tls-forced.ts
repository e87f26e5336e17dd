import { aws, describe } from './command';
import { control } from './control';
import { given, on } from './finding';
import { ofDatabases, type Selected } from './scope';

export const tlsForced = control(
  {
    id: 'tls-forced',
    title: 'Connections without TLS are refused',
    requirements: ['SEC-1'],
    severity: 'medium',
    rationale: 'Data that is encrypted at rest and crosses the network in the clear is read there.',
    remedy: {
      text: 'Set rds.force_ssl to 1 in the parameter group; from PostgreSQL 15 on it is the default. A group of RDS (default.*) takes no change: give the instance one of its own first',
      command:
        'aws rds modify-db-parameter-group --region REGION --db-parameter-group-name GROUP --parameters ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=immediate',
    },
    runbook: 'docs/controls.md#tls-forced',
    pass: 'daily',
    frameworks: ['Security Hub RDS.38', 'NIST 800-53 SC-8', 'ISO 27001 A.8.24', 'SOC 2 CC6.7'],
  },
  ofDatabases(
    () => 'rds.force_ssl is 1',
    (one) =>
      given(one.tlsForced, (forced) =>
        on(
          forced,
          { on: '1', off: 'not 1: clients may connect without TLS' },
          { cost: 'passwords and data to whoever listens on the network', command: forcing(one) },
        ),
      ),
  ),
);

/** RDS's own groups take no change: the instance needs one of its own first. */
function forcing({ database, parameterGroup: group }: Selected): string {
  if (group === null || group.startsWith('default.'))
    return describe(database, '--query', 'DBInstances[].[EngineVersion,DBParameterGroups]');
  return aws(
    ...['rds', 'modify-db-parameter-group', '--region', database.region, '--db-parameter-group-name', group],
    ...['--parameters', 'ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=immediate'],
  );
}

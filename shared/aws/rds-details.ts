import {
  type DBInstance,
  DescribeAccountAttributesCommand,
  DescribeDBParametersCommand,
  DescribePendingMaintenanceActionsCommand,
  type PendingMaintenanceAction,
} from '@aws-sdk/client-rds';
import type { Maintenance, Quotas, Settings } from '../domain/controls/seen';
import { regionOf } from '../domain/key';
import type { DatabaseDetails, Details } from '../ports/details';
import type { Clients } from './clients';
import { calling, translate } from './errors';
import { everyPage, PAGE } from './paging';
import { quotaIn } from './quotas';
import { databaseOf, instancesIn } from './rds-databases';

const FORCES_TLS = 'rds.force_ssl';

export class RdsDetails implements Details {
  constructor(private readonly clients: Clients) {}

  async list(region: string): Promise<DatabaseDetails[]> {
    return (await instancesIn(this.clients, region)).map((instance) => detailsOf(instance, region));
  }

  async tlsForced(region: string, parameterGroup: string): Promise<boolean | null> {
    return calling(`read ${FORCES_TLS} of the parameter group ${parameterGroup} in ${region}`, async () => {
      // Of some 400 parameters RDS sends the one that is asked for; an endpoint without the filter sends all of them.
      const parameters = await everyPage(async (Marker) => {
        const page = await this.clients.rds(region).send(
          new DescribeDBParametersCommand({
            DBParameterGroupName: parameterGroup,
            Filters: [{ Name: 'parameter-name', Values: [FORCES_TLS] }],
            MaxRecords: PAGE,
            Marker,
          }),
        );
        return { items: page.Parameters, marker: page.Marker };
      });
      const value = parameters.find(({ ParameterName }) => ParameterName === FORCES_TLS)?.ParameterValue;
      return value === undefined ? null : value === '1';
    });
  }

  async maintenance(region: string): Promise<ReadonlyMap<string, readonly Maintenance[]>> {
    return calling(`list pending maintenance in ${region}`, async () => {
      const resources = await everyPage(async (Marker) => {
        const page = await this.clients
          .rds(region)
          .send(new DescribePendingMaintenanceActionsCommand({ MaxRecords: PAGE, Marker }));
        return { items: page.PendingMaintenanceActions, marker: page.Marker };
      });
      return new Map(
        resources.map(({ ResourceIdentifier, PendingMaintenanceActionDetails }) => [
          ResourceIdentifier ?? '',
          (PendingMaintenanceActionDetails ?? []).map(maintenanceOf),
        ]),
      );
    });
  }

  async quotas(region: string): Promise<Quotas> {
    try {
      const { AccountQuotas } = await this.clients.rds(region).send(new DescribeAccountAttributesCommand({}));
      return {
        snapshots: quotaIn(AccountQuotas, 'ManualSnapshots'),
        instances: quotaIn(AccountQuotas, 'DBInstances'),
      };
    } catch (error) {
      const refusal = translate(error, `ask for the quotas of ${region}`);
      if (refusal.kind === 'unsupported') return { snapshots: null, instances: null };
      throw refusal;
    }
  }
}

function detailsOf(instance: DBInstance, region: string): DatabaseDetails {
  return {
    database: databaseOf(instance, region),
    settings: settingsOf(instance),
    parameterGroup: instance.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
    replicas: (instance.ReadReplicaDBInstanceIdentifiers ?? []).map((name) => replicaOf(name, region)),
  };
}

function settingsOf(instance: DBInstance): Settings {
  return {
    multiAz: instance.MultiAZ === true,
    backupRetentionDays: instance.BackupRetentionPeriod ?? 0,
    backupWindow: instance.PreferredBackupWindow ?? '',
    performanceInsights: instance.PerformanceInsightsEnabled === true,
    databaseInsights: instance.DatabaseInsightsMode ?? null,
    copyTagsToSnapshot: instance.CopyTagsToSnapshot === true,
    publiclyAccessible: instance.PubliclyAccessible === true,
    engineVersion: instance.EngineVersion ?? '',
    authority: instance.CACertificateIdentifier ?? null,
  };
}

/** RDS names a replica of the same region by its identifier, and one of another region by its ARN. */
function replicaOf(name: string, region: string): { id: string; region: string } {
  return { id: name.split(':').at(-1) ?? name, region: regionOf(name) ?? region };
}

/**
 * After AutoAppliedAfterDate RDS uses the next maintenance window, at ForcedApplyDate it does not wait for one: neither
 * asks anybody. CurrentApplyDate may come from an owner who agreed.
 */
function maintenanceOf({
  Action,
  AutoAppliedAfterDate,
  ForcedApplyDate,
}: PendingMaintenanceAction): Maintenance {
  const dates = [AutoAppliedAfterDate, ForcedApplyDate].flatMap((date) => date?.getTime() ?? []);
  return { action: Action ?? 'unnamed', forced: dates.length === 0 ? null : Math.min(...dates) };
}

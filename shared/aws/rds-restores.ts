import {
  AddTagsToResourceCommand,
  DeleteDBInstanceCommand,
  DescribeAccountAttributesCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBParametersCommand,
  DescribeDBSubnetGroupsCommand,
  DescribeEventsCommand,
  ModifyDBInstanceCommand,
  RemoveTagsFromResourceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import type { Database } from '../domain/database';
import type { TestPlace } from '../domain/policy';
import type { Quota } from '../domain/quota';
import { Refusal, type RefusalKind } from '../domain/refusal';
import type { Told } from '../domain/restore-test';
import type { Snapshot } from '../domain/snapshot';
import type { Tags } from '../domain/tags';
import type { Instant } from '../domain/time';
import type { NewRestore, PlaceSeen, Restores } from '../ports/restores';
import type { Clients } from './clients';
import { translate } from './errors';
import { everyPage, PAGE } from './paging';
import { quotaIn } from './quotas';
import { databaseOf } from './rds-databases';
import { toTagList } from './tags';

const HINTS: Partial<Record<RefusalKind, string>> = {
  quota:
    'raise the quota "DB instances" of the region, or delete instances that nobody needs; the next tick tries again',
  gone: 'correct restoreTest.places in the policy, or make what it names (docs/deploy.md)',
  key: "the snapshot's key is disabled or gone, and what is under it cannot be restored: aws kms describe-key tells",
  busy: 'the next tick tries again',
};

export class RdsRestores implements Restores {
  constructor(private readonly clients: Clients) {}

  async look({ region, subnetGroup, parameterGroup }: TestPlace): Promise<PlaceSeen> {
    const rds = this.clients.rds(region);
    await hinting(`look for the subnet group ${subnetGroup} in ${region}`, () =>
      rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: subnetGroup })),
    );
    return hinting(`read the parameter group ${parameterGroup} in ${region}`, async () => {
      const parameters = await everyPage(async (Marker) => {
        const page = await rds.send(
          new DescribeDBParametersCommand({ DBParameterGroupName: parameterGroup, MaxRecords: PAGE, Marker }),
        );
        return { items: page.Parameters, marker: page.Marker };
      });
      const found = parameters.find(({ ParameterName }) => ParameterName === 'shared_preload_libraries');
      const names = (found?.ParameterValue ?? '').split(',').map((name) => name.trim());
      const { DBParameterGroups } = await rds.send(
        new DescribeDBParameterGroupsCommand({ DBParameterGroupName: parameterGroup }),
      );
      const family = DBParameterGroups?.[0]?.DBParameterGroupFamily ?? '';
      return { family, preloaded: names.filter((name) => name !== '') };
    });
  }

  async quota(region: string): Promise<Quota | null> {
    try {
      const { AccountQuotas } = await this.clients.rds(region).send(new DescribeAccountAttributesCommand({}));
      return quotaIn(AccountQuotas, 'DBInstances');
    } catch (error) {
      const refusal = translate(error, `ask for the quota of DB instances of ${region}`);
      if (refusal.kind === 'unsupported') return null;
      throw refusal;
    }
  }

  async restore({ snapshot, id, place, class: size, tags }: NewRestore): Promise<void> {
    await hinting(`restore ${snapshot.id} as ${id} in ${snapshot.region}`, () =>
      this.clients.rds(snapshot.region).send(
        new RestoreDBInstanceFromDBSnapshotCommand({
          DBInstanceIdentifier: id,
          DBSnapshotIdentifier: snapshot.id,
          DBSubnetGroupName: place.subnetGroup,
          VpcSecurityGroupIds: [...place.securityGroups],
          DBParameterGroupName: place.parameterGroup,
          ...(size === null ? {} : { DBInstanceClass: size }),
          MultiAZ: false,
          PubliclyAccessible: false,
          AutoMinorVersionUpgrade: false,
          EnableIAMDatabaseAuthentication: true,
          DeletionProtection: false,
          BackupRetentionPeriod: 0,
          CopyTagsToSnapshot: false,
          // Passed, so that it does not inherit its source's and is backed up as if it were one.
          Tags: toTagList(tags),
        }),
      ),
    );
  }

  async find(region: string, id: string): Promise<Database | null> {
    try {
      const { DBInstances } = await this.clients
        .rds(region)
        .send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
      const [found] = DBInstances ?? [];
      return found === undefined ? null : databaseOf(found, region);
    } catch (error) {
      const refusal = translate(error, `look again at ${id} in ${region}`);
      if (refusal.kind === 'gone') return null;
      throw refusal;
    }
  }

  async stoodAt({ id, region, created }: Database, since: Instant): Promise<Told | null> {
    const events = await hinting(`read what RDS tells of ${id} in ${region}`, () =>
      everyPage(async (Marker) => {
        const page = await this.clients.rds(region).send(
          new DescribeEventsCommand({
            SourceType: 'db-instance',
            SourceIdentifier: id,
            StartTime: new Date(since),
            EventCategories: ['creation'],
            MaxRecords: PAGE,
            Marker,
          }),
        );
        return { items: page.Events, marker: page.Marker };
      }),
    );
    const [first] = events
      .flatMap(({ Date: date }) => (date === undefined ? [] : [date.getTime()]))
      .sort((a, b) => a - b);
    if (first !== undefined) return { at: first, by: 'RDS event' };
    return created === null ? null : { at: created, by: 'InstanceCreateTime' };
  }

  async unprotect({ id, region }: Database): Promise<void> {
    await hinting(`take the deletion protection off ${id} in ${region}`, () =>
      this.clients.rds(region).send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: id,
          DeletionProtection: false,
          ApplyImmediately: true,
        }),
      ),
    );
  }

  async remove({ id, region }: Database): Promise<void> {
    await hinting(`delete the instance ${id} in ${region}`, () =>
      this.clients.rds(region).send(
        new DeleteDBInstanceCommand({
          DBInstanceIdentifier: id,
          SkipFinalSnapshot: true,
          DeleteAutomatedBackups: true,
        }),
      ),
    );
  }

  async hold({ id, arn, region }: Snapshot, tags: Tags): Promise<void> {
    await hinting(`put ${id} in ${region} on hold`, () =>
      this.clients
        .rds(region)
        .send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: toTagList(tags) })),
    );
  }

  async release({ id, arn, region }: Snapshot, tags: readonly string[]): Promise<void> {
    await hinting(`release ${id} in ${region}`, () =>
      this.clients
        .rds(region)
        .send(new RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: [...tags] })),
    );
  }
}

/** As `calling`, with the way out that a restore test needs: the usual words are about snapshots. */
async function hinting<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { kind, message, hint, cause } = translate(error, doing);
    throw new Refusal(kind, message, HINTS[kind] ?? hint, { cause });
  }
}

import {
  CopyDBSnapshotCommand,
  CreateDBSnapshotCommand,
  type DBSnapshot,
  DeleteDBSnapshotCommand,
  DescribeAccountAttributesCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import type { Quota } from '../domain/quota';
import { Refusal } from '../domain/refusal';
import { type Snapshot, type SnapshotKind, stateOf } from '../domain/snapshot';
import { TAG } from '../domain/tags';
import type { NewCopy, NewSnapshot, Snapshots } from '../ports/snapshots';
import type { Clients } from './clients';
import { calling, translate } from './errors';
import { everyPage, PAGE } from './paging';
import { quotaIn } from './quotas';
import { fromTagList, toTagList } from './tags';

export class RdsSnapshots implements Snapshots {
  constructor(private readonly clients: Clients) {}

  list(region: string): Promise<Snapshot[]> {
    return this.#all(region, 'manual');
  }

  async listEvery(region: string): Promise<Snapshot[]> {
    // Without a type AWS answers with manual and automated ones; those of AWS Backup have to be asked for.
    return [...(await this.#all(region, undefined)), ...(await this.#all(region, 'awsbackup'))];
  }

  async #all(region: string, SnapshotType: string | undefined): Promise<Snapshot[]> {
    return calling(`list snapshots in ${region}`, async () => {
      const found = await everyPage(async (Marker) => {
        const page = await this.clients
          .rds(region)
          .send(new DescribeDBSnapshotsCommand({ SnapshotType, MaxRecords: PAGE, Marker }));
        return { items: page.DBSnapshots, marker: page.Marker };
      });
      return found.map((one) => snapshot(one, region));
    });
  }

  async find(region: string, ids: readonly string[]): Promise<Snapshot[]> {
    return calling(`look again at ${ids.join(', ')} in ${region}`, async () => {
      const { DBSnapshots } = await this.clients.rds(region).send(
        new DescribeDBSnapshotsCommand({
          SnapshotType: 'manual',
          MaxRecords: PAGE,
          Filters: [{ Name: 'db-snapshot-id', Values: [...ids] }],
        }),
      );
      return (DBSnapshots ?? []).map((one) => snapshot(one, region));
    });
  }

  async create({ region, database, id, tags }: NewSnapshot): Promise<Snapshot> {
    const doing = `create snapshot ${id} of ${database} in ${region}`;
    return calling(doing, async () => {
      const { DBSnapshot } = await this.clients.rds(region).send(
        new CreateDBSnapshotCommand({
          DBInstanceIdentifier: database,
          DBSnapshotIdentifier: id,
          Tags: toTagList(tags),
        }),
      );
      return answered(DBSnapshot, region, doing);
    });
  }

  async copy({ source, region, id, key, optionGroup, tags }: NewCopy): Promise<Snapshot> {
    const doing = `copy ${source.id} from ${source.region} to ${region} as ${id}`;
    return calling(doing, async () => {
      // Called where the copy shall lie; the client presigns the request for the source's region by itself. Tags are
      // passed, since CopyTags would be ignored beside them and would bring AWS's own, which are refused.
      const { DBSnapshot } = await this.clients.rds(region).send(
        new CopyDBSnapshotCommand({
          SourceDBSnapshotIdentifier: source.arn,
          TargetDBSnapshotIdentifier: id,
          Tags: toTagList(tags),
          ...(key === null ? {} : { KmsKeyId: key }),
          ...(optionGroup === null ? {} : { OptionGroupName: optionGroup }),
        }),
      );
      return answered(DBSnapshot, region, doing);
    });
  }

  async remove({ id, region }: Snapshot): Promise<void> {
    await calling(`delete snapshot ${id} in ${region}`, () =>
      this.clients.rds(region).send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id })),
    );
  }

  async quota(region: string): Promise<Quota | null> {
    try {
      const { AccountQuotas } = await this.clients.rds(region).send(new DescribeAccountAttributesCommand({}));
      return quotaIn(AccountQuotas, 'ManualSnapshots');
    } catch (error) {
      const refusal = translate(error, `ask for the snapshot quota of ${region}`);
      if (refusal.kind === 'unsupported') return null;
      throw refusal;
    }
  }
}

function answered(found: DBSnapshot | undefined, region: string, doing: string): Snapshot {
  if (found === undefined) throw new Refusal('unknown', `${doing}: the answer holds no snapshot`);
  return snapshot(found, region);
}

function snapshot(found: DBSnapshot, region: string): Snapshot {
  const status = found.Status ?? 'unknown';
  const tags = fromTagList(found.TagList);
  const copyOf = found.SourceDBSnapshotIdentifier ?? tags[TAG.copyOf] ?? null;
  const created = found.SnapshotCreateTime?.getTime() ?? null;
  // A copy's own creation time says nothing about the data inside; any other snapshot's does.
  const age = found.OriginalSnapshotCreateTime?.getTime() ?? (copyOf === null ? created : null);
  return {
    id: found.DBSnapshotIdentifier ?? '',
    arn: found.DBSnapshotArn ?? '',
    region,
    kind: kindOf(found.SnapshotType),
    database: found.DBInstanceIdentifier ?? '',
    // Our tag first: it travels with the copies.
    resource: tags[TAG.instance] ?? found.DbiResourceId ?? '',
    state: stateOf(status),
    status,
    progress: found.PercentProgress ?? 0,
    created,
    recoveryPoint: found.SnapshotDatabaseTime?.getTime() ?? age,
    encrypted: found.Encrypted === true,
    key: found.KmsKeyId ?? null,
    copyOf,
    optionGroup: found.OptionGroupName ?? null,
    engineVersion: found.EngineVersion ?? '',
    sizeGiB: found.AllocatedStorage ?? 0,
    tags,
  };
}

function kindOf(type: string | undefined): SnapshotKind {
  return type === 'automated' || type === 'awsbackup' ? type : 'manual';
}

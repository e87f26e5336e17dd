import type {
  DBSnapshotMessage,
  DeleteDBSnapshotMessage,
  DeleteDBSnapshotResult,
  DescribeDBSnapshotsMessage,
} from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { takePage } from '../paging';
import { fail, pendingCopies } from './copies';
import { findSource, notFound } from './copy-snapshot';
import { invalidValue, required } from './identifiers';
import { idOf, pageSize, pageStart, readFilters } from './listing';
import type { RdsRegion } from './region';
import { describeSnapshot, type Snapshot } from './snapshot';

const TYPES = ['manual', 'automated', 'awsbackup', 'shared', 'public'];
const FILTERS = ['db-instance-id', 'db-snapshot-id', 'dbi-resource-id', 'snapshot-type', 'engine'] as const;

function checkedType(type: string): string {
  if (TYPES.includes(type)) return type;
  throw invalidValue(`Unrecognized snapshot type: ${type}. It must be one of ${TYPES.join(', ')}.`);
}

/** Where both are given, what both allow. */
function both(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return a.filter((one) => b.includes(one));
}

export function describeDBSnapshots(region: RdsRegion, input: DescribeDBSnapshotsMessage): DBSnapshotMessage {
  const size = pageSize(input);
  const start = pageStart(input);
  const filters = readFilters(input.Filters, FILTERS);
  const { DBSnapshotIdentifier, DBInstanceIdentifier, SnapshotType, DbiResourceId } = input;
  const named = DBSnapshotIdentifier ? findSource(region, DBSnapshotIdentifier) : null;
  // Another account's shared snapshot is found by its ARN, and is in no list of ours.
  if (named !== null && named.region !== region)
    return { DBSnapshots: [describeSnapshot(named.snapshot, region.now)] };
  const ids = both(named === null ? null : [named.snapshot.id], filters['db-snapshot-id']?.map(idOf) ?? null);
  const instances = both(
    DBInstanceIdentifier ? [idOf(DBInstanceIdentifier)] : null,
    filters['db-instance-id']?.map(idOf) ?? null,
  );
  const types = both(
    SnapshotType ? [checkedType(SnapshotType)] : ['manual', 'automated'],
    filters['snapshot-type']?.map(checkedType) ?? null,
  );
  const resources = both(DbiResourceId ? [DbiResourceId.toLowerCase()] : null, filters['dbi-resource-id']);
  const fits = ({ type, origin }: Snapshot) =>
    types?.includes(type) === true &&
    (instances?.includes(origin.instance) ?? true) &&
    (resources?.includes(origin.resourceId.toLowerCase()) ?? true) &&
    (filters.engine?.includes(origin.shape.engine) ?? true);
  const page = takePage(matching(candidates(region, ids, instances, start), fits), size);
  return {
    DBSnapshots: page.items.map((snapshot) => describeSnapshot(snapshot, region.now)),
    ...(page.marker !== undefined && { Marker: page.marker }),
  };
}

type Entries = Iterable<readonly [string, Snapshot]>;

/** The shortest of the ways to what can match, in order. */
function candidates(
  { snapshots }: RdsRegion,
  ids: readonly string[] | null,
  instances: readonly string[] | null,
  start: string | null,
): Entries {
  if (ids !== null) {
    return [...new Set(ids)]
      .filter((id) => start === null || id > start)
      .sort()
      .flatMap((id) => {
        const found = snapshots.get(id);
        return found === undefined ? [] : [[id, found] as const];
      });
  }
  return instances === null ? snapshots.after(start) : snapshots.ofInstances(instances, start);
}

function* matching(
  entries: Entries,
  fits: (snapshot: Snapshot) => boolean,
): Generator<readonly [string, Snapshot]> {
  for (const entry of entries) if (fits(entry[1])) yield entry;
}

/** A snapshot that is being copied can be deleted, which ends the copy. One that is still being made cannot. */
export async function deleteDBSnapshot(
  region: RdsRegion,
  input: DeleteDBSnapshotMessage,
): Promise<DeleteDBSnapshotResult> {
  const id = required(input.DBSnapshotIdentifier, 'DBSnapshotIdentifier');
  const snapshot = region.snapshots.get(id.toLowerCase());
  if (snapshot === undefined) throw notFound(id);
  if (snapshot.type !== 'manual') {
    throw new WireError(
      'InvalidDBSnapshotState',
      `Only manual snapshots may be deleted; ${snapshot.id} is ${snapshot.type}.`,
    );
  }
  if (snapshot.status === 'creating') {
    throw new WireError(
      'InvalidDBSnapshotState',
      `Cannot delete the snapshot because it is currently in the ${snapshot.status} state.`,
    );
  }
  region.snapshots.remove(snapshot);
  region.emit('0041', snapshot);
  const answer = { ...describeSnapshot(snapshot, region.now), Status: 'deleted' };
  for (const copy of pendingCopies(region, snapshot)) await fail(copy, 'the source snapshot was deleted');
  await region.world.data.discard(snapshot.arn);
  return { DBSnapshot: answer };
}

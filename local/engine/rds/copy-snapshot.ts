import type { CopyDBSnapshotMessage, CopyDBSnapshotResult } from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { parseRdsArn, rdsArn } from '../arn';
import type { Arn } from '../data';
import { enqueue } from './copies';
import { identifier, invalidValue, required } from './identifiers';
import { encryptionKey, readable } from './keys';
import { bindingOptions, defaultOptionGroup, isDefault } from './option-group';
import { optionGroup } from './option-groups';
import type { RdsRegion } from './region';
import { describeSnapshot, type Snapshot } from './snapshot';
import { inheritable, readTags, type TagMap } from './tags';
import { roomFor } from './take-snapshot';

interface Source {
  readonly snapshot: Snapshot;
  readonly region: RdsRegion;
}

export function notFound(reference: string): WireError {
  return new WireError('DBSnapshotNotFound', `DBSnapshot not found: ${reference}`, 404);
}

/**
 * The source by its ARN, or by its identifier in this region. What another account has not shared looks to the
 * caller as if it did not exist.
 */
export function findSource(region: RdsRegion, reference: string): Source {
  const { account } = region.place;
  const name = parseRdsArn(reference);
  if (name === null) {
    const snapshot = region.snapshots.get(reference.toLowerCase());
    if (snapshot === undefined) throw notFound(reference);
    return { snapshot, region };
  }
  if (!region.world.has(name.region)) throw notFound(reference);
  if (region.world.isLost(name.region)) {
    throw new WireError('InternalFailure', `${name.region} does not answer.`, 500);
  }
  const home = region.world.rds(name);
  const snapshot = name.kind === 'snapshot' ? home.snapshots.get(name.id) : undefined;
  if (snapshot === undefined) throw notFound(reference);
  const allowed =
    name.account === account || snapshot.sharedWith.has(account) || snapshot.sharedWith.has('all');
  if (!allowed) throw notFound(reference);
  return { snapshot, region: home };
}

function targetKey({ snapshot, region: from }: Source, to: RdsRegion, asked: string | undefined): Arn | null {
  const foreign = from.place.account !== to.place.account;
  if (snapshot.kmsKey !== null && foreign && from.keys.find(snapshot.kmsKey)?.manager === 'AWS') {
    throw new WireError(
      'KMSKeyNotAccessibleFault',
      `The source snapshot KMS key [${snapshot.kmsKey}] does not exist, is not enabled or you do not have permissions to access it.`,
    );
  }
  readable(from, snapshot.kmsKey);
  if (asked !== undefined) return encryptionKey(to, asked, 'target');
  if (snapshot.kmsKey === null) return null;
  if (from.place.region !== to.place.region) {
    throw invalidValue('Must specify new KMS key for cross region encrypted snapshot copy.');
  }
  if (foreign) throw invalidValue('Must specify new KMS key for cross account encrypted snapshot copy.');
  return snapshot.kmsKey;
}

/** Option groups are regional: a copy elsewhere gets the default one, unless it cannot go without what its own holds. */
function targetOptionGroup(
  { snapshot, region: from }: Source,
  to: RdsRegion,
  asked: string | undefined,
): string {
  const abroad = from.place.region !== to.place.region || from.place.account !== to.place.account;
  const group = asked === undefined ? null : optionGroup(to, asked);
  if (!abroad) return group?.name ?? snapshot.optionGroup;
  const needed = isDefault(snapshot.optionGroup)
    ? []
    : bindingOptions(optionGroup(from, snapshot.optionGroup));
  const missing = needed.filter((name) => group?.options.has(name) !== true);
  if (missing.length > 0) {
    throw invalidValue(
      `The snapshot requires a target option group with the following options: [${missing.join(', ')}]`,
    );
  }
  return group?.name ?? defaultOptionGroup(snapshot.origin.shape.engine, snapshot.origin.shape.engineVersion);
}

function targetTags(source: Snapshot, { Tags, CopyTags }: CopyDBSnapshotMessage): TagMap {
  if (Tags !== undefined && Tags.length > 0) return readTags(Tags);
  return CopyTags === true ? inheritable(source.tags) : new Map();
}

export function copyDBSnapshot(to: RdsRegion, input: CopyDBSnapshotMessage): CopyDBSnapshotResult {
  const id = identifier(input.TargetDBSnapshotIdentifier, 'TargetDBSnapshotIdentifier');
  const reference = required(input.SourceDBSnapshotIdentifier, 'SourceDBSnapshotIdentifier');
  const source = findSource(to, reference);
  const { snapshot, region: from } = source;
  const tags = targetTags(snapshot, input);
  if (snapshot.status !== 'available') {
    throw new WireError(
      'InvalidDBSnapshotState',
      `Cannot copy the snapshot because it is in the ${snapshot.status} state, not available.`,
    );
  }
  const kmsKey = targetKey(source, to, input.KmsKeyId);
  const group = targetOptionGroup(source, to, input.OptionGroupName);
  roomFor(to, id);
  const abroad = from.place.region !== to.place.region;
  const { copiesInFlight } = to.world.limits(to.place);
  if (abroad && to.inbound.size >= copiesInFlight) {
    throw new WireError(
      'SnapshotQuotaExceeded',
      `Cannot have more than ${copiesInFlight} cross-region snapshot copies in progress to ${to.place.region}`,
    );
  }
  const target: Snapshot = {
    id,
    arn: rdsArn(to.place, 'snapshot', id),
    type: 'manual',
    origin: snapshot.origin,
    status: 'creating',
    progress: null,
    created: null,
    originallyCreated: null,
    databaseTime: null,
    kmsKey,
    optionGroup: group,
    copyOf: snapshot.arn,
    sourceRegion: from.place.region,
    foreign: abroad || from.place.account !== to.place.account,
    tags,
    sizeInBytes: null,
    sharedWith: new Set(),
  };
  to.snapshots.add(target);
  enqueue({ source: snapshot, from, target, to, asked: to.now });
  return { DBSnapshot: describeSnapshot(target, to.now) };
}

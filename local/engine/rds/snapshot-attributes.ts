import type {
  DBSnapshotAttributesResult,
  DescribeDBSnapshotAttributesMessage,
  DescribeDBSnapshotAttributesResult,
  ModifyDBSnapshotAttributeMessage,
  ModifyDBSnapshotAttributeResult,
} from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { notFound } from './copy-snapshot';
import { invalidValue, required } from './identifiers';
import { idOf } from './listing';
import type { RdsRegion } from './region';
import type { Snapshot } from './snapshot';

/** The one attribute there is: who may copy and restore the snapshot. */
const RESTORE = 'restore';
const EVERYBODY = 'all';

/** Accounts that one manual snapshot can be shared with (RDS User Guide: Sharing a DB snapshot). */
const MOST_ACCOUNTS = 20;

export function describeDBSnapshotAttributes(
  region: RdsRegion,
  input: DescribeDBSnapshotAttributesMessage,
): DescribeDBSnapshotAttributesResult {
  return { DBSnapshotAttributesResult: describe(own(region, input.DBSnapshotIdentifier)) };
}

/**
 * The guide says what cannot be shared (Sharing encrypted snapshots), and of the codes only that of the quota and of the
 * state; that `all` is refused as a value is taken from the wording of ValuesToAdd.
 */
export function modifyDBSnapshotAttribute(
  region: RdsRegion,
  input: ModifyDBSnapshotAttributeMessage,
): ModifyDBSnapshotAttributeResult {
  const snapshot = own(region, input.DBSnapshotIdentifier);
  const attribute = required(input.AttributeName, 'AttributeName');
  if (attribute !== RESTORE) throw invalidValue(`Invalid snapshot attribute: ${attribute}`);
  const added = checked(input.ValuesToAdd);
  const removed = checked(input.ValuesToRemove);
  if (added.length > 0) mayBeShared(region, snapshot, added);
  const left = [...snapshot.sharedWith].filter((account) => !removed.includes(account));
  const after = new Set([...left, ...added]);
  if (after.size > MOST_ACCOUNTS) {
    throw new WireError(
      'SharedSnapshotQuotaExceeded',
      `Cannot share a snapshot with more than ${MOST_ACCOUNTS} accounts`,
    );
  }
  snapshot.sharedWith.clear();
  for (const account of after) snapshot.sharedWith.add(account);
  return { DBSnapshotAttributesResult: describe(snapshot) };
}

function own(region: RdsRegion, reference: string | undefined): Snapshot {
  const id = required(reference, 'DBSnapshotIdentifier');
  const snapshot = region.snapshots.get(idOf(id));
  if (snapshot === undefined) throw notFound(id);
  return snapshot;
}

function describe({ id, sharedWith }: Snapshot): DBSnapshotAttributesResult {
  return {
    DBSnapshotIdentifier: id,
    DBSnapshotAttributes: [{ AttributeName: RESTORE, AttributeValues: [...sharedWith].sort() }],
  };
}

function checked(values: readonly string[] = []): readonly string[] {
  const wrong = values.find((value) => value !== EVERYBODY && !/^\d{12}$/.test(value));
  if (wrong === undefined) return values;
  throw invalidValue(`Invalid account: ${wrong}. It must be an account's 12 digits, or ${EVERYBODY}.`);
}

function mayBeShared(
  region: RdsRegion,
  { id, type, status, kmsKey }: Snapshot,
  accounts: readonly string[],
): void {
  const state = (message: string) => new WireError('InvalidDBSnapshotState', message);
  if (type !== 'manual') throw state(`Only manual snapshots may be shared; ${id} is ${type}.`);
  if (status !== 'available') {
    throw state(`Cannot share the snapshot because it is in the ${status} state, not available.`);
  }
  if (kmsKey === null) return;
  if (region.keys.find(kmsKey)?.manager === 'AWS') {
    throw state('Cannot share a snapshot that is encrypted under the default key of the account.');
  }
  if (accounts.includes(EVERYBODY)) throw invalidValue('An encrypted snapshot cannot be made public.');
}

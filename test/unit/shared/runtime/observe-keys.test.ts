import type { Key, Rotation } from '../../../../shared/domain/key';
import { Looks } from '../../../../shared/runtime/observe';
import { type KeyPorts, observeKeys } from '../../../../shared/runtime/observe-keys';
import {
  ACCOUNT,
  AWAY,
  at,
  database,
  HOME,
  kmsKey,
  policy,
  rotation,
  slotSnapshot,
} from '../../../support/builders';

it('sees a fleet with more snapshots than a call takes arguments', async () => {
  const key = kmsKey();
  const one = slotSnapshot(at('2026-03-01 09:00'), { key: key.arn });
  const ports = {
    databases: { list: async () => [database({ key: key.arn })] },
    snapshots: { listEvery: async () => new Array(300_000).fill(one) },
    keys: {
      aliases: async () => new Map(),
      find: async () => key,
      tags: async () => ({}),
      rotation: async () => rotation(),
    },
    topics: { find: async () => null },
  } as unknown as KeyPorts;
  const looks = new Looks();
  const seen = await observeKeys(ports, policy({ copies: [] }), { topics: [], evidenceBucket: null }, looks);
  expect(seen.snapshots).toHaveLength(300_000);
  expect(looks.failed).toEqual([]);
});

/** Outside of the policy's regions: where the primaries of multi-Region keys can lie. */
const FAR = 'eu-central-1';

/** A key ring that remembers what it was asked of which key. */
class FakeKeys {
  readonly #asked: string[] = [];
  readonly #keys: readonly Key[];

  constructor(...keys: Key[]) {
    this.#keys = keys;
  }

  async aliases(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  /** By ARN alone: nothing else is asked for here, save the key of the copies, which is not there. */
  async find(_region: string, reference: string): Promise<Key | null> {
    this.#asked.push(`find ${reference}`);
    return this.#keys.find(({ arn }) => arn === reference) ?? null;
  }

  async tags({ arn, id }: Key): Promise<Record<string, string>> {
    this.#asked.push(`tags ${arn}`);
    return { of: id };
  }

  async rotation({ arn }: Key): Promise<Rotation> {
    this.#asked.push(`rotation ${arn}`);
    return rotation();
  }

  /** What was asked of a key, in order. */
  askedOf({ arn }: Key): string[] {
    return this.#asked.flatMap((one) => (one.endsWith(` ${arn}`) ? [one.replace(` ${arn}`, '')] : []));
  }
}

/** What a run sees of the keys that a database each hangs on, in the key's own region. */
async function observed(keys: FakeKeys, used: readonly Key[]) {
  const databases = used.map(({ arn, region }, index) => {
    const id = `db-${index}`;
    return database({ id, region, key: arn, arn: `arn:aws:rds:${region}:${ACCOUNT}:db:${id}` });
  });
  const ports = {
    databases: { list: async (region: string) => databases.filter((one) => one.region === region) },
    snapshots: { listEvery: async () => [] },
    keys,
  } as unknown as KeyPorts;
  const looks = new Looks();
  const identifiers = databases.map(({ id }) => id);
  const protecting = policy({}, { databases: [{ match: { identifiers }, policy: 'gold' }] });
  const seen = await observeKeys(ports, protecting, { topics: [], evidenceBucket: null }, looks);
  expect(looks.failed).toEqual([]);
  return seen.keys;
}

describe('what is asked of a key', () => {
  it.each<[string, Partial<Key>]>([
    ['is enabled', {}],
    // Its status stays while it is disabled, and it is rotated when it is enabled again.
    ['is disabled', { state: 'disabled' }],
    ['has imported material', { origin: 'imported' }],
  ])('its rotation, where it %s', async (_how, fields) => {
    const key = kmsKey(fields);
    const keys = new FakeKeys(key);
    const seen = await observed(keys, [key]);
    expect(keys.askedOf(key)).toEqual(['find', 'tags', 'rotation']);
    expect(seen.get(`${HOME} 0`)).toMatchObject({ key, tags: { of: '0' }, rotation: rotation() });
  });

  it.each<[string, Partial<Key>]>([
    // KMS refuses to tell.
    ['lies in a key store', { origin: 'key-store' }],
    ['is not for symmetric encryption', { symmetric: false }],
    // KMS would say that it is off, which is no news of a key that needs saving first.
    ['is about to be deleted', { state: 'pending-deletion' }],
    ['is out of reach', { state: 'unavailable' }],
  ])('not its rotation, where it %s', async (_how, fields) => {
    const key = kmsKey(fields);
    const keys = new FakeKeys(key);
    const seen = await observed(keys, [key]);
    expect(keys.askedOf(key)).toEqual(['find', 'tags']);
    expect(seen.get(`${HOME} 0`)).toMatchObject({ key, rotation: null });
  });

  it("not the tags of AWS's own, which has none of ours", async () => {
    const key = kmsKey({ manager: 'aws' });
    const keys = new FakeKeys(key);
    const seen = await observed(keys, [key]);
    expect(keys.askedOf(key)).toEqual(['find', 'rotation']);
    expect(seen.get(`${HOME} 0`)).toMatchObject({ tags: {}, rotation: rotation() });
  });

  it('nothing twice, though several databases hang on it', async () => {
    const key = kmsKey();
    const keys = new FakeKeys(key);
    await observed(keys, [key, key, key]);
    expect(keys.askedOf(key)).toEqual(['find', 'tags', 'rotation']);
  });
});

describe('a multi-Region key', () => {
  const related = (region: string, fields: Partial<Key> = {}) => {
    const id = 'mrk-1';
    const primary = { arn: kmsKey({ id, region: FAR }).arn, region: FAR };
    return kmsKey({ id, region, primary, ...fields });
  };
  const replicas = [related(HOME), related(AWAY)];

  it('is asked for its rotation through the primary, once for two replicas', async () => {
    const primary = related(FAR);
    const keys = new FakeKeys(primary, ...replicas);
    const seen = await observed(keys, replicas);
    expect(keys.askedOf(primary)).toEqual(['find', 'tags', 'rotation']);
    for (const replica of replicas) {
      expect(keys.askedOf(replica)).toEqual(['find', 'tags']);
      expect(seen.get(`${replica.region} mrk-1`)).toMatchObject({ key: replica, rotation: rotation() });
    }
    expect(seen.get(`${FAR} mrk-1`)).toMatchObject({ key: primary, rotation: rotation() });
  });

  // A run sees home first: so the primary comes before its replica, and after it.
  it.each([HOME, AWAY])('is looked at once where the primary is in use itself, in %s', async (region) => {
    const first = { arn: kmsKey({ id: 'mrk-1', region }).arn, region };
    const both = [related(HOME, { primary: first }), related(AWAY, { primary: first })];
    const keys = new FakeKeys(...both);
    await observed(keys, both);
    for (const key of both) {
      const rotates = key.region === region ? ['rotation'] : [];
      expect(keys.askedOf(key)).toEqual(['find', 'tags', ...rotates]);
    }
  });

  it('has no rotation to tell of where the primary is gone, and that is looked up once', async () => {
    const keys = new FakeKeys(...replicas);
    const seen = await observed(keys, replicas);
    expect(keys.askedOf(related(FAR))).toEqual(['find']);
    expect(seen.get(`${FAR} mrk-1`)).toBeNull();
    for (const { region } of replicas) expect(seen.get(`${region} mrk-1`)).toMatchObject({ rotation: null });
  });
});

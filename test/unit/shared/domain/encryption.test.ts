import type { Entry } from '../../../../shared/domain/decision';
import { encryptionReport, unseenOf, withoutIds } from '../../../../shared/domain/encryption';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import {
  ACCOUNT,
  AWAY,
  at,
  copyOf,
  copyTarget,
  database,
  HOME,
  keysSeen,
  lookedAt,
  onDemand,
  policy,
  rotation,
  slotSnapshot,
} from '../../../support/builders';

const HOME_KEY = `arn:aws:kms:${HOME}:${ACCOUNT}:key/1`;
const AWAY_KEY = `arn:aws:kms:${AWAY}:${ACCOUNT}:key/2`;
const home = lookedAt(
  { id: '1' },
  {
    aliases: ['alias/erp'],
    rotation: rotation({
      next: at('2027-02-01 00:00'),
      done: [
        { at: at('2026-01-15 00:00'), onDemand: true },
        { at: at('2026-02-01 00:00'), onDemand: false },
      ],
    }),
  },
);
const away = lookedAt(
  { id: '2', region: AWAY, state: 'pending-deletion', deletion: at('2026-03-12 06:30') },
  { aliases: ['alias/holdfast'], rotation: null },
);
const eight = slotSnapshot(at('2026-03-05 08:00'), { key: HOME_KEY });
const nine = slotSnapshot(at('2026-03-05 09:00'), { key: HOME_KEY });
const SEEN = keysSeen([home, away], {
  databases: [database({ key: HOME_KEY }), database({ id: 'plain', encrypted: false, key: null })],
  snapshots: [
    eight,
    nine,
    copyOf(eight, { key: AWAY_KEY }),
    slotSnapshot(at('2026-03-05 07:00'), { database: 'plain', encrypted: false, key: null }),
  ],
});
const POLICY = policy(
  {},
  { databases: [{ match: { identifiers: ['qrosity-db', 'plain'] }, policy: 'gold' }] },
);

it('names every database, snapshot and copy, whether it is encrypted, and under which key', () => {
  expect(encryptionReport(SEEN, POLICY).resources).toEqual([
    {
      kind: 'database',
      database: 'plain',
      region: HOME,
      count: 1,
      ids: ['plain'],
      encrypted: false,
      key: null,
    },
    {
      kind: 'snapshots',
      database: 'plain',
      region: HOME,
      count: 1,
      ids: ['holdfast-plain-20260305-0700'],
      encrypted: false,
      key: null,
    },
    {
      kind: 'database',
      database: 'qrosity-db',
      region: HOME,
      count: 1,
      ids: ['qrosity-db'],
      encrypted: true,
      key: HOME_KEY,
    },
    {
      kind: 'snapshots',
      database: 'qrosity-db',
      region: HOME,
      count: 2,
      ids: [eight.id, nine.id],
      encrypted: true,
      key: HOME_KEY,
    },
    {
      kind: 'copies',
      database: 'qrosity-db',
      region: AWAY,
      count: 1,
      ids: [`${eight.id}-from-${HOME}`],
      encrypted: true,
      key: AWAY_KEY,
    },
  ]);
});

it('tells of each key who manages it, how it stands, when it was and will be rotated, and what hangs on it', () => {
  expect(encryptionReport(SEEN, POLICY).keys).toEqual([
    {
      arn: HOME_KEY,
      region: HOME,
      aliases: ['alias/erp'],
      managedBy: 'customer',
      state: 'enabled',
      rotationDays: 365,
      lastRotated: '2026-02-01T00:00:00Z',
      nextRotation: '2027-02-01T00:00:00Z',
      onDemandUsed: 1,
      deletion: null,
      databases: 1,
      recoveryPoints: 2,
      copiesOf: [],
      topics: [],
      stores: [],
    },
    {
      arn: AWAY_KEY,
      region: AWAY,
      aliases: ['alias/holdfast'],
      managedBy: 'customer',
      state: 'pending-deletion',
      rotationDays: null,
      lastRotated: null,
      nextRotation: null,
      onDemandUsed: null,
      deletion: '2026-03-12T06:30:00Z',
      databases: 0,
      recoveryPoints: 1,
      copiesOf: ['gold'],
      topics: [],
      stores: [],
    },
  ]);
});

it('tells of one database alone when asked for it', () => {
  const only = encryptionReport(SEEN, POLICY, { only: 'plain' });
  expect(only.resources.map(({ database }) => database)).toEqual(['plain', 'plain']);
  expect(only.keys).toEqual([]);
});

it('tells a key that is gone, and one that could not be seen, from one that stands', () => {
  const topics = ['3', '4'].map((id) => ({ arn: `arn:aws:sns:${HOME}:${ACCOUNT}:${id}`, key: id }));
  const keys = new Map([[`${HOME} 3`, null]]);
  const { keys: told } = encryptionReport(keysSeen([], { topics, keys }), policy({ copies: [] }));
  expect(told.map(({ arn, state, managedBy }) => [arn, state, managedBy])).toEqual([
    ['3', 'gone', 'unknown'],
    ['4', 'unseen', 'unknown'],
  ]);
});

it("knows another account's key as such", () => {
  const key = `arn:aws:kms:${HOME}:999988887777:key/1`;
  const { keys } = encryptionReport(keysSeen([], { databases: [database({ key })] }), policy({ copies: [] }));
  expect(keys[0]).toMatchObject({ arn: key, managedBy: 'another account', state: 'unseen' });
});

it('leaves the identifiers out where an answer has no room for them, and counts them still', () => {
  const many = Array.from({ length: 20_001 }, (_, n) =>
    slotSnapshot(at('2026-03-05 08:00'), { id: `x-${n}`, key: HOME_KEY }),
  );
  const { resources } = encryptionReport({ ...SEEN, databases: [], snapshots: many }, POLICY);
  expect(resources).toMatchObject([{ count: 20_001, ids: null }]);
});

it("tells RDS's and AWS Backup's own snapshots apart", () => {
  const own = { ...eight, id: 'rds:qrosity-db-2026-03-05', kind: 'automated', tags: {} } as const;
  const { resources } = encryptionReport({ ...SEEN, snapshots: [own] }, POLICY);
  expect(resources).toContainEqual(expect.objectContaining({ kind: 'automated', count: 1, ids: [own.id] }));
});

it("counts AWS Backup's own as such, and not among ours", () => {
  const backup = { ...eight, id: 'awsbackup:job-1', kind: 'awsbackup', tags: {} } as const;
  const { resources } = encryptionReport({ ...SEEN, snapshots: [nine, backup] }, POLICY);
  expect(resources.filter(({ database: id }) => id === 'qrosity-db')).toMatchObject([
    { kind: 'database' },
    { kind: 'snapshots', ids: [nine.id] },
    { kind: 'automated', ids: [backup.id] },
  ]);
});

it('tells what is not encrypted apart from what is under a key that RDS does not name', () => {
  const bare = { ...eight, id: 'bare', encrypted: false, key: null };
  const { resources } = encryptionReport(keysSeen([], { snapshots: [bare, { ...nine, key: null }] }), POLICY);
  expect(resources.map(({ encrypted, ids }) => [encrypted, ids])).toEqual([
    [false, ['bare']],
    [true, [nine.id]],
  ]);
});

it('names a policy once that copies under a key twice', () => {
  const twice = policy({ copies: [copyTarget(), copyTarget()] });
  const { keys } = encryptionReport(SEEN, twice);
  expect(keys.find(({ arn }) => arn === AWAY_KEY)?.copiesOf).toEqual(['gold']);
});

describe('a re-keyed recovery point', () => {
  const rekeyed = (fields: Partial<Snapshot>) =>
    onDemand(at('2026-03-05 10:00'), '30d', { id: `${eight.id}-under-00000009`, ...fields });

  it('is told apart from those of the same region that are under the old key', () => {
    const next = lookedAt({ id: '9' });
    const under = rekeyed({ key: next.key.arn, copyOf: eight.arn });
    const { resources } = encryptionReport(
      keysSeen([home, next], { snapshots: [eight, nine, under] }),
      POLICY,
    );
    expect(resources.map(({ kind, key, ids }) => [kind, key, ids])).toEqual([
      ['snapshots', HOME_KEY, [eight.id, nine.id]],
      ['snapshots', next.key.arn, [under.id]],
    ]);
  });

  it('is a snapshot at home, where its source is, and a copy in a copy region', () => {
    const kinds = [HOME, AWAY].map((region) => {
      const under = rekeyed({ region, copyOf: eight.arn });
      return encryptionReport(keysSeen([], { snapshots: [under] }), POLICY).resources[0]?.kind;
    });
    expect(kinds).toEqual(['snapshots', 'copies']);
  });
});

it('counts as recovery points what can be restored from, and neither what failed nor what is not there yet', () => {
  const failed = { ...eight, id: 'failed', state: 'failed', status: 'failed' } as const;
  const begun = { ...eight, id: 'begun', state: 'pending', status: 'creating', recoveryPoint: null } as const;
  const { resources, keys } = encryptionReport({ ...SEEN, snapshots: [nine, failed, begun] }, POLICY);
  expect(resources).toContainEqual(expect.objectContaining({ kind: 'snapshots', count: 3 }));
  expect(keys).toMatchObject([{ recoveryPoints: 1 }, { recoveryPoints: 0 }]);
});

it('does not take the making of a key for a rotation', () => {
  const fresh = lookedAt({ id: '1', created: at('2026-02-01 00:00') }, { rotation: rotation() });
  const { keys } = encryptionReport(keysSeen([fresh], { snapshots: [eight] }), POLICY);
  expect(keys[0]).toMatchObject({ arn: HOME_KEY, lastRotated: null, onDemandUsed: 0 });
});

describe('what could not be seen', () => {
  const failed = (reason: string, region: string, detail: string): Entry => ({
    subject: { database: '*', region },
    action: 'observe',
    reason,
    outcome: 'failed',
    detail,
  });

  it('is said with the region, what is missing, and why', () => {
    const looks = [
      failed('snapshots-unseen', AWAY, 'list snapshots in us-west-2: no'),
      failed('rotation-unseen', HOME, 'denied'),
    ];
    const { unseen } = encryptionReport(SEEN, POLICY, { unseen: unseenOf(looks) });
    expect(unseen).toEqual([
      { region: AWAY, what: 'snapshots', why: 'list snapshots in us-west-2: no' },
      { region: HOME, what: 'rotation of keys', why: 'denied' },
    ]);
    expect(encryptionReport(SEEN, POLICY).unseen).toEqual([]);
  });

  it('is one line for many keys of a region, and none for what has nothing to do with encryption', () => {
    const keys = ['1', '2', '3'].map((id) => failed('key-unseen', HOME, `describe key ${id}: throttled`));
    expect(unseenOf([...keys, failed('quotas-unseen', HOME, 'denied')])).toEqual([
      { region: HOME, what: 'keys', why: 'describe key 1: throttled; and 2 more' },
    ]);
  });
});

it('tells of a key once that is in use by its ARN and by an alias that the region does not list', () => {
  const { key } = away;
  const looked = { ...away, aliases: [] };
  const seen = {
    ...SEEN,
    aliases: new Map([[HOME, new Map([['alias/erp', '1']])]]),
    keys: new Map([
      [`${HOME} 1`, home],
      [`${AWAY} 2`, looked],
      [`${AWAY} alias/holdfast`, looked],
    ]),
  };
  const { keys } = encryptionReport(seen, POLICY);
  expect(keys.map(({ arn }) => arn)).toEqual([HOME_KEY, key.arn]);
  expect(keys[1]).toMatchObject({ aliases: ['alias/holdfast'], recoveryPoints: 1, copiesOf: ['gold'] });
  const only = encryptionReport(seen, POLICY, { only: 'qrosity-db' });
  expect(only.keys[1]).toMatchObject({ arn: AWAY_KEY, recoveryPoints: 1, copiesOf: ['gold'] });
});

it('without identifiers counts what there is all the same', () => {
  const report = withoutIds(encryptionReport(SEEN, POLICY));
  expect(report.resources.map(({ count, ids }) => [count, ids])).toEqual(
    [1, 1, 1, 2, 1].map((n) => [n, null]),
  );
  expect(report.keys).toHaveLength(2);
});

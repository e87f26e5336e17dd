import { encryptionReport } from '../../../../shared/domain/encryption';
import { encryptionTable } from '../../../../shared/report/encryption-table';
import {
  ACCOUNT,
  AWAY,
  at,
  copyOf,
  database,
  HOME,
  keysSeen,
  lookedAt,
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
  const only = encryptionReport(SEEN, POLICY, 'plain');
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

it('is a table for a person, too', () => {
  const table = encryptionTable(encryptionReport(SEEN, POLICY));
  const rows = table.split('\n').map((line) =>
    line
      .split('│')
      .map((cell) => cell.trim())
      .filter(Boolean),
  );
  expect(rows).toContainEqual(['plain', HOME, 'database', 'NO', '-', '-', '-', '-']);
  expect(rows).toContainEqual([
    'qrosity-db',
    HOME,
    '2 snapshots',
    'yes',
    'alias/erp',
    'customer',
    '2026-02-01',
    '2027-02-01',
  ]);
  expect(rows).toContainEqual(['qrosity-db', AWAY, '1 copy', 'yes', 'alias/holdfast', 'customer', '-', '-']);
  expect(rows).toContainEqual(['alias/erp', HOME_KEY, 'enabled', '365d', '1', '1', '2', '-']);
  expect(rows).toContainEqual([
    'alias/holdfast',
    AWAY_KEY,
    'pending-deletion',
    '-',
    '-',
    '0',
    '1',
    '2026-03-12T06:30:00Z',
  ]);
});

import pg from 'pg';
import { quickFolder } from '../../../local/postgres/place';
import { PostgresPlane } from '../../../local/postgres/plane';
import { createQrosity, type Qrosity } from '../../../local/qrosity/create';
import { fileOf, inflict } from '../../../local/rehearsal/damage';
import { type Fault, faultsOf, INTO_THE_PAGE } from '../../../local/rehearsal/faults';
import type { Check } from '../../../shared/domain/inspection/check';
import type { RowCount } from '../../../shared/domain/inspection/facts';
import { inspect } from '../../../shared/domain/inspection/inspect';
import { HOUR } from '../../../shared/domain/time';
import type { Wanted } from '../../../shared/ports/inspector';
import { look } from '../../../shared/postgres/look';
import { at } from '../../support/builders';

// The faults of the rehearsal, planted for real: each makes the check fail that it is planted for, by the name of what
// was damaged. A rehearsal that plants nothing would pass with any check at all.

const DB = 'arn:aws:rds:us-east-1:111122223333:db:one';
const LOGIN = { user: 'qrosity', password: 'correct-horse', database: 'qrosity' };
const NOW = at('2026-03-01 09:00');
const KNOWING = {
  tenants: { table: 'tenants_tenant', domains: 'tenants_domain', roles: [] },
  extensions: ['uuid-ossp', 'pg_stat_statements'],
};
const BARE = { tenants: null, extensions: [] };

let plane: PostgresPlane;
let qrosity: Qrosity;
let rows: readonly RowCount[];
let copies = 0;

async function on<T>(database: string, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...qrosity.connection, database });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

const lookInto = (database: string, tenants: Wanted['tenants']) =>
  on(database, (client) =>
    look(client, {
      setting: 'restored',
      as: NOW,
      tenants,
      freshness: [],
      own: [],
      sample: { most: 1, seed: 'a' },
    }),
  );

beforeAll(async () => {
  plane = await PostgresPlane.open({ parent: quickFolder(2 ** 30) });
  const endpoint = await plane.create(DB, 'us-east-1', LOGIN);
  qrosity = await createQrosity({ ...endpoint, ...LOGIN }, { tenants: 12, seed: 1, now: NOW });
  rows = (await lookInto('qrosity', KNOWING.tenants)).rows;
}, 60_000);

afterAll(() => plane?.close());

/** What a restore test would say of a copy of the database with this fault. */
async function checksOf(fault: Fault | null, promised: typeof KNOWING | typeof BARE): Promise<Check[]> {
  copies += 1;
  const database = `copy_${copies}`;
  await on('postgres', (client) => client.query(`CREATE DATABASE ${database} TEMPLATE qrosity`));
  const connection = { ...qrosity.connection, database };
  if (fault?.damage.kind === 'page') {
    const path = await fileOf(connection, fault.damage.table);
    await plane.stop(DB);
    await plane.damage(DB, path, INTO_THE_PAGE);
    await plane.start(DB);
  } else if (fault !== null) await inflict(connection, fault.damage);
  const facts = await lookInto(database, promised.tenants);
  const rules = { ...promised, quiet: 24 * HOUR, shrink: 0.2, volatile: [], checks: [] };
  return inspect(facts, rules, { setting: 'restored', as: NOW, earlier: rows });
}

const named = (checks: readonly Check[], { check, subject }: Fault) =>
  checks.some(
    ({ id, verdict, subjects }) =>
      id === check &&
      verdict === 'failed' &&
      subjects.some((one) => one === subject || one.startsWith(`${subject} `)),
  );

describe.each([
  ['of a policy that knows tenants and extensions', KNOWING, 5],
  ['of a policy that knows neither', BARE, 3],
] as const)('the faults %s', (_, promised, count) => {
  it('are each found by the check that is there for it, and none of them where none was planted', async () => {
    const { found } = faultsOf(promised, qrosity.tenants);
    expect(found).toHaveLength(count);
    const clean = await checksOf(null, promised);
    expect(clean.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    for (const fault of found) {
      expect([fault.name, named(await checksOf(fault, promised), fault)]).toEqual([fault.name, true]);
      expect([fault.name, named(clean, fault)]).toEqual([fault.name, false]);
    }
  }, 60_000);

  it('strike another tenant each, and leave the first one to the checks of the policy itself', () => {
    const { found, left } = faultsOf(promised, qrosity.tenants);
    const struck = found
      .filter(({ id }) => id !== 'missing-extension')
      .map(({ subject }) => subject.split('.')[0]);
    expect(new Set(struck).size).toBe(struck.length);
    expect(struck).not.toContain(qrosity.tenants[0]?.schema);
    expect(found.length + left.length).toBe(5);
  });
});

it('faults need tenants to strike', () => {
  expect(() => faultsOf(KNOWING, qrosity.tenants.slice(0, 4))).toThrow('4 tenants are too few');
});

import { createServer } from 'node:net';
import pg from 'pg';
import { quickFolder } from '../../../../local/postgres/place';
import { PostgresPlane } from '../../../../local/postgres/plane';
import { createQrosity } from '../../../../local/qrosity/create';
import { RdsTokens } from '../../../../shared/aws/rds-tokens';
import { Refusal } from '../../../../shared/domain/refusal';
import { type Duration, MINUTE, SECOND } from '../../../../shared/domain/time';
import type { Address, Wanted } from '../../../../shared/ports/inspector';
import { type InspectorOptions, PgInspector } from '../../../../shared/postgres/inspector';
import { at, HOME } from '../../../support/builders';

// As a function signs in on RDS: a token of IAM, TLS that is verified, a role that only reads.

const OWNER = { user: 'qrosity', password: 'correct-horse', database: 'qrosity' };
const WANTED: Wanted = {
  setting: 'live',
  as: at('2026-03-01 09:00'),
  tenants: { table: 'tenants_tenant', domains: 'tenants_domain' },
  freshness: [],
  own: [],
  sample: { most: 5, seed: 'a' },
};
const tokens = new RdsTokens({ credentials: { accessKeyId: '111122223333', secretAccessKey: 'local' } });

let plane: PostgresPlane;
let address: Address;

beforeAll(async () => {
  plane = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
  const settings = { iamAuthentication: true, parameters: {} };
  const endpoint = await plane.create('db', HOME, OWNER, settings);
  await createQrosity({ ...endpoint, ...OWNER }, { tenants: 2, seed: 1, now: at('2026-03-01 09:00') });
  const owner = new pg.Client({ ...endpoint, ...OWNER });
  await owner.connect();
  await owner.query('CREATE ROLE holdfast_inspector LOGIN');
  await owner.query('GRANT rds_iam, pg_monitor, pg_read_all_data TO holdfast_inspector');
  await owner.query("ALTER DATABASE qrosity SET TimeZone = 'Asia/Kolkata'");
  await owner.query("ALTER DATABASE qrosity SET DateStyle = 'German'");
  await owner.query(
    'CREATE FUNCTION public.slow() RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM pg_sleep(60) $$',
  );
  await owner.end();
  address = { ...endpoint, database: 'qrosity', user: 'holdfast_inspector' };
}, 60_000);

afterAll(() => plane?.close());

const refusal = async (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: unknown) => (error instanceof Refusal ? error : Promise.reject(error)),
  );

const AMPLE = () => 10 * MINUTE;

async function look(
  where: Partial<Address> = {},
  wanted: Partial<Wanted> = {},
  {
    timeLeft = AMPLE,
    token,
    ...options
  }: InspectorOptions & { timeLeft?: () => Duration; token?: string } = {},
) {
  const inspector = new PgInspector({ ca: plane.ca, ...options });
  const password = token ?? (await tokens.token(HOME, address));
  return inspector.look({ ...address, ...where }, password, { ...WANTED, ...wanted }, timeLeft);
}

/** As Lambda counts down. */
function countdown(from: Duration): () => Duration {
  const start = Date.now();
  return () => from - (Date.now() - start);
}

const check = (name: string, sql: string) => ({ name, sql, expect: '1', min: null, max: null });

it('signs in by a token of IAM over verified TLS, and looks', async () => {
  const facts = await look();
  // Two, and public.
  expect(facts.tenants?.tenants).toHaveLength(3);
  expect(facts.server.preloaded).not.toBeNull();
});

it('trusts no certificate that it does not know', async () => {
  const refused = await refusal(look({}, {}, { ca: undefined }));
  expect(refused).toMatchObject({ kind: 'unreachable', hint: expect.stringContaining('CA bundle') });
});

it('is refused with a token for somebody else, and says what the role needs', async () => {
  const token = await tokens.token(HOME, { ...address, user: 'qrosity' });
  const refused = await refusal(look({}, {}, { token }));
  expect(refused).toMatchObject({ kind: 'denied', hint: expect.stringContaining('rds_iam') });
});

it('tells a database that is not there from a server that is not', async () => {
  expect(await refusal(look({ database: 'nothing' }))).toMatchObject({ kind: 'gone' });
  expect(await refusal(look({ port: 1 }))).toMatchObject({ kind: 'unreachable' });
});

it("ends a query that takes too long: a user's own becomes an answer, and the look goes on", async () => {
  const facts = await look({}, { own: [check('slow', 'SELECT public.slow()')] }, { statement: SECOND });
  expect(facts.own[0]?.error).toMatch(/statement timeout/);
});

it('writes times in UTC and the ISO way, whatever the database would have', async () => {
  const when = check('when', "SELECT '2026-03-01 09:00Z'::timestamptz");
  expect((await look({}, { own: [when] })).own[0]?.value).toBe('2026-03-01 09:00:00+00');
});

it('ends in order when its time is over, in the middle of a query', async () => {
  const own = [check('slow', 'SELECT public.slow()'), check('next', 'SELECT 1')];
  const facts = await look({}, { own }, { timeLeft: countdown(3 * SECOND) });
  expect(facts.rows.length).toBeGreaterThan(0);
  // Neither was answered, and neither failed.
  expect(facts.own).toEqual([]);
});

it('refuses to have looked where the time was over before the catalogs were read', async () => {
  expect(await refusal(look({}, {}, { timeLeft: () => 0 }))).toMatchObject({
    kind: 'busy',
    message: expect.stringMatching(/^look into qrosity at .+ as holdfast_inspector: out of time$/),
    hint: expect.stringContaining('the next run'),
  });
});

it('breaks off where a server does not say a word until the time is over', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => silent.once('listening', listening));
  const started = Date.now();
  const where = silent.address() as { port: number };
  const refused = await refusal(look(where, {}, { timeLeft: countdown(200), grace: 100 }));
  silent.close();
  expect(refused).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('no answer') });
  // Long before the connection's own timeout of 15 seconds.
  expect(Date.now() - started).toBeLessThan(10 * SECOND);
});

// The last one: nobody looks into this server after it.
it('tells a damaged page of the catalogs from a server that is out of reach', async () => {
  const owner = new pg.Client({ ...address, ...OWNER });
  await owner.connect();
  const { rows } = await owner.query<{ path: string }>("SELECT pg_relation_filepath('pg_extension') AS path");
  await owner.end();
  await plane.stop('db');
  await plane.damage('db', rows[0]?.path ?? '', 4_000);
  await plane.start('db');
  const refused = await refusal(look());
  expect(refused).toMatchObject({ kind: 'damaged', message: expect.stringContaining('invalid page') });
});

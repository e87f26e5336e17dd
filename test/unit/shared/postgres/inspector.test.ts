import pg from 'pg';
import { quickFolder } from '../../../../local/postgres/place';
import { PostgresPlane } from '../../../../local/postgres/plane';
import { createQrosity } from '../../../../local/qrosity/create';
import { RdsTokens } from '../../../../shared/aws/rds-tokens';
import { Refusal } from '../../../../shared/domain/refusal';
import { SECOND } from '../../../../shared/domain/time';
import type { Address, Wanted } from '../../../../shared/ports/inspector';
import { PgInspector } from '../../../../shared/postgres/inspector';
import { at, HOME } from '../../../support/builders';

// As a function signs in on RDS: a token of IAM, TLS that is verified, a role that only reads.

const OWNER = { user: 'qrosity', password: 'correct-horse', database: 'qrosity' };
const WANTED: Wanted = {
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

it('signs in by a token of IAM over verified TLS, and looks', async () => {
  const facts = await new PgInspector({ ca: plane.ca }).look(
    address,
    await tokens.token(HOME, address),
    WANTED,
  );
  expect(facts.tenants?.tenants).toHaveLength(2);
  expect(facts.server.preloaded).not.toBeNull();
});

it('trusts no certificate that it does not know', async () => {
  const refused = await refusal(new PgInspector().look(address, await tokens.token(HOME, address), WANTED));
  expect(refused).toMatchObject({ kind: 'unreachable', hint: expect.stringContaining('CA bundle') });
});

it('is refused with a token for somebody else, and says what the role needs', async () => {
  const token = await tokens.token(HOME, { ...address, user: 'qrosity' });
  const refused = await refusal(new PgInspector({ ca: plane.ca }).look(address, token, WANTED));
  expect(refused).toMatchObject({ kind: 'denied', hint: expect.stringContaining('rds_iam') });
});

it('tells a database that is not there from a server that is not', async () => {
  const inspector = new PgInspector({ ca: plane.ca });
  const token = await tokens.token(HOME, address);
  expect(await refusal(inspector.look({ ...address, database: 'nothing' }, token, WANTED))).toMatchObject({
    kind: 'gone',
  });
  const nowhere = { ...address, port: 1 };
  expect(await refusal(inspector.look(nowhere, token, WANTED))).toMatchObject({ kind: 'unreachable' });
});

it("ends a query that takes too long: a user's own becomes an answer, and the look goes on", async () => {
  const slow = { name: 'slow', sql: 'SELECT public.slow()', expect: '1', min: null, max: null };
  const facts = await new PgInspector({ ca: plane.ca, statement: SECOND }).look(
    address,
    await tokens.token(HOME, address),
    { ...WANTED, own: [slow] },
  );
  expect(facts.own[0]?.error).toMatch(/statement timeout/);
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
  const refused = await refusal(
    new PgInspector({ ca: plane.ca }).look(address, await tokens.token(HOME, address), WANTED),
  );
  expect(refused).toMatchObject({ kind: 'damaged', message: expect.stringContaining('invalid page') });
});

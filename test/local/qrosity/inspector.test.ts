import { readFileSync } from 'node:fs';
import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';
import { quickFolder } from '../../../local/postgres/place';
import { PostgresPlane } from '../../../local/postgres/plane';
import { createQrosity, type Qrosity } from '../../../local/qrosity/create';
import { grants, letInspect } from '../../../local/qrosity/inspector';
import { look } from '../../../shared/postgres/look';
import { at } from '../../support/builders';

const LOGIN = { user: 'qrosity', password: 'pw', database: 'erp' };
const SETTINGS = { iamAuthentication: true, parameters: { shared_preload_libraries: 'pg_stat_statements' } };

it('the role that looks is made as its page has it', () => {
  const page = readFileSync('docs/inspection.md', 'utf8');
  const [, sql] = /```sql\n([\s\S]*?)```/.exec(page) ?? [];
  expect(grants('holdfast_inspector')).toBe(sql);
});

describe('a database that can be looked into', () => {
  let plane: PostgresPlane;
  let qrosity: Qrosity;
  beforeAll(async () => {
    plane = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
    const endpoint = await plane.create('db', 'us-east-1', LOGIN, SETTINGS);
    qrosity = await createQrosity(
      { ...endpoint, ...LOGIN },
      { tenants: 3, seed: 1, now: at('2026-03-01 09:00') },
    );
    await letInspect(qrosity.connection, {
      user: 'looks-inside',
      extensions: ['uuid-ossp', 'pg_trgm'],
      tenants: { table: 'clients', domains: 'hosts' },
    });
  });
  afterAll(() => plane?.close());

  async function asInspector<T>(act: (client: pg.Client) => Promise<T>): Promise<T> {
    const { host, port, database } = qrosity.connection;
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'local' };
    const signer = new Signer({
      hostname: host,
      port,
      username: 'looks-inside',
      region: 'us-east-1',
      credentials,
    });
    const password = await signer.getAuthToken();
    const client = new pg.Client({
      host,
      port,
      database,
      user: 'looks-inside',
      password,
      ssl: { ca: plane.ca },
    });
    await client.connect();
    try {
      return await act(client);
    } finally {
      await client.end();
    }
  }

  it('lets the role in with a token, and shows it tenants, rows, extensions and pages', async () => {
    const facts = await asInspector((client) =>
      look(client, {
        setting: 'live',
        as: at('2026-03-01 09:00'),
        tenants: { table: 'clients', domains: 'hosts' },
        freshness: [],
        own: [],
        sample: { most: 3, seed: 'a' },
      }),
    );
    expect(facts.tenants?.tenants.map(({ schema }) => schema)).toEqual([
      'public',
      ...qrosity.tenants.map(({ schema }) => schema),
    ]);
    expect(facts.tenants?.domains).toHaveLength(4);
    expect(facts.extensions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['amcheck', 'pg_stat_statements', 'pg_trgm', 'uuid-ossp']),
    );
    expect(facts.statementsAnswer).toBe(true);
    expect(facts.amcheck).toEqual({ checked: 3, broken: [], skipped: [] });
    expect(facts.unreadable).toEqual([]);
  });

  it('lets it write nothing', async () => {
    const written = asInspector((client) => client.query('DELETE FROM tenant_bramble.accounts_profile'));
    await expect(written).rejects.toThrow('permission denied');
  });
});

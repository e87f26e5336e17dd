import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';
import type { Endpoint } from '../../../local/engine/data';
import { makeAuthority } from '../../../local/postgres/certificate';
import { quickFolder } from '../../../local/postgres/place';
import { PostgresPlane } from '../../../local/postgres/plane';
import { MINUTE } from '../../../shared/domain/time';

const REGION = 'us-east-1';
const OWNER = { user: 'qrosity', password: `it's "secret"`, database: 'qrosity' };
const IAM = { iamAuthentication: true, parameters: {} };

interface Login {
  readonly user: string;
  readonly password: string;
  readonly database?: string;
}

/** One query over a connection of its own. */
async function ask(
  { host, port }: Endpoint,
  login: Login,
  ssl: ConnectionOptions | false,
  text = 'SELECT current_user AS who',
): Promise<unknown[]> {
  const client = new pg.Client({ database: 'qrosity', ...login, host, port, ssl });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** The SQLSTATE and words of a refusal, or `in`. */
async function outcome(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'in';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code ?? '-'} ${message}`;
  }
}

/** The first packet of a client, in protocol 3.0. */
function startup(user: string): Buffer {
  const packet = Buffer.from(`\0\0\0\0\0\x03\0\0user\0${user}\0\0`);
  packet.writeUInt32BE(packet.length);
  return packet;
}

function tokenFor({ host, port }: Endpoint, user: string, region = REGION): Promise<string> {
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'local' };
  return new Signer({ hostname: host, port, username: user, region, credentials }).getAuthToken();
}

describe('the gate of an instance', () => {
  let plane: PostgresPlane;
  let endpoint: Endpoint;
  let verified: ConnectionOptions;
  /** How far the plane's clock is from that of the signer. */
  let drift = 0;

  beforeAll(async () => {
    plane = await PostgresPlane.open({ parent: quickFolder(2 ** 29), now: () => Date.now() + drift });
    verified = { ca: plane.ca };
    endpoint = await plane.create('db', REGION, OWNER, IAM);
    await ask(
      endpoint,
      OWNER,
      false,
      `CREATE ROLE inspector LOGIN IN ROLE rds_iam; CREATE ROLE other LOGIN IN ROLE rds_iam;
       CREATE ROLE plain LOGIN PASSWORD 'p'`,
    );
  });
  afterEach(async () => {
    drift = 0;
    await plane.configure('db', IAM);
  });
  afterAll(() => plane?.close());

  describe('speaks TLS', () => {
    it('with a certificate of its own authority, for its address and for localhost', async () => {
      expect(await ask(endpoint, OWNER, verified)).toEqual([{ who: 'qrosity' }]);
      expect(await ask({ ...endpoint, host: 'localhost' }, OWNER, verified)).toEqual([{ who: 'qrosity' }]);
    });

    it('which no other authority vouches for, nor for another name', async () => {
      const stranger = makeAuthority().ca;
      expect(await outcome(ask(endpoint, OWNER, { ca: stranger }))).toMatch(
        /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE) /,
      );
      expect(await outcome(ask(endpoint, OWNER, {}))).toMatch(/^UNABLE_TO_VERIFY_LEAF_SIGNATURE /);
      expect(await outcome(ask(endpoint, OWNER, { ...verified, servername: 'elsewhere.example' }))).toMatch(
        /^ERR_TLS_CERT_ALTNAME_INVALID /,
      );
    });

    it('from the first byte where the client names PostgreSQL, and not otherwise', async () => {
      const direct = async (more: ConnectionOptions) => {
        const socket = connectTls({ ...endpoint, ...verified, ...more });
        try {
          await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
          socket.write(startup('plain'));
          return await new Promise((resolve) => {
            socket.once('data', (data: Buffer) => resolve(data.toString('latin1', 0, 1)));
            socket.once('close', () => resolve('closed'));
          });
        } finally {
          socket.destroy();
        }
      };
      expect(await direct({ ALPNProtocols: ['postgresql'] })).toBe('R');
      expect(await direct({})).toBe('closed');
    });

    it('only where its parameter group says so itself', async () => {
      await plane.configure('db', { ...IAM, parameters: { 'rds.force_ssl': '1' } });
      expect(await outcome(ask(endpoint, OWNER, false))).toBe(
        '28000 no pg_hba.conf entry for host "127.0.0.1", user "qrosity", database "qrosity", no encryption',
      );
      expect(await outcome(ask(endpoint, OWNER, verified))).toBe('in');
    });
  });

  describe('leaves passwords to PostgreSQL', () => {
    it.each(['in the clear', 'over TLS'])('%s', async (how) => {
      const ssl = how === 'over TLS' ? verified : false;
      const plain = { user: 'plain', password: 'p' };
      expect(await ask(endpoint, plain, ssl)).toEqual([{ who: 'plain' }]);
      expect(await outcome(ask(endpoint, { ...plain, password: 'q' }, ssl))).toBe(
        '28P01 password authentication failed for user "plain"',
      );
      expect(await outcome(ask(endpoint, { ...OWNER, database: 'nothing' }, ssl))).toBe(
        '3D000 database "nothing" does not exist',
      );
      expect(await outcome(ask(endpoint, { user: 'nobody', password: 'x' }, ssl))).toBe(
        '28P01 password authentication failed for user "nobody"',
      );
    });

    it('even for the master user with a token', async () => {
      const password = await tokenFor(endpoint, OWNER.user);
      expect(await outcome(ask(endpoint, { ...OWNER, password }, verified))).toMatch(/^28P01 /);
    });
  });

  describe('asks a member of rds_iam for a token', () => {
    const REFUSED = '28000 PAM authentication failed for user "inspector"';
    const enter = async (password: string | Promise<string>, ssl: ConnectionOptions | false = verified) =>
      outcome(ask(endpoint, { user: 'inspector', password: await password }, ssl));

    it('that is made for this user, endpoint and region', async () => {
      const password = await tokenFor(endpoint, 'inspector');
      expect(await ask(endpoint, { user: 'inspector', password }, verified)).toEqual([{ who: 'inspector' }]);
      expect(await enter(tokenFor(endpoint, 'other'))).toBe(REFUSED);
      expect(await enter(tokenFor({ ...endpoint, port: endpoint.port + 1 }, 'inspector'))).toBe(REFUSED);
      expect(await enter(tokenFor(endpoint, 'inspector', 'us-west-2'))).toBe(REFUSED);
      expect(await enter('p')).toBe(REFUSED);
    });

    it('and takes it for 15 minutes by the clock that it was signed by', async () => {
      const token = await tokenFor(endpoint, 'inspector');
      drift = 14 * MINUTE;
      expect(await enter(token)).toBe('in');
      drift = 15 * MINUTE;
      expect(await enter(token)).toBe(REFUSED);
    });

    it('over TLS only', async () => {
      expect(await enter(tokenFor(endpoint, 'inspector'), false)).toBe(
        '28000 pg_hba.conf rejects connection for host "127.0.0.1", user "inspector", database "qrosity", no encryption',
      );
    });

    it('and refuses every one where IAM authentication is off', async () => {
      const token = await tokenFor(endpoint, 'inspector');
      await plane.configure('db', { ...IAM, iamAuthentication: false });
      expect(await enter(token)).toBe(REFUSED);
    });

    it('and says nothing of the server before', async () => {
      const password = await tokenFor(endpoint, 'other');
      expect(
        await outcome(ask(endpoint, { user: 'inspector', password, database: 'nothing' }, verified)),
      ).toBe(REFUSED);
    });
  });

  it.each(['in the clear', 'over TLS'])('hands on what a client sends to cancel a query, %s', async (how) => {
    await plane.configure('db', { ...IAM, parameters: { 'rds.force_ssl': '1' } });
    const client = new pg.Client({ ...OWNER, ...endpoint, ssl: verified });
    await client.connect();
    const query = outcome(client.query('SELECT pg_sleep(20)'));
    // In no types of pg's: what the server gave the client to cancel with.
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    const request = Buffer.alloc(16);
    for (const [index, word] of [16, 80_877_102, processID].entries()) request.writeUInt32BE(word, 4 * index);
    request.writeInt32BE(secretKey, 12);
    const socket =
      how === 'over TLS'
        ? connectTls({ ...endpoint, ...verified, ALPNProtocols: ['postgresql'] })
        : connect(endpoint.port, endpoint.host);
    socket.resume().write(request);
    await once(socket, 'close');
    expect(await query).toBe('57014 canceling statement due to user request');
    await client.end();
  });

  it('carries more than fits into any buffer, both ways', async () => {
    const text = 'x'.repeat(8_000_000);
    const client = new pg.Client({ ...OWNER, ...endpoint, ssl: verified });
    await client.connect();
    const { rows } = await client.query('SELECT $1::text || $1 AS twice', [text]);
    await client.end();
    expect(rows[0].twice.length).toBe(16_000_000);
  });

  it.each(['GET / HTTP/1.1\r\n\r\n', '\0\0\0\x08\x04\xd2\x16\x2fsomething in the clear', '\0', ''])(
    'closes on a client that says %j and leaves',
    async (text) => {
      const socket = connect(endpoint.port, endpoint.host);
      const said: Buffer[] = [];
      socket.on('data', (data: Buffer) => said.push(data));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.end(Buffer.from(text, 'latin1'));
      await closed;
      expect(Buffer.concat(said).toString()).toBe('');
    },
  );
});

describe('the gates of instances', () => {
  let plane: PostgresPlane;
  beforeAll(async () => {
    plane = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
  });
  afterEach(() => plane.loseRegion(REGION));
  afterAll(() => plane?.close());

  /** A client that is inside, and a promise of how that ends. */
  async function inside(endpoint: Endpoint): Promise<{ ended: Promise<string> }> {
    const client = new pg.Client({ ...OWNER, ...endpoint, ssl: { ca: plane.ca } });
    const ended = new Promise<string>((resolve) => client.on('error', (error) => resolve(error.message)));
    await client.connect();
    return { ended };
  }

  it('stay where they are over a stop and a start, which their clients are told of', async () => {
    const endpoint = await plane.create('db', REGION, OWNER);
    const { ended } = await inside(endpoint);
    await plane.stop('db');
    expect(await ended).toBe('terminating connection due to administrator command');
    expect(await outcome(ask(endpoint, OWNER, false))).toMatch(/^ECONNREFUSED /);
    // The port is free for whoever wants it.
    const squatter = createServer().listen(endpoint.port, endpoint.host);
    await once(squatter, 'listening');
    squatter.close();
    await plane.start('db');
    expect(await outcome(ask(endpoint, OWNER, { ca: plane.ca }))).toBe('in');
  });

  it('break with their region', async () => {
    const endpoint = await plane.create('db', REGION, OWNER);
    const { ended } = await inside(endpoint);
    await plane.loseRegion(REGION);
    expect(await ended).toBe('Connection terminated unexpectedly');
    expect(await outcome(ask(endpoint, OWNER, false))).toMatch(/^ECONNREFUSED /);
  });

  it('leave nobody at the server whose client is gone, however it went', async () => {
    const endpoint = await plane.create('db', REGION, OWNER);
    await ask(endpoint, OWNER, false, 'CREATE ROLE inspector LOGIN IN ROLE rds_iam');
    const half: Socket[] = [];
    for (let n = 0; n < 5; n++) {
      await outcome(ask(endpoint, { user: 'inspector', password: 'x' }, { ca: plane.ca }));
      const broken = new pg.Client({ ...OWNER, ...endpoint });
      broken.on('error', () => {});
      await broken.connect();
      (broken as unknown as { connection: { stream: Socket } }).connection.stream.resetAndDestroy();
      // In the middle of a login.
      const socket = connect(endpoint.port, endpoint.host);
      socket.write(startup(OWNER.user));
      await once(socket, 'data');
      half.push(socket);
    }
    for (const socket of half) socket.destroy();
    const others = async () => {
      const [row] = await ask(
        endpoint,
        OWNER,
        false,
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
      return (row as { n: number }).n;
    };
    for (let tries = 0; (await others()) > 0 && tries < 50; tries++);
    expect(await others()).toBe(0);
  });

  it('are one for each instance, also of a restored one, with the roles of its source', async () => {
    const source = await plane.create('db', REGION, OWNER, IAM);
    await ask(source, OWNER, false, 'CREATE ROLE inspector LOGIN IN ROLE rds_iam');
    await plane.capture('db', 'snapshot', REGION);
    const restored = await plane.restore('snapshot', 'restored', REGION, IAM);
    const closed = await plane.restore('snapshot', 'closed', REGION);
    const ssl = { ca: plane.ca };
    const enter = async (at: Endpoint, signedFor: Endpoint) => {
      const password = await tokenFor(signedFor, 'inspector');
      return outcome(ask(at, { user: 'inspector', password }, ssl));
    };
    expect(await enter(restored, restored)).toBe('in');
    expect(await enter(restored, source)).toMatch(/^28000 PAM/);
    expect(await enter(closed, closed)).toMatch(/^28000 PAM/);
  });

  it.each(['stop', 'loss'])('of clients that never say a word do not hold up a %s', async (how) => {
    const endpoint = await plane.create('db', REGION, OWNER);
    const silent = connect(endpoint.port, endpoint.host);
    const closed = new Promise((resolve) => silent.once('close', resolve));
    await new Promise((resolve) => silent.once('connect', resolve));
    const start = performance.now();
    await (how === 'stop' ? plane.stop('db') : plane.loseRegion(REGION));
    await closed;
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('what a parameter group sets', () => {
  const STATEMENTS = 'SELECT count(*) > 0 AS some FROM pg_stat_statements';
  let plane: PostgresPlane;
  beforeAll(async () => {
    plane = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
  });
  afterAll(() => plane?.close());

  const shown = async (endpoint: Endpoint, name: string) => {
    const [row] = await ask(endpoint, OWNER, false, `SELECT current_setting('${name}') AS value`);
    return (row as { value: string }).value;
  };

  it('reaches the instance it is for, whatever its source had', async () => {
    const source = await plane.create('db', REGION, OWNER, {
      iamAuthentication: false,
      parameters: { log_statement: 'ddl' },
    });
    await ask(source, OWNER, false, 'CREATE EXTENSION pg_stat_statements');
    expect(await ask(source, OWNER, false, STATEMENTS)).toEqual([{ some: true }]);
    expect(await shown(source, 'log_statement')).toBe('ddl');
    await plane.capture('db', 'snapshot', REGION);
    // The build lacks pg_cron: a server that was to load it would not start.
    const restored = await plane.restore('snapshot', 'restored', REGION, {
      iamAuthentication: false,
      parameters: { shared_preload_libraries: 'pg_cron,auto_explain', max_connections: '5000' },
    });
    expect(await outcome(ask(restored, OWNER, false, STATEMENTS))).toBe(
      '55000 pg_stat_statements must be loaded via "shared_preload_libraries"',
    );
    expect(await shown(restored, 'shared_preload_libraries')).toBe('auto_explain');
    expect(await shown(restored, 'log_statement')).toBe('none');
    expect(await shown(restored, 'max_connections')).toBe('30');
    await plane.destroy('restored');
  });

  it('is taken over while the server runs where it can be, the rest at the next start', async () => {
    const endpoint = await plane.create('second', REGION, OWNER);
    const parameters = { shared_preload_libraries: 'auto_explain', statement_timeout: '12345' };
    await plane.configure('second', { iamAuthentication: false, parameters });
    for (let tries = 0; (await shown(endpoint, 'statement_timeout')) === '0' && tries < 100; tries++);
    expect(await shown(endpoint, 'statement_timeout')).toBe('12345ms');
    expect(await shown(endpoint, 'shared_preload_libraries')).toBe('pg_stat_statements');
    await plane.stop('second');
    await plane.start('second');
    expect(await shown(endpoint, 'shared_preload_libraries')).toBe('auto_explain');
  });
});

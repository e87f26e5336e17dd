import { connect, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Instant } from '../../shared/domain/time';
import type { Endpoint } from '../engine/data';
import {
  ASK_PASSWORD,
  CANCEL_REQUEST,
  fatal,
  GOOD_BYE,
  GSS_ENCRYPTION_REQUEST,
  isWelcome,
  type Message,
  parametersOf,
  SSL_REQUEST,
  type Startup,
  take,
  takeMessage,
  takeStartup,
} from './messages';
import { tokenFault } from './token';

/** What the gate of one server knows when a client knocks. */
export interface Door {
  readonly endpoint: Endpoint;
  readonly region: string;
  /** The server's socket, which nobody else can reach. */
  readonly socket: string;
  readonly secure: SecureContext;
  readonly iamAuthentication: boolean;
  readonly forceSsl: boolean;
  /** The clock that tokens are measured by. */
  now(): Instant;
  /** Ends the socket with the gate. */
  keep<S extends Socket>(socket: S): S;
  /** Told why a token was refused, which the client is not. */
  note(line: string): void;
}

interface Arrival {
  readonly client: Socket;
  readonly startup: Startup;
  readonly encrypted: boolean;
}

/** PostgreSQL's authentication_timeout. */
const PATIENCE_MS = 60_000;

const TLS_RECORD = 0x16;
const PROTOCOL_3 = 3;

/**
 * Takes a client from its first byte to the server, and then stays out of the way. The server trusts members of
 * `rds_iam` (template.ts) and asks everyone else for a password by SCRAM, so its first word tells whether a token is
 * due: nobody has to keep count of who is a member. What it says then is held back until the token has been seen.
 */
export async function admit(raw: Socket, door: Door): Promise<void> {
  door.keep(raw).setTimeout(PATIENCE_MS, () => raw.destroy());
  const arrival = await receive(raw, door);
  if (arrival === null) return void raw.destroy();
  const { client, startup, encrypted } = arrival;
  const parameters = parametersOf(startup);
  const user = parameters.get('user') ?? '';
  const who = `host "${raw.remoteAddress}", user "${user}", database "${parameters.get('database') ?? user}", ${encrypted ? 'SSL encryption' : 'no encryption'}`;
  // pg_hba.conf is about logins: whoever holds the key of a query cancels it from anywhere.
  const isLogin = startup.code !== CANCEL_REQUEST;
  if (isLogin && door.forceSsl && !encrypted) return refuse(client, `no pg_hba.conf entry for ${who}`);

  const server = bind(client, door.keep(connect(door.socket)));
  server.write(startup.packet);
  // A cancellation gets no answer but the end. Protocol 2, which no server has spoken since PostgreSQL 14, other ones.
  if (startup.code >>> 16 === PROTOCOL_3) {
    const first = await firstAnswer(server, client);
    if (first === null) return;
    if (isWelcome(first)) {
      const refusal = encrypted
        ? await askForToken(client, user, door)
        : `pg_hba.conf rejects connection for ${who}`;
      if (refusal !== null) {
        server.end(GOOD_BYE);
        return refuse(client, refusal);
      }
    }
    client.write(first.packet);
  }
  raw.setTimeout(0);
  client.pipe(server);
  server.pipe(client);
}

/** Up to the packet that names a user or a query to cancel, through TLS if the client wants it. */
async function receive(raw: Socket, door: Door): Promise<Arrival | null> {
  let client: Socket = raw;
  if (await startsTls(raw)) {
    const secured = secure(raw, door);
    // `sslnegotiation=direct`, which PostgreSQL takes only with its name for ALPN.
    const startup = await takeStartup(secured);
    if (startup === null || secured.alpnProtocol !== 'postgresql') return null;
    return { client: secured, startup, encrypted: true };
  }
  for (;;) {
    const startup = await takeStartup(client);
    if (startup === null) return null;
    const encrypted = client !== raw;
    if (startup.code === SSL_REQUEST && !encrypted) {
      // Nothing may follow in the clear: it would pass for something said under encryption (CVE-2021-23214).
      if (raw.readableLength > 0) return null;
      raw.write('S');
      client = secure(raw, door);
    } else if (startup.code === GSS_ENCRYPTION_REQUEST || startup.code === SSL_REQUEST) client.write('N');
    else return { client, startup, encrypted };
  }
}

async function startsTls(raw: Socket): Promise<boolean> {
  const first = await take(raw, 1);
  if (first !== null) raw.unshift(first);
  return first?.[0] === TLS_RECORD;
}

function secure(raw: Socket, door: Door): TLSSocket {
  return door.keep(
    new TLSSocket(raw, { isServer: true, secureContext: door.secure, ALPNProtocols: ['postgresql'] }),
  );
}

/** The server's first word about the login; on an offer of another minor version it follows at once. */
async function firstAnswer(server: Socket, client: Socket): Promise<Message | null> {
  for (;;) {
    const message = await takeMessage(server);
    if (message?.type !== 'v') return message;
    client.write(message.packet);
  }
}

/** Why a member of `rds_iam` does not come in, as RDS words it: it says no more than that, whatever is wrong. */
async function askForToken(client: Socket, user: string, door: Door): Promise<string | null> {
  client.write(ASK_PASSWORD);
  const answer = await takeMessage(client);
  const token = answer?.type === 'p' ? answer.content.toString().replace(/\0$/, '') : '';
  const fault = door.iamAuthentication
    ? tokenFault(token, { ...door.endpoint, region: door.region, user }, door.now())
    : 'the instance has IAM database authentication off';
  if (fault === null) return null;
  door.note(`no entry for user "${user}" with a token: ${fault}`);
  return `PAM authentication failed for user "${user}"`;
}

function refuse(client: Socket, text: string): void {
  // invalid_authorization_specification: for PAM and pg_hba.conf alike. 28P01 is for passwords only.
  client.write(fatal('28000', text));
  client.destroySoon();
}

/** Each ends with the other, once it has got what the other said last. */
function bind(client: Socket, server: Socket): Socket {
  server.on('close', () => client.destroySoon());
  client.on('close', () => server.destroySoon());
  if (client.destroyed) server.destroy();
  return server;
}

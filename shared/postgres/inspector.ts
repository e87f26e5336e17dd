import pg from 'pg';
import type { DatabaseFacts } from '../domain/inspection/facts';
import { Refusal, type RefusalKind } from '../domain/refusal';
import { type Duration, SECOND } from '../domain/time';
import type { Address, Inspector, Wanted } from '../ports/inspector';
import { look } from './look';
import { OutOfTime, STATEMENT } from './session';

export interface InspectorOptions {
  /** Certificates to trust, as PEM; those that Node trusts by itself where it is left out. */
  readonly ca?: string | undefined;
  /** The longest that one query may take. */
  readonly statement?: Duration;
  /** How long after its time a look is broken off that has not ended by itself. */
  readonly grace?: Duration;
}

/** To connect and to sign in. */
const CONNECT: Duration = 15 * SECOND;
/** By then a server that still listens has canceled its query. */
const GRACE: Duration = 5 * SECOND;

/** One connection a look: it is bounded, and ends with the look. */
export class PgInspector implements Inspector {
  constructor(private readonly options: InspectorOptions = {}) {}

  async look(
    address: Address,
    password: string,
    wanted: Wanted,
    timeLeft: () => Duration,
  ): Promise<DatabaseFacts> {
    const { ca, statement = STATEMENT, grace = GRACE } = this.options;
    const { host, port, database, user } = address;
    const client = new pg.Client({
      host,
      port,
      database,
      user,
      password,
      application_name: 'holdfast inspect-database',
      connectionTimeoutMillis: CONNECT,
      statement_timeout: statement,
      // A server that died without a word is noticed by us, not by its own timeout.
      query_timeout: statement + CONNECT,
      // The role reads only; should it have been granted more, the session still does not write.
      // Dates are written in one way, whatever the database or the role would have.
      options:
        '-c default_transaction_read_only=on -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 -c TimeZone=UTC -c DateStyle=ISO',
      ssl: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    });
    // A connection that breaks while nobody waits for it tells so by this event; the next query fails anyway.
    client.on('error', () => undefined);
    // A server that died without a word ends no query: the run would be over before its own timeout is.
    const watchdog = setTimeout(
      () => client.connection.stream.destroy(new Error('timeout: no answer until the time was over')),
      Math.max(0, timeLeft()) + grace,
    );
    try {
      await client.connect();
      return await look(client, wanted, { timeLeft, statement });
    } catch (error) {
      throw refusalOf(error, `look into ${database} at ${host}:${port} as ${user}`);
    } finally {
      await client.end().catch(() => undefined);
      clearTimeout(watchdog);
    }
  }
}

/** PostgreSQL's SQLSTATEs, by their class or in full, in our words. */
const KINDS: readonly [RegExp, RefusalKind][] = [
  [/^28/, 'denied'],
  [/^42501$/, 'denied'],
  [/^3D000$/, 'gone'],
  // data_corrupted and index_corrupted.
  [/^XX00[12]$/, 'damaged'],
  [/^(57014|55P03)$/, 'busy'],
  [/^(57P0[1-4]|08|53300)/, 'unreachable'],
];

const BUSY = 'a query took too long, or waited for a lock; the next run tries again';

const HINTS: Partial<Record<RefusalKind, string>> = {
  denied:
    'the role needs LOGIN and rds_iam, and the instance IAM database authentication (docs/deploy.md has the GRANTs)',
  gone: 'name the database in the policy as inspection.database',
  damaged:
    'a page of the catalogs cannot be read: restore the newest recovery point that passes its test, and call AWS',
  busy: BUSY,
  unreachable:
    'the function and the instance have to be in one network, with a security group that lets 5432 through',
};

function refusalOf(error: unknown, doing: string): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof OutOfTime)
    return new Refusal('busy', `${doing}: ${error.message}`, BUSY, { cause: error });
  const { code = '', message } = error as { code?: string; message?: string };
  const sql = KINDS.find(([pattern]) => pattern.test(code))?.[1];
  const broken =
    /^(E[A-Z]+|ERR_TLS|CERT|SELF_SIGNED|UNABLE_TO)/.test(code) || /timeout|terminated/i.test(message ?? '');
  const tls = /^(ERR_TLS|CERT|SELF_SIGNED|UNABLE_TO|DEPTH_ZERO)/.test(code);
  const kind = sql ?? (broken || tls ? 'unreachable' : 'unknown');
  const hint = tls
    ? "its certificate is not one that is trusted: is RDS's CA bundle there (NODE_EXTRA_CA_CERTS)?"
    : HINTS[kind];
  return new Refusal(kind, `${doing}: ${message ?? String(error)}`, hint, { cause: error });
}

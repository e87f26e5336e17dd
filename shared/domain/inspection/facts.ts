import type { Instant } from '../time';

/**
 * What one look into a database found: catalogs and counts, no judgment. The catalogs are of one moment (a read-only
 * transaction that sees one snapshot); rows are counted after it, in short ones, so that no lock is held for long.
 */
export interface DatabaseFacts {
  readonly server: ServerFacts;
  readonly extensions: readonly Extension[];
  /** Whether pg_stat_statements answers a query; null where it is not installed, or could not be asked. */
  readonly statementsAnswer: boolean | null;
  /** Null where the policy names no tenant tables. */
  readonly tenants: TenantFacts | null;
  /** Every schema but PostgreSQL's own. */
  readonly schemas: readonly SchemaFacts[];
  readonly isolation: IsolationFacts;
  readonly freshness: readonly Freshness[];
  readonly rows: readonly RowCount[];
  readonly own: readonly OwnAnswer[];
  /** What amcheck said of a sample of indexes and tables; null where it is not installed, or not for this role. */
  readonly amcheck: AmcheckFacts | null;
  /** What cannot be read because it is damaged, with PostgreSQL's word for it. */
  readonly unreadable: readonly { readonly what: string; readonly error: string }[];
}

export interface ServerFacts {
  /** `18.1`. */
  readonly version: string;
  readonly inRecovery: boolean;
  /** Page checksums. */
  readonly checksums: boolean;
  readonly sizeBytes: number;
  /** `shared_preload_libraries`; null where the role may not see it. */
  readonly preloaded: readonly string[] | null;
  /** Of the server's clock: when it took the connection, when it answered the first query, and when the look was over. */
  readonly connected: Instant;
  readonly at: Instant;
  readonly finished: Instant;
}

export interface Extension {
  readonly name: string;
  readonly version: string;
}

export interface TenantFacts {
  /** Those of the two tables of the policy that are not there: nothing else is known then. */
  readonly missingTables: readonly string[];
  readonly tenants: readonly { readonly id: string; readonly schema: string }[];
  readonly domains: readonly { readonly domain: string; readonly tenant: string }[];
}

export interface SchemaFacts {
  readonly name: string;
  /** Table to a digest of its columns, in order of their names. */
  readonly tables: ReadonlyMap<string, string>;
  /** Applied migrations, as `app.name`; null where the schema has no django_migrations, or they could not be read. */
  readonly migrations: readonly string[] | null;
  /** Why they could not be read; null otherwise. */
  readonly unread: string | null;
}

export interface IsolationFacts {
  /** Roles that are not superusers and may use more than one tenant's schema, with how many. */
  readonly reaching: readonly {
    readonly role: string;
    readonly schemas: number;
    /** It owns one of them: the application's own, or the role that looks. */
    readonly own: boolean;
  }[];
  /** Schemas, and tables in them, that everybody may use or read. */
  readonly granted: readonly { readonly schema: string; readonly what: string }[];
  /** Views and foreign keys that lead from one schema into another that is not `public`. */
  readonly crossing: readonly { readonly from: string; readonly to: string; readonly by: string }[];
}

/** The newest change of one table, by the column that the policy names. */
export interface Freshness {
  readonly schema: string;
  readonly table: string;
  /** Of those that can have happened by the moment that the data is of. */
  readonly newest: Instant | null;
  /** How many rows claim to be of later. */
  readonly ahead: number;
  /** Why it could not be asked for; null where it was. */
  readonly why: string | null;
}

/** Rows of one table, those of its partitions included. */
export interface RowCount {
  readonly schema: string;
  readonly table: string;
  /** Null where nobody could tell. */
  readonly rows: number | null;
  /** Counted, or to be counted; else PostgreSQL's own estimate. */
  readonly exact: boolean;
  /** Why nobody could tell; null otherwise. */
  readonly why: string | null;
}

export interface OwnAnswer {
  readonly name: string;
  /** The first column of the first row, as PostgreSQL writes it, but true and false for a boolean; null for none. */
  readonly value: string | null;
  /** PostgreSQL's message where the query failed. */
  readonly error: string | null;
}

export interface AmcheckFacts {
  readonly checked: number;
  readonly broken: readonly { readonly relation: string; readonly error: string }[];
  /** Of the sample, what could not be looked at: locked, dropped, too long, or out of time. */
  readonly skipped: readonly { readonly relation: string; readonly why: string }[];
}

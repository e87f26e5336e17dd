/** One parameter as `DescribeDBParameters` has it, and as an instance may set it. */
export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'list';
  /** A dynamic one takes effect on a running server, a static one with the next start. */
  readonly apply: 'dynamic' | 'static';
  /** As RDS writes it: `0,1`, `-1-2147483647`, names; `null` where anything goes. */
  readonly allowed: string | null;
  /** RDS's own default for a major version, where it has one other than PostgreSQL's. */
  readonly value?: string | ((major: number) => string);
  /** RDS keeps it to itself. */
  readonly fixed?: true;
}

const LIBRARIES =
  'auto_explain,orafce,pgaudit,pglogical,pg_bigm,pg_cron,pg_hint_plan,pg_prewarm,pg_similarity,pg_stat_statements,pg_tle,pg_transport,plprofiler,plrust';
const MILLISECONDS = '-1-2147483647';
const TIMEOUT = '0-2147483647';

/**
 * Of the 400 parameters of RDS for PostgreSQL those that a backup, a restore or a look inside can depend on, in the
 * order of their names (RDS User Guide: Working with parameters on your RDS for PostgreSQL DB instance). Which of them
 * reach a server is said in postgres/settings.ts.
 */
export const PARAMETERS: readonly Parameter[] = [
  dynamic(
    'auto_explain.log_min_duration',
    'integer',
    MILLISECONDS,
    'Time above which plans are logged (ms).',
  ),
  still('autovacuum_max_workers', 'integer', '1-262143', 'Number of autovacuum worker processes.'),
  still('cron.database_name', 'string', null, 'Database in which pg_cron keeps its jobs.', 'postgres'),
  dynamic(
    'idle_in_transaction_session_timeout',
    'integer',
    TIMEOUT,
    'Allowed idle time within a transaction (ms).',
    '86400000',
  ),
  dynamic('lock_timeout', 'integer', TIMEOUT, 'Allowed wait for a lock (ms).'),
  dynamic(
    'log_autovacuum_min_duration',
    'integer',
    MILLISECONDS,
    'Time above which autovacuum is logged (ms).',
    '10000',
  ),
  dynamic('log_lock_waits', 'boolean', '0,1', 'Logs long lock waits.'),
  dynamic(
    'log_min_duration_statement',
    'integer',
    MILLISECONDS,
    'Time above which statements are logged (ms).',
  ),
  dynamic('log_statement', 'string', 'none,ddl,mod,all', 'Kinds of statements that are logged.'),
  dynamic('log_temp_files', 'integer', MILLISECONDS, 'Size above which temporary files are logged (kB).'),
  dynamic('maintenance_work_mem', 'integer', '1024-2147483647', 'Memory for maintenance operations (kB).'),
  still(
    'max_connections',
    'integer',
    '6-8388607',
    'Number of concurrent connections.',
    'LEAST({DBInstanceClassMemory/9531392},5000)',
  ),
  still('max_replication_slots', 'integer', '5-8388607', 'Number of replication slots.', '20'),
  still('max_wal_senders', 'integer', '5-8388607', 'Number of WAL sender processes.', '20'),
  dynamic('max_wal_size', 'integer', '128-201326592', 'WAL size that triggers a checkpoint (MB).', '2048'),
  dynamic('pg_stat_statements.track', 'string', 'none,top,all', 'Statements that are tracked.', 'top'),
  dynamic('random_page_cost', 'string', null, 'Estimated cost of a page that is not read in sequence.'),
  dynamic('rds.force_admin_logging_level', 'string', null, 'Log level for rdsadmin.'),
  dynamic('rds.force_ssl', 'boolean', '0,1', 'Forces SSL connections.', (major) => (major >= 15 ? '1' : '0')),
  still('rds.logical_replication', 'boolean', '0,1', 'Enables logical decoding.', '0'),
  dynamic('rds.restrict_password_commands', 'boolean', '0,1', 'Restricts password commands to rds_password.'),
  still(
    'shared_buffers',
    'integer',
    '16-1073741823',
    'Shared memory buffers (8kB).',
    '{DBInstanceClassMemory/32768}',
  ),
  still(
    'shared_preload_libraries',
    'list',
    LIBRARIES,
    'Libraries to preload into the server.',
    'pg_stat_statements',
  ),
  { ...still('ssl', 'boolean', '0,1', 'Enables SSL connections.', '1'), fixed: true },
  dynamic('statement_timeout', 'integer', TIMEOUT, 'Allowed duration of a statement (ms).'),
  dynamic('timezone', 'string', null, 'Time zone for displaying time stamps.', 'UTC'),
  dynamic('work_mem', 'integer', '64-2147483647', 'Memory for query workspaces (kB).'),
];

type Rest = [
  type: Parameter['type'],
  allowed: Parameter['allowed'],
  description: string,
  value?: NonNullable<Parameter['value']>,
];

function dynamic(name: string, ...rest: Rest): Parameter {
  return parameter(name, 'dynamic', ...rest);
}

function still(name: string, ...rest: Rest): Parameter {
  return parameter(name, 'static', ...rest);
}

function parameter(
  name: string,
  apply: Parameter['apply'],
  ...[type, allowed, description, value]: Rest
): Parameter {
  return { name, apply, type, allowed, description, ...(value !== undefined && { value }) };
}

export function defaultOf({ value }: Parameter, major: number): string | null {
  return typeof value === 'function' ? value(major) : (value ?? null);
}

/** Whether RDS takes the value for it. */
export function allows({ type, allowed }: Parameter, value: string): boolean {
  if (allowed === null) return true;
  const range = /^(-?\d+)-(\d+)$/.exec(allowed);
  if (range !== null) {
    return /^-?\d+$/.test(value) && Number(value) >= Number(range[1]) && Number(value) <= Number(range[2]);
  }
  const known = allowed.split(',');
  const words = type === 'list' ? value.split(',').map((word) => word.trim()) : [value];
  return words.every((word) => known.includes(word) || (type === 'list' && value === ''));
}

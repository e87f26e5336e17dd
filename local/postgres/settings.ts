import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerSettings } from '../engine/data';
import type { Binaries } from './binaries';
import type { Rules } from './gate';

/**
 * Beside the data, so that no snapshot holds it: a restored instance has its own parameter group, whatever the one it
 * was taken of had. The template's `postgresql.conf` includes it.
 */
export const GROUP_FILE = 'group.conf';

/** Parameters that reach a server as they are. Others (memory, connections) are sized for this machine, not for AWS. */
const HONORED = new Set([
  'auto_explain.log_min_duration',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'log_lock_waits',
  'log_min_duration_statement',
  'log_statement',
  'log_temp_files',
  'pg_stat_statements.track',
  'statement_timeout',
  'timezone',
  'work_mem',
]);

const PRELOADED = 'shared_preload_libraries';

/** Writes what a server is to take over from its parameter group when it starts, or reads its files again. */
export function writeSettings(folder: string, { parameters }: ServerSettings, binaries: Binaries): void {
  const lines = Object.entries(parameters).flatMap(([name, value]) => {
    if (name === PRELOADED) return [`${name} = ${quoted(loadable(value, binaries).join(', '))}`];
    return HONORED.has(name) ? [`${name} = ${quoted(value)}`] : [];
  });
  const file = join(folder, GROUP_FILE);
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o644); // The servers' account reads it.
}

/**
 * What is the gate's part. RDS forces TLS by default from PostgreSQL 15 on; here only a group that says so itself does,
 * for the sake of clients on this machine that have no certificate at hand.
 */
export function rulesOf({ iamAuthentication, parameters }: ServerSettings): Rules {
  return { iamAuthentication, forceSsl: parameters['rds.force_ssl'] === '1' };
}

/** A server refuses to start over a library that it lacks: pg_cron and others of RDS's are not in this build. */
function loadable(list: string, { native }: Binaries): string[] {
  const files = readdirSync(join(native, 'lib', 'postgresql'));
  return list
    .split(',')
    .map((library) => library.trim())
    .filter((library) => files.some((file) => file === `${library}.so` || file === `${library}.dylib`));
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

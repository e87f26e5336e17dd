import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENVIRONMENT } from './account';
import { type Installation, SUPERUSER } from './server';
import { GROUP_FILE } from './settings';
import { makeFolder } from './tree';

const run = promisify(execFile);

/**
 * Small and quiet: a dozen of them run on two cores. Every server has these, because its configuration lies in its
 * data folder and so comes along with a snapshot.
 */
const SETTINGS = `
# Holdfast
listen_addresses = ''
max_connections = 30
shared_buffers = 16MB
shared_preload_libraries = 'pg_stat_statements'

# What a crash means here is the end of the process, and what it has written stays in the kernel's cache. fsync would
# only guard against the machine going down, which takes the folder along anyway.
fsync = off
full_page_writes = on

# A recycled segment is an old file under a new name, which a snapshot would have to copy again.
wal_recycle = off
wal_init_zero = off
max_wal_size = 64MB

# Shared memory as files in the data folder goes with it; the default would leave segments in /dev/shm after a kill.
dynamic_shared_memory_type = mmap
huge_pages = off

# Few processes: each has to be stopped for a snapshot.
io_method = sync
max_parallel_workers = 0
max_logical_replication_workers = 0
autovacuum_max_workers = 1

log_checkpoints = off

include_if_exists = '../${GROUP_FILE}'
`;

/**
 * Who comes this way has been through the gate, which has seen the token of a member of rds_iam. Superusers are not
 * members unless they are made so.
 */
const CLIENTS = `
local  all  +rds_iam  trust
local  all  all       scram-sha-256
`;

/** Makes an empty cluster, once per run of the process (0.8 s); servers start on copies of it. */
export async function makeTemplate(
  folder: string,
  { binaries, account, password }: Installation,
): Promise<void> {
  makeFolder(folder, account);
  const secret = `${folder}.password`;
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  try {
    if (account !== null) chownSync(secret, account.uid, account.gid);
    await run(
      binaries.initdb,
      [
        `--pgdata=${folder}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${secret}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The same order on every machine, without a locale having to be installed.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
        // In MB. With the default of 16 every snapshot would hold as much for a few rows.
        '--wal-segsize=1',
        '--no-sync',
        '--no-instructions',
      ],
      { ...account, cwd: folder, env: ENVIRONMENT },
    );
  } finally {
    rmSync(secret, { force: true });
  }
  appendFileSync(join(folder, 'postgresql.conf'), SETTINGS);
  writeFileSync(join(folder, 'pg_hba.conf'), CLIENTS);
}

import { type About, type Check, few, nothingWrong, unknown } from './check';
import { whyNot } from './completeness';
import type { DatabaseFacts, RowCount } from './facts';

/** Where the look is taken: on the live database, or on one restored for a test. */
export type Setting = 'live' | 'restored';

/** The server itself: it answers, it is a primary, its pages carry checksums, its indexes hold together. */
export function checkServer({ server, amcheck, unreadable, rows }: DatabaseFacts): Check[] {
  const answers: About = { id: 'server.answers', requirement: 'DR-7', expectation: 'it answers queries' };
  const primary: About = {
    id: 'server.primary',
    requirement: 'DR-7',
    expectation: 'it is not in recovery: it takes writes',
  };
  const checksums: About = {
    id: 'server.checksums',
    requirement: 'DR-7',
    expectation: 'page checksums are on: a damaged page is noticed when it is read',
  };
  const size = `${(server.sizeBytes / 2 ** 30).toFixed(2)} GiB`;
  return [
    { ...answers, verdict: 'passed', found: `PostgreSQL ${server.version}, ${size}`, subjects: [] },
    nothingWrong(primary, server.inRecovery ? ['in recovery'] : [], 'a primary', 'it is'),
    nothingWrong(checksums, server.checksums ? [] : ['data_checksums'], 'on', 'off'),
    checkPages(unreadable, rows),
    checkAmcheck(amcheck),
  ];
}

/** A page is damaged where PostgreSQL says so. What could not be read for another reason, as a lock, is unknown. */
function checkPages(unreadable: DatabaseFacts['unreadable'], rows: readonly RowCount[]): Check {
  const about: About = {
    id: 'server.pages',
    requirement: 'DR-7',
    expectation: 'every row that is counted can be read',
  };
  const damaged = unreadable.map(({ what, error }) => `${what} (${error})`);
  const uncounted = rows.filter(({ rows, exact }) => rows === null && exact);
  if (damaged.length === 0 && uncounted.length > 0)
    return unknown(about, `no damaged page met; not counted: ${few(uncounted.map(whyNot))}`);
  return nothingWrong(about, damaged, 'no damaged page met', 'unreadable');
}

function checkAmcheck(amcheck: DatabaseFacts['amcheck']): Check {
  const about: About = {
    id: 'server.amcheck',
    requirement: 'DR-7',
    expectation: 'amcheck finds a sample of indexes and tables whole',
  };
  if (amcheck === null)
    return unknown(about, 'amcheck is not installed, or its functions are not granted to this role');
  const { checked, broken, skipped } = amcheck;
  const passedOver = few(skipped.map(({ relation, why }) => `${relation} (${why})`));
  if (checked === 0) return unknown(about, `nothing was looked at${passedOver && `: ${passedOver}`}`);
  return nothingWrong(
    about,
    broken.map(({ relation, error }) => `${relation} (${error})`),
    `${checked} looked at, all whole${passedOver && `; passed over: ${passedOver}`}`,
    'broken',
  );
}

/** EXT-1 to EXT-4: what the policy wants is there; pg_cron, for self-hosted servers only, never runs in a test. */
export function checkExtensions(facts: DatabaseFacts, wanted: readonly string[], setting: Setting): Check[] {
  const installed = new Map(facts.extensions.map(({ name, version }) => [name, version]));
  const about: About = {
    id: 'extensions.installed',
    requirement: 'EXT-4',
    expectation: wanted.length === 0 ? 'the policy wants none' : `${wanted.join(', ')} are installed`,
  };
  const missing = wanted.filter((name) => !installed.has(name));
  const versions = wanted.map((name) => `${name} ${installed.get(name) ?? ''}`.trim()).join(', ') || 'none';
  const checks = [nothingWrong(about, missing, versions, 'missing')];
  if (wanted.includes('pg_stat_statements')) checks.push(checkStatements(facts));
  return [...checks, checkCron(facts, installed, setting)];
}

/** Installed is not enough: without its library in shared_preload_libraries every query to it fails. */
function checkStatements({ statementsAnswer, server }: DatabaseFacts): Check {
  const about: About = {
    id: 'extensions.pg_stat_statements',
    requirement: 'EXT-2',
    expectation: 'pg_stat_statements answers: its library is preloaded',
  };
  if (statementsAnswer === null) return unknown(about, 'it is not installed, or could not be asked');
  const preloaded = server.preloaded === null ? 'not to be seen' : few(server.preloaded) || 'empty';
  return nothingWrong(
    about,
    statementsAnswer ? [] : ['pg_stat_statements'],
    'it answers',
    `not preloaded (shared_preload_libraries is ${preloaded}); name it in the parameter group`,
  );
}

function checkCron(
  { server }: DatabaseFacts,
  installed: ReadonlyMap<string, string>,
  setting: Setting,
): Check {
  const about: About = {
    id: 'extensions.pg_cron',
    requirement: 'EXT-3',
    expectation:
      setting === 'restored'
        ? 'pg_cron is not preloaded: its jobs must not fire in a test'
        : 'pg_cron is for self-hosted servers only',
  };
  if (server.preloaded === null)
    return unknown(about, 'shared_preload_libraries is not to be seen: GRANT pg_monitor to the role');
  const active = server.preloaded.includes('pg_cron');
  if (setting === 'restored') {
    const why = 'preloaded, and its jobs fire here too; use a parameter group without it';
    return nothingWrong(about, active ? ['pg_cron'] : [], 'not preloaded', why);
  }
  const there = [...(installed.has('pg_cron') ? ['installed'] : []), ...(active ? ['preloaded'] : [])];
  return nothingWrong(about, there, 'absent', 'pg_cron is');
}

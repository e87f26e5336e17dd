import { SCHEDULED } from '../../shared/domain/controls/alarms-of';
import type { Assessment, Control, Subject } from '../../shared/domain/controls/control';
import type { DatabaseSeen, Seen, Settings } from '../../shared/domain/controls/seen';
import type { Database } from '../../shared/domain/database';
import type { Check, Verdict } from '../../shared/domain/inspection/check';
import { overall } from '../../shared/domain/inspection/inspect';
import type { InspectionRecord } from '../../shared/domain/inspection/record';
import type { LookedAt } from '../../shared/domain/key-use';
import type { Policy, Protection } from '../../shared/domain/policy';
import type { TestRecord } from '../../shared/domain/restore-test';
import type { Snapshot } from '../../shared/domain/snapshot';
import { DAY, formatInstant, HOUR, type Instant, MINUTE, SECOND } from '../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  copyOf,
  database,
  HOME,
  keysSeen,
  lookedAt,
  policy,
  restoreTest,
  slotSnapshot,
} from './builders';

/** Half past nine: the slot of 09:00 was taken at 09:02, and is not copied yet. */
export const NOW = at('2026-03-10 09:30');

/** A policy that leaves no requirement unpromised, and that the business has agreed to. */
export function complete(fields: Partial<Protection> = {}, rest: Parameters<typeof policy>[1] = {}): Policy {
  return policy(
    {
      agreed: { by: 'The owner', on: '2026-02-01' },
      pitr: { retention: 30 * DAY, window: '00:00-01:00' },
      restoreTest: restoreTest(),
      failoverDrill: { every: 90 * DAY, window: 'Sun 03:00-04:00' },
      tenants: { table: 'tenants_tenant', domains: 'tenants_domain', roles: [] },
      inspection: {
        database: 'qrosity',
        user: 'holdfast_inspector',
        freshness: [{ table: 'orders', column: 'changed_at' }],
        quiet: 12 * HOUR,
        shrink: 0.2,
        volatile: [],
        checks: [],
      },
      extensions: ['uuid-ossp'],
      ...fields,
    },
    rest,
  );
}

export function settings(fields: Partial<Settings> = {}): Settings {
  return {
    multiAz: true,
    backupRetentionDays: 30,
    backupWindow: '00:00-01:00',
    performanceInsights: true,
    databaseInsights: 'standard',
    copyTagsToSnapshot: true,
    publiclyAccessible: false,
    engineVersion: '17.6',
    authority: 'rds-ca-rsa2048-g1',
    ...fields,
  };
}

/** An instance as it should be, restorable to three minutes ago. */
export function databaseSeen(
  fields: Partial<Database> = {},
  {
    settings: known,
    ...rest
  }: Partial<Omit<DatabaseSeen, 'database' | 'settings'>> & {
    settings?: Partial<Settings>;
  } = {},
): DatabaseSeen {
  return {
    database: database({ latestRestorable: NOW - 3 * MINUTE, deletionProtection: true, ...fields }),
    settings: { seen: settings(known) },
    parameterGroup: 'erp',
    tlsForced: { seen: true },
    standbys: { seen: [{ id: 'qrosity-db-standby', region: AWAY, lag: { seen: 2 * SECOND } }] },
    maintenance: { seen: [] },
    ...rest,
  };
}

/** What hourly 24 and daily 30 have kept since the first of March, newest first: 33 slots. */
export function keptSlots(fields: Partial<Snapshot> = {}): Snapshot[] {
  const newest = at('2026-03-10 09:00');
  const hours = Array.from({ length: 25 }, (_, back) => newest - back * HOUR);
  const days = Array.from({ length: 8 }, (_, back) => at('2026-03-08 23:00') - back * DAY);
  return [...hours, ...days].map((slot) => slotSnapshot(slot, fields));
}

/** Its copy, under the key of its own region. */
export function copied(source: Snapshot, fields: Partial<Snapshot> = {}): Snapshot {
  return copyOf(source, { key: `arn:aws:kms:${AWAY}:${ACCOUNT}:key/0`, ...fields });
}

/** The copies of all but the newest of them. */
export function keptCopies(): Snapshot[] {
  return keptSlots()
    .slice(1)
    .map((slot) => copied(slot));
}

/** The keys that snapshots of the builders are under: one in each region. */
export function keysInPlace(): LookedAt[] {
  return [lookedAt(), lookedAt({ region: AWAY }, { aliases: ['alias/holdfast'] })];
}

/** Where what was seen differs from a world in which every promise is kept. */
export interface Differs {
  readonly databases?: readonly DatabaseSeen[];
  readonly home?: readonly Snapshot[];
  readonly away?: readonly Snapshot[];
  readonly keys?: readonly LookedAt[];
}

/** A look at a world in which every promise is kept, but for what is given; `rest` replaces whole parts. */
export function seen(differs: Differs = {}, rest: Partial<Seen> = {}): Seen {
  const databases = differs.databases ?? [databaseSeen()];
  const home = differs.home ?? keptSlots();
  const away = differs.away ?? keptCopies();
  const all = [...home, ...away];
  const keys = keysSeen(differs.keys ?? keysInPlace(), {
    databases: databases.map((one) => one.database),
    snapshots: all,
  });
  return {
    now: NOW,
    policy: complete(),
    deployment: 'holdfast-prod',
    databases: { seen: databases },
    snapshots: new Map([
      [HOME, { seen: home }],
      [AWAY, { seen: away }],
    ]),
    sharing: new Map(all.map(({ arn }) => [arn, { with: [], asked: NOW - DAY }])),
    allowedAccounts: [],
    keys: { seen: keys },
    quotas: new Map(
      [HOME, AWAY].map((region) => [
        region,
        { seen: { snapshots: { used: 33, most: 100 }, instances: { used: 3, most: 40 } } },
      ]),
    ),
    restoreTests: new Map([['qrosity-db', { seen: [restored(), restored({ region: AWAY })] }]]),
    inspections: new Map([['qrosity-db', { seen: looked() }]]),
    drills: new Map([
      [
        'qrosity-db',
        { seen: { at: NOW - 30 * DAY, passed: true, took: 90 * SECOND, found: 'the zones swapped' } },
      ],
    ]),
    evidence: {
      seen: {
        bucket: 'holdfast-evidence',
        lock: { mode: 'governance', keeps: 400 * DAY },
        versioned: true,
        encryption: 'kms',
      },
    },
    alarms: { seen: [...everyAlarm('not-running'), ...everyAlarm('failures')] },
    engines: { seen: new Map([['17', { standard: at('2030-02-28 00:00'), extended: null }]]) },
    authorities: { seen: new Map([['rds-ca-rsa2048-g1', at('2061-05-25 00:00')]]) },
    ...rest,
  };
}

function everyAlarm(kind: string) {
  return SCHEDULED.map((name) => ({
    name: `holdfast-prod-${name}-${kind}`,
    state: 'OK' as const,
    since: NOW - 9 * DAY,
  }));
}

/** A restore test that passed three days ago in 40 minutes. */
export function restored({
  asked = NOW - 3 * DAY,
  took = 40 * MINUTE,
  ...fields
}: Partial<TestRecord> & { asked?: Instant; took?: number } = {}): TestRecord {
  const region = fields.region ?? HOME;
  return {
    schema: 'holdfast.restore-test/1',
    installation: 'holdfast',
    database: 'qrosity-db',
    region,
    requested: formatInstant(asked),
    at: formatInstant(asked + took),
    verdict: 'passed',
    why: 'everything that was looked at is as it should be',
    chosen: `the newest in ${region}`,
    snapshot: {
      arn: `arn:aws:rds:${region}:${ACCOUNT}:snapshot:one`,
      recoveryPoint: formatInstant(asked - HOUR),
    },
    instance: null,
    checks: [],
    inspection: null,
    times: {
      asked: formatInstant(asked),
      available: formatInstant(asked + took / 2),
      availableBy: 'RDS-EVENT-0005',
      looked: formatInstant(asked + took / 2),
      seconds: {
        available: took / 2 / SECOND,
        answered: took / 2 / SECOND,
        validated: took / SECOND,
        waited: 0,
      },
    },
    promisedSeconds: (4 * HOUR) / SECOND,
    earlier: null,
    forecast: { secondsPerDay: 2, breaksAt: null, tests: 5 },
    ...fields,
  };
}

/** One check of each kind, all passed. */
export const CHECKS: readonly Check[] = [
  'server.answers',
  'extensions.installed',
  'tenants.schemas',
  'isolation.roles',
  'freshness.newest-change',
  'completeness.tables',
].map((id) => check(id));

export function check(id: string, verdict: Verdict = 'passed', found = 'as it should be'): Check {
  return {
    id,
    requirement: 'DR-7',
    verdict,
    expectation: 'it is',
    found,
    subjects: verdict === 'failed' ? ['tenant_x'] : [],
  };
}

/** A look at the live database of four hours ago, with these checks in place of those of the same id. */
export function looked(when: Instant = NOW - 4 * HOUR, ...instead: readonly Check[]): InspectionRecord {
  const ids = new Set(instead.map(({ id }) => id));
  const checks = [...CHECKS.filter(({ id }) => !ids.has(id)), ...instead];
  return {
    schema: 'holdfast.inspection/1',
    installation: 'holdfast',
    database: 'qrosity-db',
    region: HOME,
    setting: 'live',
    at: formatInstant(when),
    as: formatInstant(when),
    verdict: overall(checks),
    checks,
    server: { version: '17.6', sizeBytes: 2 ** 30 },
    connected: formatInstant(when),
    seconds: { answered: 1, finished: 20 },
    tenants: 3,
    newestChange: formatInstant(when - MINUTE),
    rows: {},
  };
}

/** The one assessment of a subject; more or none is the test's error. */
export function judged(control: Control, look: Seen, subject: Partial<Subject> = {}): Assessment {
  const all = control
    .judge(look)
    .filter(({ subject: its }) =>
      Object.entries(subject).every(([part, value]) => its[part as keyof Subject] === value),
    );
  const [one, ...more] = all;
  if (one === undefined || more.length > 0)
    throw new Error(`${control.id}: ${all.length} assessments of ${JSON.stringify(subject)}`);
  return one;
}

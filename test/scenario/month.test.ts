import { evidenceKey } from '../../shared/domain/evidence';
import type { Retention } from '../../shared/domain/policy';
import { testKey } from '../../shared/domain/restore-test';
import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../../shared/domain/time';
import { AWAY, at, copyTarget, HOME } from '../support/builders';
import { complianceWorld, ring } from '../support/compliance-world';
import { type Heard, heard, objections, type PlantedFault } from '../support/month';
import { check, complete, looked, restored } from '../support/seen';
import type { World } from '../support/world';

/*
 * A month on the light engine: snapshots, copies, pruning and keys by the real functions, and report-compliance. Around
 * each fault, and where one is mended, all of them run as often as they are deployed to; in the quiet hours between, the
 * light pass and the other functions once an hour, which is nine minutes of computing less. Looks inside and restore tests
 * leave the records that theirs would leave: they have scenarios of their own.
 */

const START = at('2026-03-01 00:00');
const DAYS = 30;
const IDS = ['a-db', 'b-db'];

/** Light controls are judged every ten minutes, at two past; what is told is told in that very run. */
const LIGHT = 12 * MINUTE;
const DAILY = DAY;

/** True all the month: nothing here has a standby, and nobody knows of a failover drill. */
const STANDING = [/^standby-region\//, /^failover-drilled\//];

const on = (day: number, time: string): Instant => at(`2026-03-${String(day).padStart(2, '0')} ${time}`);

/** What of the daily records goes wrong, by database. */
const broken = { tenants: new Set<string>(), tests: new Set<string>() };

function modify(id: string, change: object) {
  return (world: World) =>
    world.region().rds.ModifyDBInstance({ DBInstanceIdentifier: id, ApplyImmediately: true, ...change });
}

function lasting(
  name: string,
  [from, to]: readonly [Instant, Instant],
  period: number,
  finding: RegExp,
  plant: PlantedFault['plant'],
  mend: PlantedFault['mend'],
): PlantedFault {
  return { name, from, to, plant, mend, opens: [{ finding, by: from + period }], resolvedBy: to + period };
}

const keyOf = async (world: World, region: string) =>
  (await world.region(region).kms.DescribeKey({ KeyId: 'alias/holdfast' })).KeyMetadata?.KeyId ?? '';

const newestOf = async (world: World, id: string) => {
  const all = await world.standing(HOME);
  const own = all.filter(({ database, state }) => database === id && state === 'available');
  return own.sort((a, b) => (b.recoveryPoint ?? 0) - (a.recoveryPoint ?? 0))[0]?.id ?? '';
};

/** Snapshots that were shared, to be taken back. */
const shared = new Map<string, string>();

const share = (id: string, account: string) => async (world: World) => {
  const snapshot = await newestOf(world, id);
  shared.set(account, snapshot);
  world.region().stage.share(snapshot, account);
};

const takeBack = (account: string) => (world: World) =>
  world.region().rds.ModifyDBSnapshotAttribute({
    DBSnapshotIdentifier: shared.get(account),
    AttributeName: 'restore',
    ValuesToRemove: [account],
  });

const FAULTS: readonly PlantedFault[] = [
  lasting(
    'a run of prune-snapshots fails',
    [on(3, '10:15'), on(3, '11:20')],
    LIGHT,
    /^runs-succeed\/\*\/us-east-1\/prune-snapshots$/,
    (world) => ring(world, 'prune-snapshots-failures', 'ALARM'),
    (world) => ring(world, 'prune-snapshots-failures', 'OK'),
  ),
  lasting(
    'test-restore does not run',
    [on(4, '02:41'), on(4, '09:00')],
    LIGHT,
    /^schedules-alive\/\*\/us-east-1\/test-restore$/,
    (world) => ring(world, 'test-restore-not-running', 'ALARM'),
    (world) => ring(world, 'test-restore-not-running', 'OK'),
  ),
  lasting(
    'Multi-AZ is off',
    [on(5, '13:07'), on(7, '20:00')],
    DAILY,
    /^multi-az\/a-db\/us-east-1$/,
    modify('a-db', { MultiAZ: false }),
    modify('a-db', { MultiAZ: true }),
  ),
  lasting(
    'deletion protection is off',
    [on(6, '06:40'), on(8, '06:30')],
    DAILY,
    /^deletion-protection\/b-db\/us-east-1$/,
    modify('b-db', { DeletionProtection: false }),
    modify('b-db', { DeletionProtection: true }),
  ),
  lasting(
    'an instance gets a public address',
    [on(9, '23:59'), on(11, '12:00')],
    DAILY,
    /^not-public\/b-db\/us-east-1$/,
    modify('b-db', { PubliclyAccessible: true }),
    modify('b-db', { PubliclyAccessible: false }),
  ),
  lasting(
    'tags are not copied',
    [on(10, '15:00'), on(12, '15:00')],
    DAILY,
    /^tags-copied\/a-db\/us-east-1$/,
    modify('a-db', { CopyTagsToSnapshot: false }),
    modify('a-db', { CopyTagsToSnapshot: true }),
  ),
  {
    name: 'a snapshot is public',
    from: on(13, '04:30'),
    to: on(13, '08:00'),
    plant: share('a-db', 'all'),
    mend: takeBack('all'),
    // Who shares with everybody shares with strangers, too.
    opens: [{ finding: /^snapshot-public\/a-db\/us-east-1$/, by: on(14, '04:30') }],
    mayOpen: /^snapshot-shared\/a-db\/us-east-1$/,
    resolvedBy: on(14, '08:00'),
  },
  lasting(
    'a snapshot is shared with a stranger',
    [on(15, '05:30'), on(15, '08:30')],
    DAILY,
    /^snapshot-shared\/b-db\/us-east-1$/,
    share('b-db', '999988887777'),
    takeBack('999988887777'),
  ),
  {
    name: 'the key of the copies is disabled',
    from: on(16, '17:33'),
    to: on(16, '19:33'),
    plant: async (world) => world.region(AWAY).kms.DisableKey({ KeyId: await keyOf(world, AWAY) }),
    mend: async (world) => world.region(AWAY).kms.EnableKey({ KeyId: await keyOf(world, AWAY) }),
    opens: [
      { finding: /^key-in-danger\/\*\/us-west-2\//, by: on(16, '17:33') + LIGHT },
      // What is under it cannot be restored: there is no good copy left from that moment on.
      { finding: /^recovery-point-copy\/a-db\/us-west-2$/, by: on(16, '17:33') + LIGHT },
      { finding: /^recovery-point-copy\/b-db\/us-west-2$/, by: on(16, '17:33') + LIGHT },
    ],
    mayOpen: /^key-rotation\//,
    resolvedBy: on(16, '21:00'),
  },
  lasting(
    'rotation of a key is off',
    [on(18, '07:00'), on(19, '06:25')],
    LIGHT,
    /^key-rotation\/\*\/us-east-1\//,
    async (world) => world.region().kms.DisableKeyRotation({ KeyId: await keyOf(world, HOME) }),
    async (world) => world.region().kms.EnableKeyRotation({ KeyId: await keyOf(world, HOME) }),
  ),
  {
    name: 'an instance is full, and nothing of it can be backed up',
    from: on(20, '11:05'),
    to: on(20, '17:05'),
    plant: (world) => world.region().stage.status('a-db', 'storage-full'),
    mend: (world) => world.region().stage.status('a-db', 'available'),
    opens: [{ finding: /^database-covered\/a-db\/us-east-1$/, by: on(20, '11:05') + LIGHT }],
    // What is late for want of snapshots is told as its promise breaks.
    mayOpen: /^(recovery-point-(home|copy)|snapshot-schedule|pitr-current)\/a-db\//,
    resolvedBy: on(20, '20:30'),
  },
  lasting(
    'a tenant lost its schema',
    [on(22, '05:00'), on(24, '05:00')],
    DAILY,
    /^tenants\/b-db\/us-east-1$/,
    () => broken.tenants.add('b-db'),
    () => broken.tenants.delete('b-db'),
  ),
  lasting(
    'a backup does not pass its restore test',
    [on(25, '05:00'), on(26, '05:00')],
    DAILY,
    /^restore-tested\/a-db\/us-east-1$/,
    () => broken.tests.add('a-db'),
    () => broken.tests.delete('a-db'),
  ),
];

/** The records that a look inside and a restore test leave, as of 05:45. */
async function leaveRecords({ evidence, now }: World): Promise<void> {
  for (const id of IDS) {
    const tenants = check('tenants.schemas', broken.tenants.has(id) ? 'failed' : 'passed');
    const look = { ...looked(now, tenants), database: id, resource: undefined };
    await evidence.keep(evidenceKey('inspections', id, HOME, now, 'daily'), look);
    for (const region of [HOME, AWAY]) {
      const verdict = broken.tests.has(id) && region === HOME ? 'failed' : 'passed';
      const record = restored({ asked: now - HOUR, region, database: id, verdict });
      await evidence.keep(testKey({ database: id, region, requested: now - HOUR }, verdict), record);
    }
  }
}

describe('a month', () => {
  const failures: unknown[] = [];
  let passes = 0;
  let world: World;
  let notices: readonly Heard[];

  beforeAll(async () => {
    const short = { ...complete().policies.gold?.retention, hourly: 5, daily: 3 } as Retention;
    const fields = { retention: short, copies: [copyTarget({ retention: short })] };
    const policy = complete(fields, { databases: [{ match: { identifiers: IDS }, policy: 'gold' }] });
    world = await complianceWorld({ start: START - 6 * HOUR, policy, databases: IDS });
    // The platform team's first day: backups are there before anybody is called.
    await world.live(START - MINUTE);
    await leaveRecords(world);
    const marks = FAULTS.flatMap(({ from, to, plant, mend }) => [
      { at: from, act: plant },
      { at: to, act: mend },
    ]).sort((a, b) => a.at - b.at);
    const end = START + DAYS * DAY;
    const failed = (error: unknown) => failures.push(error);
    const near = (tick: Instant) =>
      FAULTS.some(({ from, to, resolvedBy }) => {
        // What is late by the end of a fault catches up in hours.
        const over = resolvedBy - to < 4 * HOUR ? resolvedBy : to;
        return (
          Math.abs(tick - from) <= 30 * MINUTE || (tick >= to - 30 * MINUTE && tick <= over + 30 * MINUTE)
        );
      });
    const light = async (tick: Instant) => {
      await world.cloud.clock.advanceTo(tick + 2 * MINUTE);
      await world.report({ pass: 'light' }).catch(failed);
      passes += 1;
    };
    const quietly = async (tick: Instant) => {
      await world.cloud.clock.advanceTo(tick);
      const minute = (tick % HOUR) / MINUTE;
      if (minute === 0) await world.create().catch(failed);
      if (minute === 10) await world.copy().catch(failed);
      if (minute === 50) await world.prune().catch(failed);
    };
    for (let tick = START; tick < end; tick += 10 * MINUTE) {
      while (marks[0] !== undefined && marks[0].at <= tick) {
        const mark = marks.shift();
        await world.cloud.clock.advanceTo(Math.max(mark?.at ?? 0, world.now));
        await mark?.act(world);
      }
      const often = near(tick);
      await (often ? world.live(tick, failed) : quietly(tick));
      const time = formatInstant(tick).slice(11, 16);
      if (time === '05:50') await leaveRecords(world);
      if (time === '06:30') await world.rotate().catch(failed);
      if (often || tick % HOUR === 20 * MINUTE) await light(tick);
      if (time === '06:30') {
        await world.cloud.clock.advanceTo(tick + 4 * MINUTE);
        await world.report({ pass: 'daily' }).catch(failed);
      }
    }
    notices = heard(world);
  }, 600_000);

  it('tells every fault within its control’s period, and nothing that was not there', () => {
    expect(objections(notices, FAULTS, STANDING)).toEqual([]);
  });

  it('reminds of what stays open, and of nothing more often than its severity asks for', () => {
    const last = new Map<string, Instant>();
    for (const { at: when, finding, kind } of notices) {
      const before = last.get(finding);
      if (kind === 'reminder' && before !== undefined) expect(when - before).toBeGreaterThanOrEqual(4 * HOUR);
      last.set(finding, when);
    }
    // Nobody ever makes a standby: that is told once, and every week.
    const ofStandby = notices.filter(({ finding }) => finding === `standby-region/a-db/${HOME}`);
    expect(ofStandby.map(({ kind }) => kind)).toEqual([
      'opened',
      'reminder',
      'reminder',
      'reminder',
      'reminder',
    ]);
  });

  it('keeps a report a day, and an age for every look', async () => {
    const keys = await world.evidence.list('reports/');
    expect(keys.filter((key) => /^reports\/[^/]+\.json$/.test(key))).toHaveLength(DAYS);
    expect(await world.evidence.list('recovery-ages/')).toHaveLength(passes + DAYS);
    expect(passes).toBeGreaterThan(DAYS * 24);
  });

  // Bites: a judge that explains everything, or hears nothing.
  it('is judged by one who hears: a fault that nobody declared, one that nobody planted, a word twice', () => {
    const [first, ...others] = FAULTS as [PlantedFault, ...PlantedFault[]];
    expect(objections(notices, others, STANDING)).toHaveLength(2);
    const never = { ...first, name: 'never planted', from: on(28, '10:00'), resolvedBy: on(28, '12:00') };
    expect(objections(notices, [...FAULTS, never], STANDING)).toHaveLength(2);
    const opened = notices.find(({ finding }) => /^multi-az/.test(finding)) as Heard;
    expect(objections([opened, ...notices], FAULTS, STANDING)).not.toEqual([]);
    expect(objections([], FAULTS, STANDING)).toHaveLength(
      2 * FAULTS.reduce((sum, { opens }) => sum + opens.length, 0),
    );
  });

  it('was no month in which runs failed for another reason than a fault', () => {
    const reasons = failures.map((error) => (error as Error).message.split('\n').slice(0, 2).join(' '));
    expect(reasons.filter((reason) => !/a-db|key|alias|copy/.test(reason))).toEqual([]);
  });
});

import {
  copyLoss,
  copyRound,
  keepsPace,
  losses,
  snapshotLoss,
  TICK,
} from '../../../../shared/domain/arithmetic';
import { intervalThatKeepsPace, promises, settingOf } from '../../../../shared/domain/arithmetic-promises';
import { standings } from '../../../../shared/domain/arithmetic-standing';
import type { CopyTarget, Protection, Retention } from '../../../../shared/domain/policy';
import { keptByTier } from '../../../../shared/domain/retention';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import fc from '../../../support/seeded';

const retaining = (tiers: Partial<Retention>): Retention => ({
  hourly: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  ...tiers,
});
const GOLD = retaining({ hourly: 24, daily: 30 });

const copyTo = (region: string, changes: Partial<CopyTarget> = {}): CopyTarget => ({
  region,
  key: 'alias/holdfast',
  optionGroup: null,
  point: 2 * HOUR,
  takes: 30 * MINUTE,
  retention: GOLD,
  ...changes,
});
const PITR = { retention: 30 * DAY, window: '00:00-01:00' };

const protecting = (changes: Partial<Protection> = {}): Protection => ({
  name: 'gold',
  agreed: { by: null, on: null },
  recovery: { point: HOUR, time: 4 * HOUR },
  snapshots: { every: HOUR, takes: 10 * MINUTE },
  retention: GOLD,
  onDemand: { keep: 30 * DAY },
  copies: [copyTo('us-west-2')],
  pitr: PITR,
  keys: { rotateEvery: 365 * DAY, rescue: false, also: [] },
  restoreTest: null,
  failoverDrill: null,
  tenants: null,
  inspection: null,
  extensions: [],
  ...changes,
});

describe('the worst loss', () => {
  it('is 5 minutes by PITR, 1h20m by hourly snapshots alone, and 2h by a copy elsewhere', () => {
    expect(losses(protecting())).toEqual([
      { scenario: { lost: 'instance', by: 'pitr' }, worst: 5 * MINUTE },
      { scenario: { lost: 'instance', by: 'snapshots' }, worst: 80 * MINUTE },
      { scenario: { lost: 'region', copyIn: 'us-west-2' }, worst: 120 * MINUTE },
    ]);
  });

  it('is everything when the region is lost and no copy is elsewhere', () => {
    expect(losses(protecting({ copies: [], pitr: null }))).toEqual([
      { scenario: { lost: 'instance', by: 'snapshots' }, worst: 80 * MINUTE },
      { scenario: { lost: 'region', copyIn: null }, worst: 'everything' },
    ]);
  });

  it('grows with each copy region, for RDS copies one after the other', () => {
    const every = 2 * HOUR;
    const two = protecting({
      snapshots: { every, takes: 10 * MINUTE },
      copies: [copyTo('us-west-2'), copyTo('eu-west-1', { takes: 50 * MINUTE })],
    });
    // 2h + 10m late + 10m snapshot, then 10m + 30m and 10m + 50m of copies, in either order.
    expect(losses(two).slice(2)).toEqual([
      { scenario: { lost: 'region', copyIn: 'us-west-2' }, worst: 240 * MINUTE },
      { scenario: { lost: 'region', copyIn: 'eu-west-1' }, worst: 240 * MINUTE },
    ]);
  });

  it('counts the copy under way as well where copies fall behind the schedule', () => {
    const atPace = protecting({ copies: [copyTo('us-west-2', { takes: 50 * MINUTE })] });
    expect(keepsPace(atPace)).toBe(true);
    expect(losses(atPace)[2]?.worst).toBe((80 + 60) * MINUTE);
    const behind = protecting({ copies: [copyTo('us-west-2', { takes: 51 * MINUTE })] });
    expect(keepsPace(behind)).toBe(false);
    expect(losses(behind)[2]?.worst).toBe((80 + 61 + 51) * MINUTE);
    // With several regions it is the longest of the copies, whichever region waits for it.
    const several = protecting({
      copies: [copyTo('us-west-2'), copyTo('eu-west-1', { takes: 10 * MINUTE })],
    });
    expect(keepsPace(several)).toBe(true);
    const slower = protecting({ copies: [copyTo('us-west-2'), copyTo('eu-west-1', { takes: 11 * MINUTE })] });
    expect(
      losses(slower)
        .slice(2)
        .map(({ worst }) => worst),
    ).toEqual([171 * MINUTE, 171 * MINUTE]);
    expect(intervalThatKeepsPace(behind)).toBe(2 * HOUR);
    expect(intervalThatKeepsPace(protecting({ copies: [copyTo('us-west-2', { takes: DAY })] }))).toBeNull();
  });
});

describe('a promise', () => {
  it('is kept by what the schedule gives at worst, to the minute', () => {
    expect(promises(protecting())).toEqual([
      { setting: 'recovery.point', region: null, point: HOUR, worst: 5 * MINUTE, kept: true, remedies: [] },
      {
        setting: 'copies[0].point',
        region: 'us-west-2',
        point: 120 * MINUTE,
        worst: 120 * MINUTE,
        kept: true,
        remedies: [],
      },
    ]);
  });

  it('that is a minute too short is not kept, and the settings that would keep it are named', () => {
    const [, copy] = promises(protecting({ copies: [copyTo('us-west-2', { point: 119 * MINUTE })] }));
    // A snapshot every 20m would give 1h50m, with copies that are always behind: no remedy.
    expect(copy).toMatchObject({ kept: false, remedies: ['copies[0].point: 2h'] });
    const fast = copyTo('us-west-2', { point: 119 * MINUTE, takes: 10 * MINUTE });
    const [, other] = promises(
      protecting({ snapshots: { every: 2 * HOUR, takes: 10 * MINUTE }, copies: [fast] }),
    );
    expect(other).toMatchObject({
      worst: 160 * MINUTE,
      remedies: ['snapshots.every: 1h', 'copies[0].point: 160m'],
    });
  });

  it('of one hour needs PITR or half-hourly snapshots', () => {
    const [point] = promises(protecting({ pitr: null, copies: [] }));
    expect(point).toMatchObject({
      worst: 80 * MINUTE,
      kept: false,
      remedies: ['pitr', 'snapshots.every: 30m', 'recovery.point: 80m'],
    });
  });

  it('is written in one unit, as the policy takes it', () => {
    expect([80 * MINUTE, 2 * HOUR, 2 * DAY, 90_000, 1_500].map(settingOf)).toEqual([
      '80m',
      '2h',
      '2d',
      '90s',
      '2s',
    ]);
  });
});

describe('at steady state stand', () => {
  it('54 hourly and daily snapshots, and one more until prune has run', () => {
    const one = { kept: 54, peak: 55 };
    expect(standings(protecting(), 'us-east-1')).toMatchObject([
      { region: 'us-east-1', ...one },
      { region: 'us-west-2', ...one },
    ]);
  });

  it('721 where every hour of 30 days is kept', () => {
    const [home] = standings(protecting({ retention: retaining({ hourly: 720 }) }), 'us-east-1');
    expect(home?.kept).toBe(721);
  });

  it('what a region keeps by its own retention', () => {
    const copies = [copyTo('us-west-2', { retention: retaining({ daily: 7 }) })];
    // 7 days and today; between two prune runs today's newest stands beside the one before it and the one in progress.
    expect(standings(protecting({ copies }), 'us-east-1')[1]).toMatchObject({ kept: 8, peak: 10 });
  });

  it('the last of each month and year, through every leap year and overlap of the calendar', () => {
    // 13 months with the current one and 4 years: of the four, the last year ends with a kept month, as this one does.
    const retention = retaining({ monthly: 12, yearly: 3 });
    expect(standings(protecting({ retention, copies: [] }), 'us-east-1')[0]?.kept).toBe(15);
  });

  it('all that a short interval makes between two prune runs, which then delete most of it', () => {
    const snapshots = { every: 10 * MINUTE, takes: 10 * MINUTE };
    const retention = retaining({ hourly: 1 });
    expect(standings(protecting({ snapshots, retention, copies: [] }), 'us-east-1')).toEqual([
      { region: 'us-east-1', kept: 2, peak: 9, pruned: { go: 6, of: 8 } },
    ]);
  });
});

describe('for any schedule', () => {
  const minutes = (least: number, most: number) =>
    fc.integer({ min: least, max: most }).map((count) => count * MINUTE);
  const intervals = fc.constantFrom(
    ...[10, 15, 20, 30, 60, 120, 180, 240, 480, 720, 1440].map((m) => m * MINUTE),
  );
  const copies = fc
    .array(fc.record({ takes: minutes(1, 200), point: minutes(60, 3000) }), { maxLength: 3 })
    .map((list) => list.map((copy, at) => copyTo(`us-west-${at + 1}`, copy)));
  const schedules = fc
    .record({
      snapshots: fc.record({ every: intervals, takes: minutes(1, 120) }),
      copies,
      recovery: fc.record({ point: minutes(5, 3000), time: minutes(60, 600) }),
      pitr: fc.constantFrom(null, PITR),
    })
    .map(protecting);

  // Bites when copyLoss forgets `every`, or takes the interval off instead of adding it.
  it('a shorter interval never costs more, as long as copies keep pace', () => {
    fc.assert(
      fc.property(schedules, intervals, (schedule, every) => {
        fc.pre(every <= schedule.snapshots.every);
        const shorter = { ...schedule, snapshots: { ...schedule.snapshots, every } };
        expect(snapshotLoss(shorter)).toBeLessThanOrEqual(snapshotLoss(schedule));
        fc.pre(schedule.copies.length > 0 && keepsPace(shorter));
        expect(copyLoss(shorter)).toBeLessThanOrEqual(copyLoss(schedule));
      }),
    );
  });

  // Bites when a region's loss counts its own copy alone.
  it('a further copy region never costs the others less', () => {
    fc.assert(
      fc.property(schedules, minutes(1, 200), (schedule, takes) => {
        const more = { ...schedule, copies: [...schedule.copies, copyTo('eu-west-1', { takes })] };
        expect(copyLoss(more)).toBeGreaterThan(schedule.copies.length === 0 ? 0 : copyLoss(schedule));
      }),
    );
  });

  // Bites when the tick before a snapshot or a copy is forgotten.
  it('copies cost more than snapshots, and those more than their interval', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        expect(snapshotLoss(schedule)).toBeGreaterThanOrEqual(
          schedule.snapshots.every + TICK + schedule.snapshots.takes,
        );
        for (const copy of schedule.copies) {
          expect(copyLoss(schedule)).toBeGreaterThanOrEqual(snapshotLoss(schedule) + TICK + copy.takes);
        }
      }),
    );
  });

  // Plays the schedule minute by minute, as create-snapshot and copy-snapshot go about it, with every tick's delay.
  // Bites when copyLoss leaves out the copy under way where copies fall behind.
  it('no minute of a played schedule loses more than the worst', () => {
    fc.assert(
      fc.property(schedules, fc.infiniteStream(fc.integer({ min: 0, max: 10 })), (schedule, delays) => {
        fc.pre(schedule.snapshots.takes + TICK <= schedule.snapshots.every);
        const lost = play(schedule, () => delays.next().value * MINUTE);
        expect(lost.home).toBeLessThanOrEqual(snapshotLoss(schedule));
        for (const copy of schedule.copies) {
          expect(lost.away.get(copy.region)).toBeLessThanOrEqual(copyLoss(schedule));
        }
      }),
    );
  });

  // Bites when a remedy is named without being tried.
  it('each remedy keeps the promise that it is named for', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        for (const { setting, kept, remedies } of promises(schedule)) {
          expect(remedies.length > 0).toBe(!kept);
          for (const remedy of remedies) {
            const again = promises(withRemedy(schedule, remedy)).find((one) => one.setting === setting);
            expect({ remedy, kept: again?.kept }).toEqual({ remedy, kept: true });
          }
        }
      }),
    );
  });

  // Bites when `calendarOf` leaves the daily tier out, and when a day's step loses slots that the hourly tier keeps.
  it('as many stand as the retention rule keeps of every snapshot ever taken', () => {
    const tiers = fc.record({
      hourly: fc.integer({ min: 0, max: 100 }),
      daily: fc.integer({ min: 0, max: 20 }),
      weekly: fc.integer({ min: 0, max: 2 }),
    });
    const slots = fc.constantFrom(4 * HOUR, 8 * HOUR, 12 * HOUR);
    fc.assert(
      fc.property(tiers, slots, (some, every) => {
        const retention = retaining(some);
        fc.pre(retention.hourly + retention.daily + retention.weekly > 0);
        const snapshots = { every, takes: 10 * MINUTE };
        const [home] = standings(protecting({ snapshots, retention, copies: [] }), 'us-east-1');
        expect(home?.kept).toBe(mostKept(every, retention));
        expect(home?.peak).toBeGreaterThanOrEqual(home?.kept ?? 0);
        expect(home?.peak).toBeLessThanOrEqual((home?.kept ?? 0) + Math.ceil(HOUR / every) + 1);
      }),
      { numRuns: 40 },
    );
  });
});

function withRemedy(schedule: Protection, remedy: string): Protection {
  if (remedy === 'pitr') return { ...schedule, pitr: PITR };
  const [setting = '', value = ''] = remedy.split(': ');
  const unit = { m: MINUTE, h: HOUR, d: DAY }[value.slice(-1)] ?? Number.NaN;
  const length = Number(value.slice(0, -1)) * unit;
  if (setting === 'snapshots.every')
    return { ...schedule, snapshots: { ...schedule.snapshots, every: length } };
  if (setting === 'recovery.point') return { ...schedule, recovery: { ...schedule.recovery, point: length } };
  const at = Number(setting.replace(/\D/g, ''));
  return {
    ...schedule,
    copies: schedule.copies.map((copy, index) => (index === at ? { ...copy, point: length } : copy)),
  };
}

/** The largest age that the newest available data had, at home and in each copy region, over ten intervals or days. */
function play({ snapshots, copies }: Protection, delay: () => number) {
  const lost = { home: 0, away: new Map<string, number>(copies.map(({ region }) => [region, 0])) };
  const newest = new Map<string, number>();
  let inSnapshot: { of: number; until: number } | null = null;
  let inCopy: { of: number; region: string; until: number } | null = null;
  let due = 0;
  let copyFrom = 0;
  let best: number | null = null;
  const end = 10 * Math.max(snapshots.every, copyRound({ ...protecting(), copies }));
  for (let now = 0; now < end; now += MINUTE) {
    if (best !== null) lost.home = Math.max(lost.home, now - best);
    for (const [region, of] of newest) lost.away.set(region, Math.max(lost.away.get(region) ?? 0, now - of));
    if (inSnapshot !== null && now >= inSnapshot.until) {
      best = inSnapshot.of;
      inSnapshot = null;
      // A tick that was already on its way is not put off by a snapshot that becomes available as it comes.
      if (inCopy === null && copyFrom < now) copyFrom = now + delay();
    }
    if (inCopy !== null && now >= inCopy.until) {
      newest.set(inCopy.region, inCopy.of);
      inCopy = null;
      copyFrom = now + delay();
    }
    if (now % snapshots.every === 0) due = now + delay();
    if (now === due) inSnapshot = { of: now, until: now + snapshots.takes };
    const behind = copies
      .filter(({ region }) => best !== null && (newest.get(region) ?? -1) < best)
      .sort((a, b) => (newest.get(a.region) ?? -1) - (newest.get(b.region) ?? -1))[0];
    if (inCopy === null && now >= copyFrom && behind !== undefined && best !== null) {
      inCopy = { of: best, region: behind.region, until: now + behind.takes };
    }
  }
  return lost;
}

/** By brute force: the rule over every snapshot of 40 days, at each hour of the last 16 days. */
function mostKept(every: number, retention: Retention): number {
  const start = Date.UTC(2026, 2, 2);
  let most = 0;
  const all: Snapshot[] = [];
  for (let now = start; now < start + 40 * DAY; now += HOUR) {
    if (now % every === 0) all.push({ id: String(now), state: 'available', recoveryPoint: now } as Snapshot);
    if (now >= start + 24 * DAY) most = Math.max(most, keptByTier(all, retention, now).size);
  }
  return most;
}

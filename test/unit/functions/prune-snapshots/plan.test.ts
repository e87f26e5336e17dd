import { plan } from '../../../../functions/prune-snapshots/plan';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { TAG } from '../../../../shared/domain/tags';
import { DAY, HOUR, type Instant } from '../../../../shared/domain/time';
import {
  AWAY,
  at,
  copyOf,
  copyTarget,
  database,
  foreign,
  HOME,
  onDemand,
  policy,
  retention,
  slotSnapshot,
} from '../../../support/builders';

const NOON = at('2026-03-31 12:00');

function decide(
  snapshots: Snapshot[],
  now: Instant = NOON,
  options: {
    policy?: ReturnType<typeof policy>;
    share?: number;
    gone?: boolean;
    away?: Snapshot[] | null;
  } = {},
) {
  const regions = new Map<string, Snapshot[]>([[HOME, snapshots]]);
  if (options.away !== null) regions.set(AWAY, options.away ?? []);
  const decisions = plan(
    { databases: options.gone ? [] : [database()], regions },
    options.policy ?? policy(),
    now,
    options.share ?? 1,
  );
  return Object.fromEntries(
    decisions.map((one) => [
      one.subject.snapshot,
      `${one.action === null ? (one.outcome === 'nothing' ? 'keep' : one.outcome) : 'delete'} ${one.reason}`,
    ]),
  );
}
const only = (result: Record<string, string>, snapshot: Snapshot) => result[snapshot.id];

/** A newest one, so that the others are judged by their own merit. */
const newest = slotSnapshot(at('2026-03-31 11:00'));

describe('tiers', () => {
  const taken = (text: string) => slotSnapshot(at(text), { recoveryPoint: at(text) });

  it('keep an hour for 24 whole hours after its end, to the millisecond', () => {
    const old = taken('2026-03-30 11:00');
    const later = taken('2026-03-30 23:00');
    expect(only(decide([old, later, newest], at('2026-03-31 11:59:59.999')), old)).toBe('keep tier-hourly');
    expect(only(decide([old, later, newest], at('2026-03-31 12:00')), old)).toBe('delete past-retention');
  });

  it('keep the newest of a day for 30 whole days after its end', () => {
    const late = taken('2026-03-01 23:00');
    const early = taken('2026-03-01 22:00');
    expect(decide([late, early, newest], at('2026-03-31 23:59:59.999'))).toMatchObject({
      [late.id]: 'keep tier-daily',
      [early.id]: 'delete past-retention',
    });
    expect(only(decide([late, newest], at('2026-04-01 00:00')), late)).toBe('delete past-retention');
  });

  it('go by the recovery point, not by when a copy appeared', () => {
    const source = taken('2026-01-01 05:00');
    const copy = copyOf(source, { created: NOON - HOUR });
    const recent = copyOf(newest);
    expect(only(decide([newest], NOON, { away: [copy, recent] }), copy)).toBe('delete past-retention');
  });

  it('count a leap day as a day', () => {
    const leap = taken('2024-02-29 23:00');
    const now = taken('2024-03-30 11:00');
    expect(only(decide([leap, now], at('2024-03-30 23:59:59.999')), leap)).toBe('keep tier-daily');
    expect(only(decide([leap, now], at('2024-03-31 00:00')), leap)).toBe('delete past-retention');
  });

  it('end months at their last millisecond', () => {
    const monthly = policy({ retention: retention({ monthly: 1 }) });
    const january = taken('2026-01-31 23:00');
    const now = taken('2026-02-28 23:00');
    expect(only(decide([january, now], at('2026-02-28 23:59:59.999'), { policy: monthly }), january)).toBe(
      'keep tier-monthly',
    );
    expect(only(decide([january, now], at('2026-03-01 00:00'), { policy: monthly }), january)).toBe(
      'delete past-retention',
    );
  });

  it('begin weeks on Monday', () => {
    const weekly = policy({ retention: retention({ weekly: 1 }) });
    const sunday = taken('2026-03-01 23:00');
    const now = taken('2026-03-14 23:00');
    expect(
      only(
        decide([sunday, taken('2026-03-02 01:00'), now], at('2026-03-08 23:59:59.999'), { policy: weekly }),
        sunday,
      ),
    ).toBe('keep tier-weekly');
    expect(
      only(
        decide([sunday, taken('2026-03-02 01:00'), now], at('2026-03-09 00:00'), { policy: weekly }),
        sunday,
      ),
    ).toBe('delete past-retention');
  });

  it('give a copy region its own retention', () => {
    const own = policy({ copies: [copyTarget({ retention: retention({ daily: 7 }) })] });
    const old = taken('2026-03-20 23:00');
    const result = decide([old, newest], NOON, { policy: own, away: [copyOf(old), copyOf(newest)] });
    expect(result).toMatchObject({ [old.id]: 'keep tier-daily', [copyOf(old).id]: 'delete past-retention' });
  });
});

describe('what always stays', () => {
  const old = (fields: Partial<Snapshot> = {}) => slotSnapshot(at('2025-12-01 05:00'), fields);

  it('the newest good one, whatever its age', () => {
    const failed = slotSnapshot(at('2026-03-31 11:00'), { state: 'failed' });
    expect(decide([old(), failed])).toEqual({ [old().id]: 'keep newest', [failed.id]: 'delete failed' });
  });

  it('the newest copy in each region', () => {
    expect(only(decide([newest], NOON, { away: [copyOf(old())] }), copyOf(old()))).toBe('keep newest');
  });

  it('what is on hold, under test, or on its way', () => {
    expect(only(decide([old({ tags: { [TAG.hold]: 'case 4711' } }), newest]), old())).toBe('keep on-hold');
    expect(only(decide([old({ tags: { [TAG.underTest]: 'drill' } }), newest]), old())).toBe(
      'keep under-test',
    );
    expect(only(decide([old({ state: 'pending', status: 'creating' }), newest]), old())).toBe(
      'keep in-progress',
    );
  });

  it('the source of a copy that has not finished', () => {
    expect(only(decide([old(), newest], NOON, { away: [copyOf(old(), { state: 'pending' })] }), old())).toBe(
      'keep source-of-pending-copy',
    );
    expect(only(decide([old(), newest], NOON, { away: [copyOf(old())] }), old())).toBe(
      'delete past-retention',
    );
  });

  it('what may be the source of a copy in a region that cannot be seen', () => {
    expect(only(decide([old(), newest], NOON, { away: null }), old())).toBe('keep copies-unseen');
  });

  it('what has no recovery point yet, and what no policy speaks of any more', () => {
    expect(only(decide([old({ recoveryPoint: null }), newest]), old())).toBe('keep no-recovery-point');
    const orphan = old({ database: 'erstwhile', tags: { [TAG.policy]: 'platinum' } });
    expect(
      only(
        decide([
          orphan,
          slotSnapshot(at('2025-12-02 05:00'), { database: 'erstwhile', tags: { [TAG.policy]: 'platinum' } }),
        ]),
        orphan,
      ),
    ).toBe('keep no-policy');
  });

  it('what is not ours: it is not even in the plan', () => {
    expect(decide([foreign(), old({ id: 'staging', tags: { [TAG.owner]: 'staging' } })])).toEqual({});
  });
});

describe('on-demand snapshots', () => {
  const requested = at('2026-03-24 12:00');
  const snapshot = onDemand(requested, '7d');

  it('stay until their own retention is over, to the millisecond', () => {
    expect(only(decide([snapshot, newest], requested + 7 * DAY - 1), snapshot)).toBe(
      'keep on-demand-retention',
    );
    expect(only(decide([snapshot, newest], requested + 7 * DAY), snapshot)).toBe('delete on-demand-expired');
  });

  it('stay when their tags do not say how long', () => {
    const broken = onDemand(requested, 'a while');
    expect(only(decide([broken, newest], requested + 400 * DAY), broken)).toBe('keep on-demand-retention');
  });

  it('push no slot out of its tier', () => {
    const slot = slotSnapshot(at('2026-03-20 22:00'));
    const later = onDemand(at('2026-03-20 23:30'), '90d');
    expect(only(decide([slot, later, newest]), slot)).toBe('keep tier-daily');
  });
});

describe('a deleted instance', () => {
  const last = slotSnapshot(at('2025-12-02 05:00'));
  const before = slotSnapshot(at('2025-12-01 05:00'));

  it('keeps its last snapshot until a person releases it', () => {
    expect(decide([last, before], NOON, { gone: true })).toEqual({
      [last.id]: 'keep last-of-deleted-instance',
      [before.id]: 'delete past-retention',
    });
    const released = slotSnapshot(at('2025-12-02 05:00'), { tags: { [TAG.release]: 'yes' } });
    expect(only(decide([released], NOON, { gone: true }), released)).toBe('delete released');
  });

  it('that lives still has no use for a release', () => {
    const released = slotSnapshot(at('2025-12-02 05:00'), { tags: { [TAG.release]: 'yes' } });
    expect(only(decide([released]), released)).toBe('keep newest');
  });
});

describe('the last recovery point under two keys', () => {
  const slot = slotSnapshot(at('2025-12-02 05:00'), { created: at('2025-12-02 05:02') });
  const rekeyed = onDemand(at('2025-12-03 09:00'), '7d', {
    id: `${slot.id}-under-12345678`,
    recoveryPoint: slot.recoveryPoint,
    created: at('2025-12-03 09:40'),
    key: 'arn:aws:kms:us-east-1:111122223333:key/12345678',
    copyOf: slot.arn,
  });

  const away = [copyOf(slot)];

  it('of a deleted instance stays under the one it was last put under, and the other may go', () => {
    for (const order of [
      [slot, rekeyed],
      [rekeyed, slot],
    ]) {
      expect(decide(order, NOON, { gone: true, away })).toMatchObject({
        [slot.id]: 'delete past-retention',
        [rekeyed.id]: 'keep last-of-deleted-instance',
      });
    }
    const again = { ...rekeyed, id: `${slot.id}-under-9abcdef0`, created: at('2025-12-04 09:40') };
    expect(decide([again, rekeyed, slot], NOON, { gone: true, away })).toMatchObject({
      [slot.id]: 'delete past-retention',
      [rekeyed.id]: 'delete on-demand-expired',
      [again.id]: 'keep last-of-deleted-instance',
    });
  });

  it('of a deleted instance stays as it was where the copy is not good, or of an older state', () => {
    const kept = { [slot.id]: 'keep last-of-deleted-instance' };
    const pending = { ...rekeyed, state: 'pending', status: 'creating', copyOf: null } as const;
    expect(decide([slot, pending], NOON, { gone: true, away })).toMatchObject(kept);
    const failed = { ...rekeyed, state: 'failed', status: 'failed' } as const;
    expect(decide([slot, failed], NOON, { gone: true, away })).toMatchObject(kept);
    const older = { ...rekeyed, recoveryPoint: (slot.recoveryPoint ?? 0) - 1 };
    expect(decide([slot, older], NOON, { gone: true, away })).toMatchObject(kept);
  });

  it('of a deleted instance is released as any other, and then the slot is the last one', () => {
    const released = { ...rekeyed, tags: { ...rekeyed.tags, [TAG.release]: 'yes' } };
    expect(decide([slot, released], NOON, { gone: true, away })[released.id]).toBe('delete released');
    expect(decide([slot], NOON, { gone: true, away })).toMatchObject({
      [slot.id]: 'keep last-of-deleted-instance',
    });
  });

  it('of a live instance stays as the slot', () => {
    expect(decide([slot, rekeyed])).toMatchObject({
      [slot.id]: 'keep newest',
      [rekeyed.id]: 'delete on-demand-expired',
    });
  });

  it('of a deleted instance is the slot for as long as a region has no copy of it: what is re-keyed stays at home', () => {
    const kept = 'keep last-of-deleted-instance';
    for (const missing of [[], [{ ...copyOf(slot), state: 'failed', status: 'failed' } as const], null]) {
      const decided = decide([slot, rekeyed], NOON, { gone: true, away: missing });
      expect(decided[slot.id]).toMatch(/^keep (last-of-deleted-instance|copies-unseen)$/);
    }
    expect(decide([slot, rekeyed], NOON, { gone: true, away })[rekeyed.id]).toBe(kept);
    const alone = policy({ copies: [] });
    expect(decide([slot, rekeyed], NOON, { gone: true, away: null, policy: alone })[rekeyed.id]).toBe(kept);
  });
});

describe('an instance that was deleted and made anew under its name', () => {
  const lost = [11, 12, 13].map((hour) =>
    slotSnapshot(at(`2026-03-01 ${hour}:00`), {
      resource: 'db-lost',
      recoveryPoint: at(`2026-03-01 ${hour}:02`),
    }),
  );
  const anew = slotSnapshot(at('2026-03-01 23:00'));

  it('pushes none of the lost one out of its tiers', () => {
    const result = decide([...lost, anew], at('2026-03-10 12:00'));
    expect(result[lost[2]?.id ?? '']).toBe('keep tier-daily');
    expect(result[anew.id]).toBe('keep tier-daily');
  });

  it('leaves the last one of the lost one until it is released', () => {
    const result = decide([...lost, anew, newest], at('2026-06-01 12:00'));
    expect(Object.values(result)).toEqual([
      'delete past-retention',
      'delete past-retention',
      'keep last-of-deleted-instance',
      'delete past-retention',
      'keep newest',
    ]);
  });
});

describe('the share that one run may delete', () => {
  const old = Array.from({ length: 9 }, (_, n) => slotSnapshot(at('2025-12-01 00:00') + n * HOUR));

  it('refuses all of a region when more would go', () => {
    const result = decide([...old, newest], NOON, { share: 0.5 });
    expect(Object.values(result).filter((line) => line === 'refused too-many')).toHaveLength(9);
    expect(
      Object.values(decide([...old, newest], NOON, { share: 0.9 })).filter(
        (line) => line === 'delete past-retention',
      ),
    ).toHaveLength(9);
  });

  it('does not hold back failed ones, nor two of a small fleet', () => {
    const failed = old.map((one) => ({ ...one, state: 'failed' as const }));
    expect(Object.values(decide([...failed, newest], NOON, { share: 0.1 }))).not.toContain(
      'refused too-many',
    );
    expect(Object.values(decide([...old.slice(0, 2), newest], NOON, { share: 0.1 }))).not.toContain(
      'refused too-many',
    );
  });

  it('of none holds back all', () => {
    expect(Object.values(decide([...old.slice(0, 1), newest], NOON, { share: 0 }))).toContain(
      'refused too-many',
    );
  });

  it('judges each region by itself', () => {
    const result = decide([...old, newest], NOON, {
      share: 0.5,
      away: [copyOf(old[0] as Snapshot), copyOf(newest)],
    });
    expect(result[copyOf(old[0] as Snapshot).id]).toBe('delete past-retention');
  });
});

import { quotaInstances } from '../../../../../shared/domain/controls/quota-instances';
import { quotaSnapshots } from '../../../../../shared/domain/controls/quota-snapshots';
import type { Quotas } from '../../../../../shared/domain/controls/seen';
import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { DAY, MINUTE } from '../../../../../shared/domain/time';
import { AWAY, at, HOME, onDemand, slotSnapshot } from '../../../../support/builders';
import { complete, databaseSeen, judged, keptSlots, NOW, seen } from '../../../../support/seen';

const quotas = (region: string, fields: Partial<Quotas>) =>
  new Map([[region, { seen: { snapshots: null, instances: null, ...fields } }]]);

describe('the quota of snapshots', () => {
  const judge = (home: readonly Snapshot[], used: number, most: number) =>
    judged(quotaSnapshots, seen({ home }, { quotas: quotas(HOME, { snapshots: { used, most } }) }), {
      region: HOME,
    });

  // 24 hourly and one of the hour, 15 daily ones by then, of which the newest is an hourly one too; and one that is made.
  it('has room for what the schedule adds within a week, to the last one', () => {
    const home = keptSlots();
    const ahead = Number(/, (\d+) within a week/.exec(judge(home, 33, 100).found)?.[1]);
    expect(ahead).toBe(41);
    expect(judge(home, 33, ahead).verdict).toBe('passed');
    expect(judge(home, 33, ahead - 1)).toMatchObject({
      verdict: 'failed',
      found: '33 of 40 used, 41 within a week',
      measure: { value: 1, unit: 'snapshots too many' },
    });
  });

  it('counts what is not of the schedule as it stands: strangers and snapshots by hand', () => {
    const home = [...keptSlots(), onDemand(NOW, '7d')];
    expect(judge(home, 60, 100).found).toBe('60 of 100 used, 68 within a week');
  });

  it('counts a database that has no snapshot yet with what a week brings it', () => {
    expect(judge([], 0, 100).found).toBe('0 of 100 used, 32 within a week');
  });

  it('expects no growth once the retention is full', () => {
    const days = Array.from({ length: 31 }, (_, back) => slotSnapshot(at('2026-03-08 23:00') - back * DAY));
    const full = [...keptSlots().slice(0, 25), ...days.slice(0, 29)];
    expect(judge(full, 54, 55)).toMatchObject({
      verdict: 'passed',
      found: '54 of 55 used, 55 within a week',
    });
  });

  it('counts one an hour where more are taken: all but the last go with their hour', () => {
    const policy = complete({ snapshots: { every: 10 * MINUTE, takes: 5 * MINUTE } });
    const used = { quotas: quotas(HOME, { snapshots: { used: 33, most: 100 } }), policy };
    // Beside the 40 that are kept nine more, which npm run policy tells as well: what is made, waits for prune, or is copied.
    expect(judged(quotaSnapshots, seen({}, used), { region: HOME }).found).toBe(
      '33 of 100 used, 49 within a week',
    );
  });

  it('is judged in every region, and only by the databases that are copied there', () => {
    const look = seen({}, { quotas: quotas(AWAY, { snapshots: { used: 32, most: 100 } }) });
    expect(judged(quotaSnapshots, look, { region: AWAY }).found).toBe('32 of 100 used, 41 within a week');
    expect(judged(quotaSnapshots, look, { region: HOME })).toMatchObject({
      verdict: 'unknown',
      found: 'the quota of us-east-1 was not looked at',
    });
  });

  it('is unknown where the endpoint does not tell it, or what counts was not seen', () => {
    const told = quotas(HOME, { snapshots: { used: 1, most: 100 } });
    for (const look of [
      seen({}, { quotas: quotas(HOME, {}) }),
      seen({}, { quotas: told, databases: { unseen: 'denied' } }),
      seen({}, { quotas: told, snapshots: new Map([[HOME, { unseen: 'denied' }]]) }),
    ])
      expect(judged(quotaSnapshots, look, { region: HOME }).verdict).toBe('unknown');
  });
});

describe('the quota of instances', () => {
  const judge = (region: string, used: number, names: string[] = ['qrosity-db']) => {
    const databases = names.map((id) => databaseSeen({ id, tags: { erp: 'yes' } }));
    const { policy } = seen();
    return judged(
      quotaInstances,
      seen(
        { databases, home: [], away: [] },
        {
          policy: { ...policy, databases: [{ match: { tags: { erp: 'yes' } }, policy: 'gold' }] },
          quotas: quotas(region, { instances: { used, most: 40 } }),
        },
      ),
      { region },
    );
  };

  it('has room at home for a restore, beside what is left to others', () => {
    expect(judge(HOME, 34).verdict).toBe('passed');
    expect(judge(HOME, 35)).toMatchObject({
      verdict: 'failed',
      found: '35 of 40 used, 5 free; 6 needed',
      expected: 'room for one restore, beside what limits.spareInstances leaves to others',
      cost: 'restore tests are put off, and a restore at home is refused',
    });
  });

  it('has room in a copy region for every database that is copied there', () => {
    const three = ['one', 'two', 'three'];
    expect(judge(AWAY, 37, three).verdict).toBe('passed');
    expect(judge(AWAY, 38, three)).toMatchObject({
      verdict: 'failed',
      cost: '1 database cannot be restored, if us-east-1 is lost now',
      measure: { value: 1, unit: 'instances too few' },
    });
  });

  it('is unknown where the endpoint does not tell it, or no database was seen', () => {
    expect(judged(quotaInstances, seen({}, { quotas: quotas(HOME, {}) }), { region: HOME }).verdict).toBe(
      'unknown',
    );
    expect(
      judged(quotaInstances, seen({}, { databases: { unseen: 'denied' } }), { region: AWAY }).verdict,
    ).toBe('unknown');
  });
});

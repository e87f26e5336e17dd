import type { Sharing } from '../../../../../shared/domain/controls/seen';
import { evidenceKey } from '../../../../../shared/domain/evidence';
import { Refusal } from '../../../../../shared/domain/refusal';
import { type TestVerdict, testKey } from '../../../../../shared/domain/restore-test';
import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { DAY, formatInstant, HOUR, MINUTE, SECOND } from '../../../../../shared/domain/time';
import type { Evidence } from '../../../../../shared/ports/evidence';
import { inspectionsOf, restoreTestsOf } from '../../../../../shared/runtime/compliance/observe-evidence';
import { severalAtOnce } from '../../../../../shared/runtime/compliance/observe-part';
import { askSharing } from '../../../../../shared/runtime/compliance/observe-sharing';
import { Looks } from '../../../../../shared/runtime/observe';
import { AWAY, at, foreign, HOME } from '../../../../support/builders';

const NOW = at('2026-03-01 09:00');

describe('asking whom snapshots are shared with', () => {
  const snapshot = (hours: number, region: string = HOME) =>
    foreign({ id: `s-${hours}`, region, recoveryPoint: NOW - hours * HOUR });

  /** Asks, and tells in which order RDS heard of what. */
  async function ask(
    snapshots: readonly Snapshot[],
    {
      known = new Map<string, Sharing>(),
      most = 100,
      timeLeft = () => 5 * MINUTE,
      answer = async (_: Snapshot): Promise<readonly string[] | null> => [],
    } = {},
  ) {
    const heard: string[] = [];
    const port = {
      sharedWith: (one: Snapshot) => {
        heard.push(one.id);
        return answer(one);
      },
    };
    const looks = new Looks();
    const answers = await askSharing(port, { snapshots, known, most, now: NOW, timeLeft }, looks);
    return {
      heard,
      answers,
      failed: looks.failed.map(({ subject, reason }) => `${subject.region} ${reason}`),
    };
  }

  const told = (hours: number, daysAgo: number, accounts: readonly string[] = []) =>
    [snapshot(hours).arn, { with: accounts, asked: NOW - daysAgo * DAY }] as const;

  it('begins with the newest, and asks no more than it may: the rest was not asked about', async () => {
    const { heard, answers } = await ask([snapshot(3), snapshot(1), snapshot(2)], { most: 2 });
    expect(heard).toEqual(['s-1', 's-2']);
    expect([...answers.keys()]).toEqual([snapshot(1).arn, snapshot(2).arn]);
    expect(answers.get(snapshot(1).arn)).toEqual({ with: [], asked: NOW });
  });

  it('asks about those of which nothing is known first, then about the oldest answers', async () => {
    const known = new Map([told(1, 1), told(2, 3), told(3, 2)]);
    const { heard } = await ask(
      [1, 2, 3, 4].map((hours) => snapshot(hours)),
      { known, most: 3 },
    );
    expect(heard).toEqual(['s-4', 's-2', 's-3']);
  });

  it('keeps what it was told before and did not ask again, and forgets what is gone', async () => {
    const known = new Map([told(1, 1, ['all']), told(9, 1)]);
    const { answers } = await ask([snapshot(1), snapshot(2)], { known, most: 1 });
    expect(answers.get(snapshot(1).arn)).toEqual({ with: ['all'], asked: NOW - DAY });
    expect(answers.has(snapshot(9).arn)).toBe(false);
    const later = await ask([snapshot(1)], { known, answer: async () => null });
    expect(later.answers.size).toBe(0);
  });

  it('leaves two and a half minutes to what follows: telling, and the report', async () => {
    const left = [150 * SECOND, 150 * SECOND - 1];
    const { heard } = await ask([snapshot(1), snapshot(2)], { timeLeft: () => left.shift() ?? 0 });
    expect(heard).toEqual(['s-1']);
  });

  it('asks a region that refused no more, and tells of it once', async () => {
    const answer = async ({ region }: Snapshot) => {
      if (region === AWAY) throw new Refusal('denied', 'no');
      return [];
    };
    const all = [snapshot(1, AWAY), snapshot(2, AWAY), snapshot(3)];
    const { heard, answers, failed } = await ask(all, { answer });
    expect(heard).toEqual(['s-1', 's-3']);
    expect([...answers.keys()]).toEqual([snapshot(3).arn]);
    expect(failed).toEqual([`${AWAY} sharing-unseen`]);
  });

  it('does not take a bug for a refusal', async () => {
    const answer = () => Promise.reject(new TypeError('a bug'));
    await expect(ask([snapshot(1)], { answer })).rejects.toThrow('a bug');
  });
});

/** Records by key, and which were read. */
class Kept {
  readonly records = new Map<string, unknown>();
  readonly read: string[] = [];

  get evidence(): Evidence {
    return {
      keep: async () => 'kept',
      list: async (prefix) => [...this.records.keys()].filter((key) => key.startsWith(prefix)).sort(),
      newest: async (series) =>
        [...this.records.keys()]
          .filter((key) => key.startsWith(series))
          .sort()
          .at(-1) ?? null,
      read: async (key) => {
        this.read.push(key);
        return this.records.get(key) ?? null;
      },
    };
  }

  test(database: string, region: string, day: number, verdict: TestVerdict, record?: unknown): string {
    const requested = at(`2026-02-${String(day).padStart(2, '0')} 09:00`);
    const key = testKey({ database, region, requested }, verdict);
    const usual = { schema: 'holdfast.restore-test/1', database, region, verdict, why: `of day ${day}` };
    this.records.set(key, record ?? { ...usual, requested: formatInstant(requested) });
    return key;
  }

  look(database: string, record: object = {}): void {
    this.records.set(evidenceKey('inspections', database, HOME, NOW - HOUR, 'daily'), {
      schema: 'holdfast.inspection/1',
      checks: [],
      seconds: { answered: 1, finished: 2 },
      ...record,
    });
  }
}

const reading = (kept: Kept, timeLeft = () => 5 * MINUTE) => ({
  evidence: kept.evidence,
  home: HOME,
  now: NOW,
  timeLeft,
});

describe('restore tests', () => {
  const tests = async (kept: Kept, databases: readonly string[], timeLeft?: () => number) => {
    const looks = new Looks();
    const found = await restoreTestsOf(databases, reading(kept, timeLeft), looks);
    const lines = [...found].map(([id, part]) => [
      id,
      'seen' in part ? part.seen.map(({ region, why }) => `${region} ${why}`) : part.unseen,
    ]);
    return { found: Object.fromEntries(lines), told: looks.failed.map(({ detail }) => detail) };
  };

  it('are read back to the newest that passed, region by region, and older ones for their times', async () => {
    const kept = new Kept();
    const check = { id: 'x', verdict: 'failed' };
    const usual = { schema: 'holdfast.restore-test/1', checks: [check] };
    for (const [region, day, verdict] of [
      [HOME, 1, 'failed'],
      [HOME, 8, 'passed'],
      [HOME, 15, 'failed'],
      [HOME, 22, 'inconclusive'],
      [AWAY, 2, 'passed'],
      [AWAY, 9, 'passed'],
    ] as const) {
      const requested = formatInstant(at(`2026-02-${String(day).padStart(2, '0')} 09:00`));
      kept.test('qrosity-db', region, day, verdict, { ...usual, region, requested, why: `of day ${day}` });
    }
    const found = await restoreTestsOf(['qrosity-db'], reading(kept), new Looks());
    const part = found.get('qrosity-db');
    const seen = part !== undefined && 'seen' in part ? part.seen : [];
    expect(seen.map(({ region, why, checks }) => `${region} ${why}: ${checks.length}`).sort()).toEqual([
      `${HOME} of day 15: 1`,
      `${HOME} of day 1: 0`,
      `${HOME} of day 22: 1`,
      `${HOME} of day 8: 1`,
      `${AWAY} of day 2: 0`,
      `${AWAY} of day 9: 1`,
    ]);
  });

  it('are thirteen of each region at most, unless none of them passed', async () => {
    const of = async (newest: TestVerdict) => {
      const kept = new Kept();
      for (let day = 1; day <= 20; day += 1)
        kept.test('qrosity-db', HOME, day, day === 1 ? 'passed' : newest);
      await tests(kept, ['qrosity-db']);
      return kept.read.length;
    };
    expect(await of('passed')).toBe(13);
    expect(await of('failed')).toBe(20);
  });

  it('of a fleet are fewer each: every one is a call', async () => {
    const kept = new Kept();
    const ids = Array.from({ length: 500 }, (_, number) => `db-${number}`);
    for (const id of ids) for (let day = 1; day <= 10; day += 1) kept.test(id, HOME, day, 'passed');
    await tests(kept, ids);
    expect(kept.read).toHaveLength(500 * 8);
  });

  it('of others are not read, and none there ever was is seen as none', async () => {
    const kept = new Kept();
    kept.test('of-others', HOME, 8, 'passed');
    expect((await tests(kept, ['qrosity-db'])).found).toEqual({ 'qrosity-db': [] });
    expect(kept.read).toEqual([]);
  });

  it('that were asked for with a time to come say nothing yet', async () => {
    const kept = new Kept();
    kept.records.set(testKey({ database: 'qrosity-db', region: HOME, requested: NOW + HOUR }, 'passed'), {});
    expect((await tests(kept, ['qrosity-db'])).found).toEqual({ 'qrosity-db': [] });
  });

  it('of a schema that nobody knows leave their database unseen, and no other', async () => {
    const kept = new Kept();
    const key = kept.test('a', HOME, 8, 'passed', { schema: 'holdfast.restore-test/9' });
    kept.test('b', HOME, 8, 'passed');
    const { found, told } = await tests(kept, ['a', 'b']);
    const why = `read ${key}: it is no record of a schema that is known here`;
    expect(found).toEqual({ a: why, b: [`${HOME} of day 8`] });
    expect(told).toEqual([why]);
  });

  it('that cannot be read for want of time are unseen, and told once for all of them', async () => {
    const kept = new Kept();
    const keys = ['a', 'b', 'c'].map((id) => kept.test(id, HOME, 8, 'passed'));
    const { found, told } = await tests(kept, ['a', 'b', 'c'], () => MINUTE - 1);
    expect(Object.values(found)).toEqual(keys.map((key) => `read ${key}: no time was left for it`));
    expect(told).toEqual([`read ${keys[0]}: no time was left for it; and 2 more`]);
    expect(kept.read).toEqual([]);
  });
});

describe('inspections', () => {
  it('are the newest of each database, without the rows that were counted', async () => {
    const kept = new Kept();
    kept.look('a', { tenants: 3, rows: { public: { big: '1000000' } } });
    const found = await inspectionsOf(['a', 'b'], reading(kept), new Looks());
    expect(found.get('a')).toMatchObject({ seen: { tenants: 3, rows: {} } });
    expect(found.get('b')).toEqual({ seen: null });
  });

  it('of a schema that nobody knows are unseen', async () => {
    const kept = new Kept();
    kept.look('a', { schema: 'holdfast.inspection/9' });
    const looks = new Looks();
    expect((await inspectionsOf(['a'], reading(kept), looks)).get('a')).toEqual({
      unseen: expect.stringContaining('no record of a schema'),
    });
    expect(looks.failed.map(({ reason }) => reason)).toEqual(['inspections-unseen']);
  });
});

describe('several at once', () => {
  it('never are more than eight, and answer in the order of what was asked', async () => {
    let running = 0;
    let most = 0;
    const answers = await severalAtOnce(
      Array.from({ length: 30 }, (_, number) => number),
      async (number) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, number % 3));
        running -= 1;
        return number;
      },
    );
    expect(most).toBe(8);
    expect(answers).toEqual(Array.from({ length: 30 }, (_, number) => number));
  });
});

import type { ChangeKind } from '../../shared/domain/findings/document';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../shared/domain/time';
import { at } from '../support/builders';
import { Looks } from '../support/findings-looks';
import { assessment, LIGHT } from '../support/findings-worlds';
import fc from '../support/seeded';

const START = at('2026-03-01 09:00');

type Shows = 'failed' | 'passed' | 'unknown' | 'gone' | 'out of sight';

/** So many looks in a row that show the same of one finding. */
const phases = fc.record({
  shows: fc.constantFrom<Shows>(
    ...([
      'failed',
      'failed',
      'failed',
      'passed',
      'passed',
      'passed',
      'unknown',
      'gone',
      'out of sight',
    ] as const),
  ),
  looks: fc.constantFrom(1, 1, 1, 1, 2, 12, 13, 14, 30),
  every: fc.constantFrom(10 * MINUTE, 10 * MINUTE, 10 * MINUTE, 10 * MINUTE, 10 * MINUTE, SECOND),
  minutes: fc.integer({ min: 0, max: 2_000 }),
  waived: fc.constantFrom(false, false, false, false, false, true),
});
type Phase = typeof phases extends fc.Arbitrary<infer One> ? One : never;

interface Word {
  readonly kind: ChangeKind;
  readonly at: Instant;
  /** It opens what receivers hold for open: a waiver has ended. */
  readonly reopens: boolean;
}

/** One finding, look by look, with what receivers hold of it. */
class OneFinding {
  readonly words: Word[] = [];
  /** Whether receivers hold it for open. */
  open = false;
  now = START;
  keptBack = 0;
  readonly #looks = new Looks();

  look({ shows, minutes, waived }: Pick<Phase, 'shows' | 'minutes' | 'waived'>): void {
    const measure = { value: minutes, unit: 'minutes' };
    const isSeen = shows !== 'gone' && shows !== 'out of sight';
    const until = this.now + DAY;
    const waivers = waived
      ? [{ control: LIGHT.id, database: null, region: null, reason: 'moving', until }]
      : [];
    this.#looks.look(this.now, isSeen ? [assessment(shows, { measure })] : [], {
      sawAll: shows !== 'out of sight',
      waivers,
    });
    for (const { kind } of this.#looks.changes) this.#told(kind);
    this.#judge();
  }

  #told(kind: ChangeKind): void {
    const reopens = kind === 'opened' && this.open;
    if (kind !== 'opened') expect([kind, this.open]).toEqual([kind, true]);
    this.words.push({ kind, at: this.now, reopens });
    this.open = kind !== 'resolved';
  }

  /** What fails is never unheard of; what receivers hold for open and is not, has only just gone, or nobody can tell. */
  #judge(): void {
    const { finding, changes } = this.#looks;
    const state = finding?.state ?? 'resolved';
    if (state === 'open') {
      if (finding?.waiver === null) expect(this.open).toBe(true);
      expect(changes.map(({ kind }) => kind)).not.toContain('resolved');
    } else if (this.open) {
      this.keptBack += 1;
      const calm = this.now - (finding?.resolvedAt ?? Number.NaN);
      expect(calm < 2 * HOUR || finding?.unseen !== null).toBe(true);
      expect(finding?.openings?.lately).toHaveLength(3);
    }
  }
}

/** The most words within 24 hours, but for those that a measure or a waiver brings about. */
function mostInADay(words: readonly Word[]): number {
  const counted = words.filter(({ kind, reopens }) => kind !== 'worsened' && !reopens);
  const until = (from: Instant) => counted.filter(({ at }) => at >= from && at < from + DAY).length;
  return Math.max(0, ...counted.map(({ at }) => until(at)));
}

/** Of each story, from opened to its end. */
function worsened(words: readonly Word[]): { times: number; reminders: number }[] {
  const stories: { times: number; reminders: number }[] = [];
  for (const { kind } of words) {
    const story = stories.at(-1);
    if (kind === 'opened') stories.push({ times: 0, reminders: 0 });
    else if (story !== undefined && kind === 'worsened') story.times += 1;
    else if (story !== undefined && kind === 'reminder') story.reminders += 1;
  }
  return stories;
}

describe('a finding, whatever its history', () => {
  const repeated = (count: number, ...shows: Shows[]) => Array.from({ length: count }, () => shows).flat();
  const as = (shows: Shows) => ({ shows, minutes: 5, waived: false });

  it('is told 24 times a day at most, and once for each doubling, and after two hours of calm as it is', () => {
    const met = { keptBack: 0, most: 0, untold: 0 };
    // Something that recurs, as a job that fails each hour; then anything.
    const recurring = fc
      .array(phases, { minLength: 1, maxLength: 4 })
      .map((some) => Array(12).fill(some).flat());
    const anything = fc.array(phases, { maxLength: 30, size: 'max' });
    const histories = fc.tuple(recurring, anything).map((parts): Phase[] => parts.flat());
    fc.assert(
      fc.property(histories, fc.constantFrom<Shows>('passed', 'gone'), (history, calm) => {
        const one = new OneFinding();
        for (const phase of history)
          for (let look = 0; look < phase.looks; look += 1) {
            one.look(phase);
            one.now += phase.every;
          }
        const most = mostInADay(one.words);
        // Looks come every ten minutes; by hand they may come at any moment, and the first recoveries with them.
        expect(most).toBeLessThanOrEqual(history.every(({ every }) => every === 10 * MINUTE) ? 24 : 28);
        // From 0 minutes to 1, 2, 4 ... 1024; and from unknown to failed, also after each reminder that said unknown.
        for (const { times, reminders } of worsened(one.words))
          expect(times).toBeLessThanOrEqual(12 + reminders);
        const { open } = one;
        const before = one.words.length;
        for (let look = 0; look <= 12; look += 1) {
          one.look(as(calm));
          one.now += 10 * MINUTE;
        }
        expect(one.words.slice(before).map(({ kind }) => kind)).toEqual(open ? ['resolved'] : []);
        met.keptBack += one.keptBack;
        met.most = Math.max(met.most, most);
        met.untold += open ? 1 : 0;
      }),
      { numRuns: 100 },
    );
    expect(met.keptBack).toBeGreaterThan(1_000);
    expect(met.untold).toBeGreaterThan(30);
    expect(met.most).toBeGreaterThan(12);
  });

  it('is told no more than 24 times a day where it comes back as soon as its end is told', () => {
    const worst = [...repeated(2, 'failed', 'passed'), ...repeated(10, 'failed', ...repeated(13, 'passed'))];
    const one = new OneFinding();
    for (const shows of worst) {
      one.look(as(shows));
      one.now += 10 * MINUTE;
    }
    expect(worst).toHaveLength(144);
    expect(mostInADay(one.words)).toBe(24);
  });
});

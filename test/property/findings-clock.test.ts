import type { Assessment } from '../../shared/domain/controls/control';
import { DAY, HOUR, type Instant, MINUTE, parseInstant } from '../../shared/domain/time';
import { at, HOME } from '../support/builders';
import { assessing, assessment, FindingsWorld, OTHER_TOPIC, TOPIC } from '../support/findings-worlds';
import fc from '../support/seeded';

// Runs that come late, or with a wrong clock; and receivers that refuse for long.

const START = at('2026-03-01 09:00');
const EVERY = 10 * MINUTE;
const DATABASES = ['erp-a', 'erp-b', 'erp-c'];

type Shows = Assessment['verdict'] | 'gone';
const looks = fc.array(fc.constantFrom<Shows>('passed', 'failed', 'failed', 'unknown', 'gone'), {
  minLength: DATABASES.length,
  maxLength: DATABASES.length,
});

function shown(look: readonly Shows[]): Assessment[] {
  return look.flatMap((verdict, index) => {
    const subject = { database: DATABASES[index] ?? '', region: HOME };
    return verdict === 'gone' ? [] : [assessment(verdict, { subject })];
  });
}

/** What a topic was told, message by message, those told twice once. */
function told(world: FindingsWorld, topic = TOPIC): { finding: string; kind: string }[] {
  const notices = world.sent.filter((one) => one.topic === topic).flatMap(({ tells }) => [...tells]);
  return [...new Map(notices).values()].map(({ finding, kind }) => ({ finding, kind }));
}

/** What who heard all of it holds for open. */
function openIn(world: FindingsWorld): string[] {
  const open = new Map(told(world).map(({ finding, kind }) => [finding, kind !== 'resolved']));
  return [...open].flatMap(([finding, is]) => (is ? [finding] : [])).sort();
}

/** No instant of a document is later than its own. */
function checkTimes({ records }: FindingsWorld): void {
  for (const [key, text] of records) {
    const times = [...text.matchAll(/"(\d{4}-[0-9:T-]+Z)"/g)].map(([, time]) => parseInstant(time ?? ''));
    expect([key, Math.max(...times.map(Number))]).toEqual([key, parseInstant(JSON.parse(text).at)]);
  }
}

describe('findings of a run with a wrong clock', () => {
  it('are told to their end, and reminded of, as if the clock had been right', async () => {
    const met = { open: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(looks, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.constantFrom(-30 * DAY, -3 * HOUR, 3 * HOUR, 40 * DAY, 5 * 365 * DAY),
        fc.boolean(),
        async (history, which, off, refused) => {
          const [right, wrong] = [new FindingsWorld(), new FindingsWorld()];
          const both = async (look: readonly Shows[], now: Instant, clock = now) => {
            await right.run(shown(look), assessing({ now }));
            await wrong.run(shown(look), assessing({ now: clock, run: `run-${now}` }));
          };
          let now = START;
          for (const [index, look] of history.entries()) {
            const isWrong = index === which % history.length;
            wrong.refusing = isWrong && refused ? [TOPIC] : [];
            await both(look, now, isWrong ? now + off : now);
            now += EVERY;
          }
          wrong.refusing = [];
          const last = history.at(-1) ?? [];
          const failing = DATABASES.filter((_, index) => last[index] === 'failed');
          // From the second look on what was left is told; from two hours on also what nobody could judge, and what came
          // and went.
          for (let look = 0; look < 26; look += 1) {
            await both(last, now);
            if (look >= 1)
              for (const database of failing)
                expect(openIn(wrong)).toContain(`recovery-point-home/${database}/${HOME}`);
            if (look >= 13) expect(openIn(wrong)).toEqual(openIn(right));
            now += EVERY;
          }
          // And from four hours on it has been reminded of.
          const reminded = told(wrong).filter(({ kind }) => kind === 'reminder');
          for (const database of failing)
            expect(reminded.map(({ finding }) => finding)).toContain(
              `recovery-point-home/${database}/${HOME}`,
            );
          const { findings } = await wrong.newest();
          expect(findings.flatMap(({ pending }) => pending)).toEqual([]);
          checkTimes(wrong);
          met.open += failing.length;
          met.refused += refused ? 1 : 0;
        },
      ),
      { numRuns: 40 },
    );
    expect(met.open).toBeGreaterThan(20);
    expect(met.refused).toBeGreaterThan(10);
  });
});

describe('findings of a run that came late', () => {
  it('are told as they would be without it', async () => {
    const met = { late: 0, told: 0 };
    const passes = fc.record({
      // Whether there is a backup just before.
      backup: fc.constantFrom(true, false, false, false, false, false),
      // How late the run is that comes after this one.
      late: fc.option(fc.integer({ min: 1, max: 75 }), { freq: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(passes, { minLength: 12, maxLength: 12 }), async (history) => {
        const [without, world] = [new FindingsWorld(), new FindingsWorld()];
        let backup = START - HOUR;
        const ages = (moment: Instant) => [assessment(moment - backup > HOUR ? 'failed' : 'passed')];
        for (const [index, pass] of history.entries()) {
          const now = START + index * EVERY;
          if (pass.backup) backup = now - MINUTE;
          for (const one of [without, world]) await one.run(ages, assessing({ now }));
          if (pass.late === null) continue;
          await world.run(
            ages,
            assessing({ now: now - pass.late * MINUTE, run: `late-${index}`, pass: 'daily' }),
          );
          met.late += 1;
          expect(told(world)).toEqual(told(without));
        }
        met.told += told(without).length;
      }),
      { numRuns: 60 },
    );
    expect(met.late).toBeGreaterThan(100);
    expect(met.told).toBeGreaterThan(30);
  });
});

describe('a receiver that takes everything', () => {
  it('hears of what is open every four hours, whatever the others refuse', async () => {
    const refusals = fc.array(
      fc.record({
        passes: fc.constantFrom(1, 5, 23, 24, 100),
        who: fc.subarray(['events', OTHER_TOPIC]),
      }),
      { minLength: 2, maxLength: 6 },
    );
    let most = 0;
    await fc.assert(
      fc.asyncProperty(refusals, async (history) => {
        const world = new FindingsWorld();
        let [now, last] = [START, START];
        for (const { passes, who } of history) {
          world.refusing = who;
          for (let pass = 0; pass < passes; pass += 1) {
            const before = world.sent.filter(({ topic }) => topic === TOPIC).length;
            const how = assessing({ now });
            const { document } = await world.run([assessment('failed')], how, [TOPIC, OTHER_TOPIC]);
            if (world.sent.filter(({ topic }) => topic === TOPIC).length > before) last = now;
            expect(now - last).toBeLessThan(4 * HOUR);
            const pending = document.findings[0]?.pending ?? [];
            expect(pending.length).toBeLessThanOrEqual(2);
            most = Math.max(most, pending.length);
            now += EVERY;
          }
        }
      }),
      { numRuns: 20 },
    );
    expect(most).toBe(2);
  });
});

import type { Assessment } from '../../shared/domain/controls/control';
import {
  type Change,
  type Finding,
  type FindingsDocument,
  isOpenToThem,
} from '../../shared/domain/findings/document';
import { noticeId } from '../../shared/domain/findings/messages';
import { documentOf, findingsKey, readHead } from '../../shared/domain/findings/record';
import { Refusal } from '../../shared/domain/refusal';
import { DAY, HOUR, type Instant, MINUTE } from '../../shared/domain/time';
import { at, HOME } from '../support/builders';
import {
  assessing,
  assessment,
  FindingsWorld,
  INSTALLATION,
  LIGHT,
  OTHER_TOPIC,
  QUIET,
  TOPIC,
} from '../support/findings-worlds';
import fc from '../support/seeded';

const START = at('2026-03-01 09:00');
const DATABASES = ['erp-a', 'erp-b', 'erp-c', 'erp-d', 'erp-e'];
const TOPICS = [TOPIC, OTHER_TOPIC];

type Seen = Assessment['verdict'] | 'gone';

/** What one look shows of each database, by two controls. */
const looks = fc.array(fc.constantFrom<Seen>('passed', 'passed', 'failed', 'failed', 'unknown', 'gone'), {
  minLength: 2 * DATABASES.length,
  maxLength: 2 * DATABASES.length,
});

const steps = fc.record({
  after: fc.constantFrom(10 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 5 * HOUR, 40 * DAY),
  look: looks,
  minutes: fc.integer({ min: 1, max: 2_000 }),
  sawAll: fc.constantFrom(true, true, true, false),
  dies: fc.option(fc.integer({ min: 1, max: 25 }), { freq: 2 }),
  moment: fc.constantFrom<'before' | 'after'>('before', 'after'),
  refusing: fc.subarray([...TOPICS, 'events', 'some events', 'some records']),
  refuses: fc.constantFrom(true, false, false),
  waived: fc.constantFrom(false, false, false, true),
});
type Step = typeof steps extends fc.Arbitrary<infer One> ? One : never;

function shown(look: readonly Seen[], minutes: number): Assessment[] {
  return look.flatMap((verdict, index) => {
    if (verdict === 'gone') return [];
    const subject = { database: DATABASES[index % DATABASES.length] ?? '', region: HOME };
    const control = index < DATABASES.length ? LIGHT.id : QUIET.id;
    return [assessment(verdict, { control, subject, measure: { value: minutes, unit: 'minutes' } })];
  });
}

/** Every document that was ever kept, in order, and without a gap. */
function documents({ records }: FindingsWorld): FindingsDocument[] {
  const keys = [...records.keys()].filter((key) => key.startsWith('findings/')).sort();
  expect(keys).toEqual(keys.map((_, index) => findingsKey(index + 1)));
  return keys.map((key) => {
    const record = readHead(key, JSON.parse(records.get(key) ?? ''), INSTALLATION);
    return documentOf(key, record, []);
  });
}

/** How many of these findings came and went, so that their end was kept back. */
function keptBack(all: readonly FindingsDocument[]): number {
  const held = all.flatMap(({ findings }) =>
    findings.filter((one) => one.state === 'resolved' && isOpenToThem(one)).map(({ id }) => id),
  );
  return new Set(held).size;
}

/** Every change that any document holds, by its notice's id. */
function changes(all: readonly FindingsDocument[]): Map<string, { finding: Finding; change: Change }> {
  return new Map(
    all.flatMap(({ findings }) =>
      findings.flatMap((finding) =>
        finding.pending.map((change) => [noticeId(INSTALLATION, { finding, change }), { finding, change }]),
      ),
    ),
  );
}

/** Reminders that a newer one took the place of before every receiver had them: by their notices' ids. */
function superseded(all: readonly FindingsDocument[]): Set<string> {
  const gone = new Set<string>();
  for (const [index, { findings }] of all.entries()) {
    const before = new Map(all[index - 1]?.findings.map((finding) => [finding.id, finding]));
    for (const finding of findings) {
      const reminders = finding.pending.filter(({ kind }) => kind === 'reminder');
      expect(reminders.length).toBeLessThanOrEqual(1);
      const [newer] = reminders;
      const older = before.get(finding.id)?.pending.find(({ kind }) => kind === 'reminder');
      if (newer !== undefined && older !== undefined && older.message !== newer.message)
        gone.add(noticeId(INSTALLATION, { finding, change: older }));
    }
  }
  return gone;
}

/** What one receiver was told, in the order that it took it: by finding, each notice once, as receivers drop repeats. */
function heard(world: FindingsWorld, receiver: string): Map<string, string[]> {
  const told: { id: string; finding: string; kind: string }[] =
    receiver === 'events'
      ? world.events.map(({ id, detail }) => ({
          id,
          finding: String(detail.finding),
          kind: String(detail.kind),
        }))
      : world.sent
          .filter(({ topic }) => topic === receiver)
          .flatMap(({ tells }) => [...tells].map(([id, one]) => ({ ...one, id })));
  const once = [...new Map(told.reverse().map((one) => [one.id, one])).values()].reverse();
  const first = new Map<string, string[]>();
  for (const { finding, kind } of once) first.set(finding, [...(first.get(finding) ?? []), kind]);
  return first;
}

function counts(all: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const one of all) found.set(one, (found.get(one) ?? 0) + 1);
  return found;
}

/** The ledger of a world: nothing lost, nothing twice that need not be, and each story has its end. */
function judge(world: FindingsWorld, open: ReadonlySet<string>): void {
  const all = documents(world);
  const due = changes(all);
  const spared = superseded(all);
  for (const receiver of [...TOPICS, 'events']) {
    const ids =
      receiver === 'events'
        ? world.events.map(({ id }) => id)
        : world.sent.filter(({ topic }) => topic === receiver).flatMap(({ tells }) => [...tells.keys()]);
    expect(ids.filter((id) => !due.has(id))).toEqual([]);
    expect([...due.keys()].filter((id) => !spared.has(id) && !ids.includes(id))).toEqual([]);
    const messages =
      receiver === 'events' ? ids : world.sent.filter(({ topic }) => topic === receiver).map(({ id }) => id);
    const gaps = counts(world.gaps.filter((gap) => gap.endsWith(` ${receiver}`)));
    for (const [id, times] of counts(messages))
      expect([id, times <= 1 + (gaps.get(`${id} ${receiver}`) ?? 0)]).toEqual([id, true]);
    for (const [finding, kinds] of heard(world, receiver)) {
      // Opened may come twice without an end between: a waiver has ended, and opens it again.
      expect([finding, kinds.join(' ')]).toEqual([
        finding,
        expect.stringMatching(/^(opened( (worsened|reminder|opened))*( resolved|$) ?)+$/),
      ]);
      expect([finding, kinds.at(-1) !== 'resolved']).toEqual([finding, open.has(finding)]);
    }
  }
  expect(all.at(-1)?.findings.filter(({ pending }) => pending.length > 0)).toEqual([]);
}

/** What fails in this look comes and goes: it opens for the third time, as two hours from `START` are still to pass. */
async function comeAndGo(world: FindingsWorld, look: readonly Seen[]): Promise<void> {
  const well = look.map((verdict) => (verdict === 'failed' ? 'passed' : verdict));
  for (const [index, one] of [look, well, look, well, look].entries())
    await world.run(shown(one, 10), assessing({ now: START + index * 10 * MINUTE }), TOPICS);
}

/** How many messages were told and not marked so. */
async function take(world: FindingsWorld, step: Step, now: Instant): Promise<number> {
  world.refusing = step.refuses ? step.refusing : [];
  const until = now + 25 * MINUTE;
  const waivers = step.waived
    ? [{ control: LIGHT.id, database: 'erp-a', region: null, reason: 'moving', until }]
    : [];
  const how = assessing({ now, sawAll: step.sawAll, waivers });
  const run = async () => {
    try {
      const { deliveries } = await world.run(shown(step.look, step.minutes), how, TOPICS);
      return deliveries.filter(({ unmarked }) => unmarked !== null).length;
    } catch (error) {
      // The store took no document: nothing is kept, nothing told, and the next look finds the same difference.
      if (!(error instanceof Refusal) || !world.refusing.includes('some records')) throw error;
      return 0;
    }
  };
  let unmarked = 0;
  if (step.dies === null) unmarked = await run();
  else await world.dies(step.dies, step.moment, run);
  world.refusing = [];
  return unmarked;
}

describe('findings told across crashes', () => {
  it('are never lost, told twice only where a run died between taking and marking, and come to rest', async () => {
    const met = { gaps: 0, keptBack: 0, unmarked: 0, superseded: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (happenings, flaps) => {
          const world = new FindingsWorld();
          let now = START + HOUR;
          if (flaps) await comeAndGo(world, happenings[0]?.look ?? []);
          for (const step of happenings) {
            met.unmarked += await take(world, step, now);
            now += step.after;
          }
          // Healthy looks that show the same: one takes over what was left, one after two hours of calm tells the end of what
          // came and went, and the last finds nothing to do.
          const last = shown(happenings.at(-1)?.look ?? [], 1);
          const seen = last.filter(({ verdict }) => verdict !== 'unknown');
          await world.run(seen, assessing({ now }), TOPICS);
          await world.run(seen, assessing({ now: now + 2 * HOUR }), TOPICS);
          const before = world.sent.length + world.events.length;
          // Reminders fall on whole ten minutes, as everything is told on one.
          const { document } = await world.run(seen, assessing({ now: now + 2 * HOUR + 9 * MINUTE }), TOPICS);
          expect(world.sent.length + world.events.length).toBe(before);
          const open = document.findings.filter(({ state }) => state === 'open').map(({ id }) => id);
          const failing = seen
            .filter(({ verdict }) => verdict === 'failed')
            .map(({ control, subject }) => `${control}/${subject.database}/${subject.region}`);
          expect(open).toEqual(failing.sort());
          judge(world, new Set(open));
          met.gaps += world.gaps.length;
          met.superseded += superseded(documents(world)).size;
          met.keptBack += keptBack(documents(world));
        },
      ),
      { numRuns: 60 },
    );
    // The crash that cannot be healed was among them: the property was not true for want of it.
    expect(met.gaps).toBeGreaterThan(5);
    expect(met.unmarked).toBeGreaterThan(5);
    expect(met.superseded).toBeGreaterThan(0);
    expect(met.keptBack).toBeGreaterThan(20);
  });

  it('are told once each where two runs meet, whatever order their calls come in', async () => {
    const met = { races: 0, keptBack: 0 };
    await fc.assert(
      fc.asyncProperty(looks, looks, looks, fc.boolean(), fc.scheduler(), async (a, b, c, same, s) => {
        const world = new FindingsWorld();
        await comeAndGo(world, a);
        world.pause = () => s.schedule(Promise.resolve());
        const now = START + HOUR;
        const later = same ? now : now + MINUTE;
        const running = Promise.all([
          world.run(shown(b, 20), assessing({ now, run: 'one' }), TOPICS),
          world.run(shown(c, 20), assessing({ now: later, run: 'other' }), TOPICS),
        ]);
        await s.waitFor(running);
        world.pause = async () => undefined;
        const runs = documents(world).map(({ run }) => run);
        if (
          runs.lastIndexOf('one') > runs.indexOf('other') &&
          runs.lastIndexOf('other') > runs.indexOf('one')
        )
          met.races += 1;
        const seen = shown(c, 20).filter(({ verdict }) => verdict !== 'unknown');
        for (const minutes of [11, 21, 31, 141])
          await world.run(seen, assessing({ now: now + minutes * MINUTE }), TOPICS);
        const { findings } = await world.newest();
        judge(world, new Set(findings.filter(({ state }) => state === 'open').map(({ id }) => id)));
        expect(world.gaps).toEqual([]);
        met.keptBack += keptBack(documents(world));
      }),
      { numRuns: 60 },
    );
    expect(met.races).toBeGreaterThan(15);
    expect(met.keptBack).toBeGreaterThan(20);
  });
});

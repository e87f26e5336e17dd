import { assess } from '../../../../../shared/domain/findings/assess';
import type { Waiver } from '../../../../../shared/domain/policy';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../../shared/domain/time';
import { at } from '../../../../support/builders';
import { Looks } from '../../../../support/findings-looks';
import { assessing, assessment, DAILY, LIGHT, QUIET } from '../../../../support/findings-worlds';

const NOW = at('2026-03-01 09:00');
const minutes = (value: number) => ({ measure: { value, unit: 'minutes' } });
const fails = [assessment('failed')];
const passes = [assessment('passed')];
const unknown = [assessment('unknown')];
const waiver: Waiver = {
  control: LIGHT.id,
  database: null,
  region: null,
  reason: 'moving',
  until: NOW + DAY,
};

describe('a finding that comes and goes', () => {
  let looks: Looks;
  /** When it passed after its third opening. */
  const GONE = NOW + 50 * MINUTE;
  const times = (one: string, count: number) => Array.from({ length: count }, () => one);

  /** Open at 0, 20 and 40 minutes, and well ten minutes after each: it flaps, and its end is untold. */
  function threeTimes(failing = fails, passing = passes): string[] {
    return [0, 10, 20, 30, 40, 50].flatMap((after, index) =>
      looks.look(NOW + after * MINUTE, index % 2 === 0 ? failing : passing),
    );
  }

  beforeEach(() => {
    looks = new Looks();
  });

  it('is told as it comes and goes twice, and from the third time on as open', () => {
    expect(threeTimes()).toEqual(['opened', 'resolved', 'opened', 'resolved', 'opened']);
    expect(looks.finding).toMatchObject({ state: 'resolved', resolvedAt: GONE, told: { kind: 'opened' } });
    expect(looks.look(NOW + HOUR, fails)).toEqual([]);
    expect(looks.finding).toMatchObject({ state: 'open', firstSeen: NOW + HOUR, resolvedAt: null });
  });

  it('says so when it is told for the third time, and not before', () => {
    looks.look(NOW, fails);
    looks.look(NOW + 10 * MINUTE, passes);
    looks.look(NOW + 20 * MINUTE, fails);
    expect(looks.changes).toMatchObject([{ found: 'it is failed' }]);
    looks.look(NOW + 30 * MINUTE, passes);
    expect(looks.changes).toMatchObject([{ found: 'it is passed' }]);
    looks.look(NOW + 40 * MINUTE, fails);
    expect(looks.changes).toMatchObject([
      {
        kind: 'opened',
        found:
          'it is failed; it comes and goes: it opened 3 times since 2026-03-01T09:00:00Z, and its end is told once it stays away for 2h',
      },
    ]);
  });

  it.each([
    ['a second less than two hours', 2 * HOUR - SECOND, []],
    ['two hours', 2 * HOUR, ['resolved']],
  ])('of which the last look is %s after it went is told as resolved from two hours on', (_, calm, said) => {
    threeTimes();
    expect(looks.look(GONE + calm, passes)).toEqual(said);
  });

  it('is told as resolved once, with how often it came and went, and as it was when it ended', () => {
    threeTimes();
    for (const after of [60, 80, 100, 120]) looks.look(NOW + after * MINUTE, fails);
    for (const after of [70, 90, 110]) looks.look(NOW + after * MINUTE, passes);
    looks = new Looks();
    for (let after = 0; after <= 120; after += 10)
      looks.look(NOW + after * MINUTE, after % 20 === 0 ? fails : passes);
    const end = NOW + 130 * MINUTE;
    for (let calm = 0; calm < 120; calm += 10)
      expect(looks.look(end + calm * MINUTE, [assessment('passed', { found: `${calm}` })])).toEqual([]);
    expect(
      looks.look(end + 2 * HOUR, [assessment('passed', { found: 'the newest is 3 minutes old' })]),
    ).toEqual(['resolved']);
    expect(looks.changes).toMatchObject([
      {
        at: end,
        since: NOW + 2 * HOUR,
        found:
          'the newest is 3 minutes old; it came and went 7 times since 2026-03-01T09:00:00Z, and has stayed away since 2026-03-01T11:10:00Z',
      },
    ]);
    expect(looks.finding).toMatchObject({ told: { kind: 'resolved', at: end + 2 * HOUR }, resolvedAt: end });
    expect(looks.look(end + 2 * HOUR + 10 * MINUTE, passes)).toEqual([]);
  });

  it('begins its two hours anew each time that it comes back', () => {
    threeTimes();
    expect(looks.look(GONE + 2 * HOUR - SECOND, fails)).toEqual([]);
    const again = GONE + 2 * HOUR + 9 * MINUTE;
    expect(looks.look(again, passes)).toEqual([]);
    expect(looks.look(again + 2 * HOUR - SECOND, passes)).toEqual([]);
    expect(looks.look(again + 2 * HOUR, passes)).toEqual(['resolved']);
  });

  it('is told at once when it comes back after its end was told, and its end is kept back again', () => {
    threeTimes();
    looks.look(GONE + 2 * HOUR, passes);
    expect(looks.look(GONE + 3 * HOUR, fails)).toEqual(['opened']);
    expect(looks.changes[0]?.found).toContain('it opened 4 times since 2026-03-01T09:00:00Z');
    expect(looks.look(GONE + 4 * HOUR, passes)).toEqual([]);
    expect(looks.look(GONE + 6 * HOUR, passes)).toEqual(['resolved']);
  });

  it.each([
    ['a day', DAY, true],
    ['a day and a second', DAY + SECOND, false],
  ])('is what opens for the third time within a day: %s after the first', (_, third, flaps) => {
    looks.look(NOW, fails);
    looks.look(NOW + HOUR, passes);
    looks.look(NOW + 2 * HOUR, fails);
    looks.look(NOW + 3 * HOUR, passes);
    expect(looks.look(NOW + third, fails)).toEqual(['opened']);
    expect((looks.changes[0]?.found ?? '').includes('comes and goes')).toBe(flaps);
    // The first opening is older than a day by now: what was said of its end holds all the same.
    expect(looks.look(NOW + third + HOUR, passes)).toEqual(flaps ? [] : ['resolved']);
  });

  it.each([
    ['for a day', DAY, []],
    ['for a day and a second', DAY + SECOND, ['resolved']],
  ])('is told of at once when it was open for more than a day without a break: %s', (_, after, said) => {
    threeTimes();
    looks.look(NOW + HOUR, fails);
    looks.look(NOW + 22 * HOUR, fails);
    expect(looks.changes[0]?.found).toContain('comes and goes');
    expect(looks.look(NOW + HOUR + after, passes)).toEqual(said);
    if (said.length > 0) expect(looks.changes).toMatchObject([{ found: 'it is passed' }]);
  });

  it('is not told early because its last opening grows old while its end is kept back', () => {
    threeTimes();
    looks.look(NOW + HOUR, fails);
    const gone = NOW + HOUR + DAY - 10 * MINUTE;
    expect(looks.look(gone, passes)).toEqual([]);
    expect(looks.look(gone + HOUR, passes)).toEqual([]);
    expect(looks.look(gone + 2 * HOUR, passes)).toEqual(['resolved']);
    expect(looks.changes[0]?.found).toContain('it came and went 4 times');
  });

  it('counts anew once it does not open for the third time within a day', () => {
    threeTimes();
    looks.look(GONE + 2 * HOUR, passes);
    expect(looks.finding?.openings).toMatchObject({ times: 3, since: NOW });
    const next = NOW + 40 * MINUTE + DAY;
    looks.look(next, fails);
    expect(looks.finding?.openings).toEqual({
      lately: [NOW + 40 * MINUTE, next],
      times: 2,
      since: NOW + 40 * MINUTE,
    });
    expect(looks.look(next + MINUTE, passes)).toEqual(['resolved']);
  });

  it('remembers three openings, however many there were', () => {
    for (let look = 0; look < 144; look += 1)
      looks.look(NOW + look * 10 * MINUTE, look % 2 === 0 ? fails : passes);
    const last = NOW + 142 * 10 * MINUTE;
    expect(looks.finding?.openings).toEqual({
      lately: [last - 40 * MINUTE, last - 20 * MINUTE, last],
      times: 72,
      since: NOW,
    });
  });

  it('is told when it comes back worse than what was told, and not when it is as it was', () => {
    threeTimes([assessment('failed', minutes(60))]);
    expect(looks.look(NOW + 60 * MINUTE, [assessment('failed', minutes(119))])).toEqual([]);
    looks.look(NOW + 70 * MINUTE, passes);
    expect(looks.look(NOW + 80 * MINUTE, [assessment('failed', minutes(120))])).toEqual(['worsened']);
    expect(looks.changes[0]?.found).toContain('it comes and goes: it opened 5 times');
    looks.look(NOW + 90 * MINUTE, passes);
    expect(looks.look(NOW + 100 * MINUTE, [assessment('failed', minutes(239))])).toEqual([]);
  });

  it('is reminded of as ever, but only when it is there', () => {
    threeTimes();
    const told = NOW + 40 * MINUTE;
    looks.look(told + 4 * HOUR - 10 * MINUTE, fails);
    expect(looks.look(told + 4 * HOUR, passes)).toEqual([]);
    expect(looks.look(told + 4 * HOUR + 10 * MINUTE, fails)).toEqual(['reminder']);
    expect(looks.changes[0]?.found).toContain('it comes and goes: it opened 5 times');
    expect(looks.look(told + 8 * HOUR, fails)).toEqual([]);
    expect(looks.look(told + 8 * HOUR + 10 * MINUTE, fails)).toEqual(['reminder']);
  });

  it('that fails at every other look for a day is told ten times, and each day after that six times', () => {
    const said = Array.from({ length: 2 * 144 }, (_, look) =>
      looks.look(NOW + look * 10 * MINUTE, look % 2 === 0 ? fails : passes),
    );
    const reminders = times('reminder', 5);
    expect(said.slice(0, 144).flat()).toEqual([
      'opened',
      'resolved',
      'opened',
      'resolved',
      'opened',
      ...reminders,
    ]);
    expect(said.slice(144).flat()).toEqual(times('reminder', 6));
  });

  it('opens when it is found, where nobody could tell for two hours before', () => {
    looks.look(NOW, unknown);
    looks.look(NOW + 2 * HOUR, unknown);
    expect(looks.finding).toMatchObject({ firstSeen: NOW, openings: { lately: [NOW + 2 * HOUR] } });
  });

  describe('and cannot be judged', () => {
    it('at the end of its two hours is told as resolved when it is seen again', () => {
      threeTimes();
      looks.look(GONE + HOUR, unknown);
      expect(looks.finding).toMatchObject({ state: 'resolved', unseen: { since: GONE + HOUR } });
      looks.look(GONE + HOUR + 10 * MINUTE, passes);
      expect(looks.finding).toMatchObject({ unseen: null });
      looks.look(GONE + 2 * HOUR - MINUTE, unknown);
      expect(looks.look(GONE + 2 * HOUR, unknown)).toEqual([]);
      expect(looks.look(GONE + 2 * HOUR + 10 * MINUTE, passes)).toEqual(['resolved']);
    });

    it('for long stays open to receivers, as grave as they were told', () => {
      threeTimes();
      for (let after = 10; after <= 130; after += 10)
        expect(looks.look(GONE + after * MINUTE, unknown)).toEqual([]);
      expect(looks.finding).toMatchObject({ state: 'open', verdict: 'unknown', severity: 'critical' });
      looks.look(GONE + 140 * MINUTE, unknown);
      expect(looks.finding).toMatchObject({ severity: 'critical' });
      expect(looks.look(GONE + 150 * MINUTE, passes)).toEqual([]);
      expect(looks.look(GONE + 270 * MINUTE, passes)).toEqual(['resolved']);
      expect(looks.changes).toMatchObject([{ severity: 'critical' }]);
    });

    it('is not forgotten, although it recovered 40 days ago and was out of sight since', () => {
      threeTimes();
      for (const days of [1, 29, 30, 40])
        expect(looks.look(GONE + days * DAY, [], { sawAll: false })).toEqual([]);
      expect(looks.look(GONE + 41 * DAY, passes)).toEqual(['resolved']);
      expect(looks.look(GONE + 42 * DAY, passes)).toEqual([]);
      expect(looks.finding).toBeUndefined();
    });
  });

  it('is told as resolved when nothing speaks of it any more for two hours', () => {
    threeTimes();
    looks.look(NOW + HOUR, fails);
    expect(looks.look(NOW + 2 * HOUR, [])).toEqual([]);
    expect(looks.look(NOW + 4 * HOUR - SECOND, [])).toEqual([]);
    expect(looks.look(NOW + 4 * HOUR, [])).toEqual(['resolved']);
    expect(looks.changes[0]?.found).toMatch(/^no longer judged: .*; it came and went 4 times since /);
  });

  it('is told as resolved after its control is gone, at the light pass that comes two hours later', () => {
    threeTimes();
    looks.look(NOW + HOUR, fails);
    expect(looks.look(NOW + 2 * HOUR, [], { controls: [QUIET], pass: 'daily' })).toEqual([]);
    expect(looks.look(NOW + 4 * HOUR, [], { controls: [QUIET] })).toEqual(['resolved']);
  });

  it('is told as resolved by the light pass, although that does not judge it', () => {
    const control = { control: DAILY.id };
    const pass = 'daily' as const;
    for (const after of [0, 10, 20, 30, 40, 50]) {
      const verdict = after % 20 === 0 ? 'failed' : 'passed';
      looks.look(NOW + after * MINUTE, [assessment(verdict, control)], { pass });
    }
    expect(looks.look(GONE + 2 * HOUR - SECOND, [])).toEqual([]);
    expect(looks.look(GONE + 2 * HOUR, [])).toEqual(['resolved']);
  });

  describe('under a waiver', () => {
    const waivers = [waiver];

    it('is not told, and in the end as resolved', () => {
      threeTimes();
      for (let after = 60; after <= 480; after += 10)
        expect(looks.look(NOW + after * MINUTE, after % 20 === 0 ? fails : passes, { waivers })).toEqual([]);
      expect(looks.look(NOW + 490 * MINUTE, passes, { waivers })).toEqual([]);
      expect(looks.look(NOW + 610 * MINUTE, passes, { waivers })).toEqual(['resolved']);
      expect(looks.changes[0]?.found).not.toContain('waiver');
      expect(looks.finding).toMatchObject({ waiver: null });
    });

    it('that was never told of has no end to be told either', () => {
      for (let after = 0; after <= 50; after += 10)
        looks.look(NOW + after * MINUTE, after % 20 === 0 ? fails : passes, { waivers });
      expect(looks.look(GONE + 2 * HOUR, passes, { waivers })).toEqual([]);
      expect(looks.finding).toMatchObject({ told: null, waiver: null });
    });

    it('is opened again when that has ended, also where it was away at that moment', () => {
      threeTimes();
      looks.look(NOW + HOUR, fails, { waivers });
      looks.look(NOW + DAY - 10 * MINUTE, passes, { waivers });
      expect(looks.look(NOW + DAY + 10 * MINUTE, passes, { waivers })).toEqual([]);
      expect(looks.look(NOW + DAY + 20 * MINUTE, fails, { waivers })).toEqual(['opened']);
      expect(looks.changes[0]?.found).toContain('its waiver has ended (moving)');
      looks.look(NOW + DAY + 30 * MINUTE, passes, { waivers });
      expect(looks.look(NOW + DAY + 40 * MINUTE, fails, { waivers })).toEqual([]);
    });
  });

  it('goes on from a document that knows no openings yet', () => {
    looks.look(NOW, fails);
    const { document } = looks;
    if (document === null) throw new Error('nothing was kept');
    const findings = document.findings.map(({ openings, ...finding }) => finding);
    const next = assess({ ...document, findings }, fails, assessing({ now: NOW + HOUR }));
    expect(next.findings).toMatchObject([{ openings: { lately: [NOW], times: 1, since: NOW } }]);
    const over = assess({ ...document, findings }, passes, assessing({ now: NOW + HOUR }));
    expect(over.findings).toMatchObject([{ pending: [{ kind: 'resolved' }] }]);
  });
});

import { assess } from '../../../../../shared/domain/findings/assess';
import { messagesOf } from '../../../../../shared/domain/findings/messages';
import type { Waiver } from '../../../../../shared/domain/policy';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../../shared/domain/time';
import { at, HOME } from '../../../../support/builders';
import { Looks } from '../../../../support/findings-looks';
import { about, assessing, assessment, DAILY, LIGHT, QUIET } from '../../../../support/findings-worlds';

const NOW = at('2026-03-01 09:00');
const ID = `recovery-point-home/qrosity-db/${HOME}`;
const minutes = (value: number) => ({ measure: { value, unit: 'minutes' } });

describe('a look', () => {
  let looks: Looks;
  beforeEach(() => {
    looks = new Looks();
  });

  it('opens what fails, says it once, and resolves it when it passes', () => {
    expect(looks.look(NOW, [assessment('passed')])).toEqual([]);
    expect(looks.finding).toBeUndefined();
    const cost = '94 minutes of data, if us-east-1 is lost now';
    const failed = assessment('failed', { cost, command: 'aws rds create-db-snapshot', ...minutes(94) });
    expect(looks.look(NOW + 10 * MINUTE, [failed])).toEqual(['opened']);
    expect(looks.finding).toEqual({
      id: ID,
      control: LIGHT.id,
      subject: { database: 'qrosity-db', region: HOME },
      title: LIGHT.title,
      requirements: ['REC-1'],
      severity: 'critical',
      verdict: 'failed',
      state: 'open',
      firstSeen: NOW + 10 * MINUTE,
      lastSeen: NOW + 10 * MINUTE,
      unseen: null,
      resolvedAt: null,
      found: 'it is failed',
      expected: 'no older than 60 minutes (recovery.point)',
      cost,
      command: 'aws rds create-db-snapshot',
      runbook: 'docs/controls.md#recovery-point-home',
      measure: { value: 94, unit: 'minutes' },
      worst: { value: 94, unit: 'minutes' },
      told: {
        kind: 'opened',
        at: NOW + 10 * MINUTE,
        message: '000000000002-critical-1',
        severity: 'critical',
        verdict: 'failed',
        measure: { value: 94, unit: 'minutes' },
        severities: ['critical'],
      },
      waiver: null,
      openings: { lately: [NOW + 10 * MINUTE], times: 1, since: NOW + 10 * MINUTE },
      pending: [],
    });
    expect(looks.look(NOW + 20 * MINUTE, [failed])).toEqual([]);
    expect(looks.look(NOW + 30 * MINUTE, [assessment('passed')])).toEqual(['resolved']);
    expect(looks.finding).toMatchObject({ state: 'resolved', resolvedAt: NOW + 30 * MINUTE, cost: null });
    expect(looks.look(NOW + 40 * MINUTE, [assessment('passed')])).toEqual([]);
  });

  it('opens again under the same id, with a beginning of its own', () => {
    looks.look(NOW, [assessment('failed', minutes(500))]);
    looks.look(NOW + HOUR, [assessment('passed')]);
    expect(looks.look(NOW + 2 * HOUR, [assessment('failed', minutes(70))])).toEqual(['opened']);
    expect(looks.finding).toMatchObject({
      firstSeen: NOW + 2 * HOUR,
      resolvedAt: null,
      worst: { value: 70 },
    });
  });

  it.each([
    [94, 187, []],
    [94, 188, ['worsened']],
    [0, 1, ['worsened']],
    [1, 2, ['worsened']],
    [2, 3, []],
  ])('tells of a measure that grows from %i to %i: %j', (from, to, said) => {
    looks.look(NOW, [assessment('failed', minutes(from))]);
    expect(looks.look(NOW + HOUR, [assessment('failed', minutes(to))])).toEqual(said);
  });

  it('measures growth by the worst that was told, so that to and fro is no news', () => {
    looks.look(NOW, [assessment('failed', minutes(60))]);
    const said = [130, 60, 130, 259, 260].map((value, index) =>
      looks.look(NOW + (index + 1) * 10 * MINUTE, [assessment('failed', minutes(value))]),
    );
    expect(said).toEqual([['worsened'], [], [], [], ['worsened']]);
    const days = { measure: { value: 9_999, unit: 'days' } };
    expect(looks.look(NOW + HOUR, [assessment('failed', days)])).toEqual([]);
  });

  it('tells of a control that has become graver, and not of one that has become milder', () => {
    const as = (severity: 'high' | 'critical' | 'medium') => ({ controls: [about({ severity })] });
    looks.look(NOW, [assessment('failed')], as('high'));
    expect(looks.look(NOW + MINUTE, [assessment('failed')], as('medium'))).toEqual([]);
    expect(looks.look(NOW + 2 * MINUTE, [assessment('failed')], as('critical'))).toEqual(['worsened']);
  });

  it.each([
    ['critical', 4 * HOUR],
    ['high', DAY],
    ['medium', 7 * DAY],
  ] as const)('reminds of what is %s, %i ms after the last word, on either pass', (severity, after) => {
    const controls = [about({ id: DAILY.id, severity, pass: 'daily' })];
    looks.look(NOW, [assessment('failed', { control: DAILY.id })], { controls, pass: 'daily' });
    expect(looks.look(NOW + after - SECOND, [], { controls })).toEqual([]);
    expect(looks.look(NOW + after, [], { controls })).toEqual(['reminder']);
    expect(looks.look(NOW + 2 * after - SECOND, [], { controls })).toEqual([]);
    expect(looks.look(NOW + 2 * after, [], { controls })).toEqual(['reminder']);
  });

  it('keeps one reminder that nobody takes, the newest', () => {
    const remind = (hours: number) => {
      looks.document = assess(looks.document, [assessment('failed')], assessing({ now: NOW + hours * HOUR }));
      return looks.finding?.pending.map(({ kind, at }) => [kind, at]);
    };
    looks.look(NOW, [assessment('failed')]);
    expect(remind(4)).toEqual([['reminder', NOW + 4 * HOUR]]);
    expect(remind(5)).toEqual([['reminder', NOW + 4 * HOUR]]);
    expect(remind(8)).toEqual([['reminder', NOW + 8 * HOUR]]);
  });

  it('reminds of what nobody has taken yet, once it is old', () => {
    looks.document = assess(null, [assessment('failed')], assessing({ now: NOW }));
    looks.document = assess(looks.document, [assessment('failed')], assessing({ now: NOW + 4 * HOUR }));
    expect(looks.finding?.pending.map(({ kind }) => kind)).toEqual(['opened', 'reminder']);
  });

  it('never reminds of what is low', () => {
    looks.look(NOW, [assessment('failed', { control: QUIET.id })]);
    expect(looks.look(NOW + 300 * DAY, [assessment('failed', { control: QUIET.id })])).toEqual([]);
  });

  describe('that shows nothing', () => {
    it('is a finding once it has lasted, one step milder, and since it began', () => {
      expect(looks.look(NOW, [assessment('unknown')])).toEqual([]);
      expect(looks.look(NOW + 2 * HOUR - SECOND, [assessment('unknown')])).toEqual([]);
      expect(looks.finding).toBeUndefined();
      expect(looks.look(NOW + 2 * HOUR, [assessment('unknown')])).toEqual(['opened']);
      expect(looks.finding).toMatchObject({
        verdict: 'unknown',
        severity: 'high',
        firstSeen: NOW,
        found: 'us-east-1 does not answer',
      });
      expect(looks.look(NOW + 3 * HOUR, [assessment('failed')])).toEqual(['worsened']);
      expect(looks.finding).toMatchObject({ verdict: 'failed', severity: 'critical' });
    });

    it('takes two days where it is looked at once a day', () => {
      const unknown = [assessment('unknown', { control: DAILY.id })];
      const daily = { pass: 'daily' } as const;
      looks.look(NOW, unknown, daily);
      // A light pass in between looks at other things, and forgets nothing.
      looks.look(NOW + HOUR, []);
      expect(looks.look(NOW + DAY, unknown, daily)).toEqual([]);
      expect(looks.look(NOW + 2 * DAY, unknown, daily)).toEqual(['opened']);
    });

    it('begins to count anew after a look that showed something', () => {
      looks.look(NOW, [assessment('unknown')]);
      looks.look(NOW + HOUR, [assessment('passed')]);
      looks.look(NOW + 2 * HOUR, [assessment('unknown')]);
      expect(looks.look(NOW + 3 * HOUR, [assessment('unknown')])).toEqual([]);
      expect(looks.document?.unknowns).toEqual({ [ID]: NOW + 2 * HOUR });
    });

    it('never resolves what failed, and the reminder says since when nothing was seen', () => {
      looks.look(NOW, [assessment('failed')]);
      looks.look(NOW + HOUR, [assessment('unknown')]);
      looks.look(NOW + 2 * HOUR, [assessment('unknown')]);
      expect(looks.finding).toMatchObject({
        state: 'open',
        verdict: 'failed',
        severity: 'critical',
        lastSeen: NOW,
        unseen: { since: NOW + HOUR, why: 'us-east-1 does not answer' },
      });
      const document = assess(looks.document, [assessment('unknown')], assessing({ now: NOW + 4 * HOUR }));
      expect(messagesOf(document)[0]?.notices[0].change).toMatchObject({
        kind: 'reminder',
        found: 'it is failed; not seen since 2026-03-01T10:00:00Z: us-east-1 does not answer',
      });
      looks.look(NOW + 5 * HOUR, [assessment('failed')]);
      expect(looks.finding).toMatchObject({ unseen: null, lastSeen: NOW + 5 * HOUR });
    });
  });

  it('leaves alone what its pass does not judge', () => {
    looks.look(NOW, [assessment('failed', { control: DAILY.id })], { pass: 'daily' });
    expect(looks.look(NOW + HOUR, [])).toEqual([]);
    expect(looks.finding).toMatchObject({ state: 'open', unseen: null, lastSeen: NOW });
    expect(looks.document).toMatchObject({ lastDaily: NOW, lastLight: NOW + HOUR });
    expect(() => looks.look(NOW, [assessment('failed', { control: DAILY.id })])).toThrow('light pass');
  });

  it('resolves what no control speaks of any more, when everything was seen', () => {
    looks.look(NOW, [assessment('failed')]);
    expect(looks.look(NOW + HOUR, [], { sawAll: false })).toEqual([]);
    expect(looks.finding).toMatchObject({ state: 'open', unseen: { since: NOW + HOUR } });
    expect(looks.look(NOW + 2 * HOUR, [])).toEqual(['resolved']);
    expect(looks.finding?.found).toBe('no longer judged: recovery-point-home does not speak of it any more');
  });

  it('knows why a finding is over: somebody saw that it passes, or nobody judges it any more', () => {
    looks.look(NOW, [assessment('failed')]);
    expect(looks.finding).not.toHaveProperty('ended');
    looks.look(NOW + HOUR, [assessment('passed')]);
    expect(looks.finding).toMatchObject({ state: 'resolved', ended: 'passed' });
    expect(looks.changes).toMatchObject([{ kind: 'resolved', ended: 'passed' }]);
    looks.look(NOW + 2 * HOUR, [assessment('failed')]);
    expect(looks.finding).not.toHaveProperty('ended');
    expect(looks.changes[0]).not.toHaveProperty('ended');
    looks.look(NOW + 3 * HOUR, []);
    expect(looks.finding).toMatchObject({ state: 'resolved', ended: 'gone' });
    expect(looks.changes).toMatchObject([{ kind: 'resolved', ended: 'gone' }]);
  });

  it('remembers what a finding was told under while it is open to receivers', () => {
    const told = () => looks.changes.map(({ severity, severities }) => [severity, severities]);
    looks.look(NOW, [assessment('unknown')]);
    looks.look(NOW + 2 * HOUR, [assessment('unknown')]);
    expect(told()).toEqual([['high', ['high']]]);
    looks.look(NOW + 3 * HOUR, [assessment('failed')]);
    expect(told()).toEqual([['critical', ['critical', 'high']]]);
    looks.look(NOW + 7 * HOUR, [assessment('failed')]);
    looks.look(NOW + 8 * HOUR, [assessment('passed')]);
    expect(told()).toEqual([['critical', ['critical', 'high']]]);
    looks.look(NOW + 9 * HOUR, [assessment('failed')]);
    expect(told()).toEqual([['critical', ['critical']]]);
  });

  it('knows when findings began, also from a document that does not', () => {
    looks.look(NOW, []);
    looks.look(NOW + HOUR, []);
    expect(looks.document?.begun).toBe(NOW);
    const { begun, ...older } = looks.document ?? assess(null, [], assessing({ now: NOW }));
    looks.document = older;
    looks.look(NOW + 2 * HOUR, []);
    expect(looks.document?.begun).toBe(NOW + HOUR);
  });

  it('resolves the findings of a control that is no more, on the daily pass', () => {
    looks.look(NOW, [assessment('failed')]);
    expect(looks.look(NOW + HOUR, [], { controls: [] })).toEqual([]);
    expect(looks.look(NOW + 2 * HOUR, [], { controls: [], pass: 'daily' })).toEqual(['resolved']);
  });

  it('tells of nothing that cannot be known yet before it could be', () => {
    const awaited = assessment('unknown', { awaited: NOW + 5 * HOUR });
    looks.look(NOW, [awaited]);
    expect(looks.look(NOW + 5 * HOUR - SECOND, [awaited])).toEqual([]);
    expect(looks.look(NOW + 5 * HOUR, [awaited])).toEqual(['opened']);
    expect(looks.finding).toMatchObject({ verdict: 'unknown', firstSeen: NOW });
  });

  it('forgets an unknown that is gone, and not one that is out of sight', () => {
    looks.look(NOW, [assessment('unknown')]);
    looks.look(NOW + HOUR, [], { sawAll: false });
    expect(looks.document?.unknowns).toEqual({ [ID]: NOW });
    looks.look(NOW + HOUR, []);
    expect(looks.document?.unknowns).toEqual({});
  });

  it('keeps what is resolved for 30 days', () => {
    looks.look(NOW, [assessment('failed')]);
    looks.look(NOW + HOUR, []);
    looks.look(NOW + HOUR + 30 * DAY - SECOND, []);
    expect(looks.finding?.state).toBe('resolved');
    looks.look(NOW + HOUR + 30 * DAY, []);
    expect(looks.finding).toBeUndefined();
  });

  it('refuses two judgments of one subject, as one would hide the other', () => {
    expect(() => looks.look(NOW, [assessment('failed'), assessment('passed')])).toThrow('twice');
  });

  it('does not turn time back', () => {
    looks.look(NOW, [assessment('failed')]);
    looks.look(NOW - 20 * MINUTE, [assessment('failed')]);
    expect(looks.document).toMatchObject({ at: NOW, lastLight: NOW });
  });

  describe('under a waiver', () => {
    const waiver = (fields: Partial<Waiver> = {}): Waiver => ({
      control: LIGHT.id,
      database: null,
      region: null,
      reason: 'moved on Sunday',
      until: NOW + DAY,
      ...fields,
    });

    it('is recorded and not told, until the waiver ends', () => {
      const waivers = [waiver()];
      expect(looks.look(NOW, [assessment('failed')], { waivers })).toEqual([]);
      expect(looks.finding).toMatchObject({
        state: 'open',
        waiver: { reason: 'moved on Sunday', until: NOW + DAY },
      });
      expect(looks.look(NOW + DAY, [assessment('failed', minutes(9_999))], { waivers })).toEqual([]);
      const over = assess(
        looks.document,
        [assessment('failed')],
        assessing({ now: NOW + DAY + SECOND, waivers }),
      );
      expect(messagesOf(over)[0]?.notices[0].change).toMatchObject({
        kind: 'opened',
        found: 'it is failed; its waiver has ended (moved on Sunday)',
      });
    });

    it('calls off who was called before it, and nobody else', () => {
      const waivers = [waiver()];
      looks.look(NOW, [assessment('failed')]);
      expect(looks.look(NOW + 5 * HOUR, [assessment('failed')], { waivers })).toEqual([]);
      expect(looks.look(NOW + 6 * HOUR, [assessment('passed')], { waivers })).toEqual(['resolved']);
      looks.look(NOW + 7 * HOUR, [assessment('failed')], { waivers });
      expect(looks.look(NOW + 8 * HOUR, [assessment('passed')], { waivers })).toEqual([]);
    });

    it('is not told either where nobody can tell of it for too long', () => {
      const waivers = [waiver()];
      looks.look(NOW, [assessment('unknown')], { waivers });
      expect(looks.look(NOW + 2 * HOUR, [assessment('unknown')], { waivers })).toEqual([]);
      expect(looks.finding).toMatchObject({ verdict: 'unknown', waiver: { reason: 'moved on Sunday' } });
      expect(looks.look(NOW + DAY + SECOND, [assessment('unknown')], { waivers })).toEqual(['opened']);
    });

    it.each([
      ['another control', { control: QUIET.id }],
      ['another database', { database: 'erp' }],
      ['another region', { region: 'us-west-2' }],
      ['yesterday', { until: NOW - SECOND }],
    ])('of %s is told', (_, fields) => {
      expect(looks.look(NOW, [assessment('failed')], { waivers: [waiver(fields)] })).toEqual(['opened']);
    });
  });
});

import { assess } from '../../../../../shared/domain/findings/assess';
import { findingId } from '../../../../../shared/domain/findings/id';
import { messagesOf } from '../../../../../shared/domain/findings/messages';
import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import { at, HOME } from '../../../../support/builders';
import { Looks } from '../../../../support/findings-looks';
import { assessing, assessment, LIGHT, QUIET } from '../../../../support/findings-worlds';
import fc from '../../../../support/seeded';

const NOW = at('2026-03-01 09:00');
const failing = (control: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    assessment('failed', { control, subject: { database: `erp-${index}`, region: HOME } }),
  );
const sizes = (assessments: ReturnType<typeof failing>) =>
  messagesOf(assess(null, assessments, assessing({ now: NOW }))).map(({ id, notices }) => [
    id,
    notices.length,
  ]);

describe('the messages of a run', () => {
  it('are one for each change while there are three of a severity', () => {
    expect(sizes(failing(LIGHT.id, 3))).toEqual([
      ['holdfast-prod:000000000001-critical-1', 1],
      ['holdfast-prod:000000000001-critical-2', 1],
      ['holdfast-prod:000000000001-critical-3', 1],
    ]);
  });

  it('are one for each severity when there are more, the gravest first', () => {
    expect(sizes([...failing(QUIET.id, 5), ...failing(LIGHT.id, 1_000)])).toEqual([
      ['holdfast-prod:000000000001-critical-1', 1_000],
      ['holdfast-prod:000000000001-low-1', 5],
    ]);
  });

  it('tell of a thousand databases at most, however much of each', () => {
    const regions = failing(LIGHT.id, 999).map((one) => ({
      ...one,
      subject: { ...one.subject, region: 'us-west-2' },
    }));
    expect(sizes([...failing(LIGHT.id, 1_000), ...regions]).map(([, size]) => size)).toEqual([1_999]);
    expect(sizes(failing(LIGHT.id, 1_001)).map(([, size]) => size)).toEqual([1_000, 1]);
  });

  it('are the same, word for word, when the next run takes them over', () => {
    const first = assess(null, failing(LIGHT.id, 2), assessing({ now: NOW }));
    const soon = assess(first, failing(LIGHT.id, 2), assessing({ now: NOW + 7 * MINUTE }));
    expect(messagesOf(soon)).toEqual([]);
    const later = assess(first, failing(LIGHT.id, 2), assessing({ now: NOW + 8 * MINUTE }));
    const said = (document: typeof first) =>
      messagesOf(document).map(({ id, notices }) => ({
        id,
        notices: notices.map(({ change: { claim, ...change } }) => change),
      }));
    expect(said(later)).toEqual(said(first));
  });

  it('are one for each look once there were six of a severity within an hour', () => {
    const looks = new Looks();
    const opened = (count: number) => {
      const messages = new Set(looks.changes.map(({ message }) => message));
      expect(looks.changes).toHaveLength(count);
      return messages.size;
    };
    const sizes = [3, 6, 9, 10, 12].map((count, index) => {
      looks.look(NOW + index * 10 * MINUTE, failing(LIGHT.id, count));
      return opened(count - ([0, 3, 6, 9, 10][index] ?? 0));
    });
    expect(sizes).toEqual([3, 3, 1, 1, 1]);
    // Those of another severity are told one by one, and these are again when the hour is over.
    looks.look(NOW + 50 * MINUTE, [...failing(LIGHT.id, 12), ...failing(QUIET.id, 3)]);
    expect(opened(3)).toBe(3);
    looks.look(NOW + 101 * MINUTE, [...failing(LIGHT.id, 15), ...failing(QUIET.id, 3)]);
    expect(opened(3)).toBe(3);
  });

  it('of a storm keep apart whom else they are for', () => {
    const looks = new Looks();
    const [some, others] = [failing(LIGHT.id, 4), failing(LIGHT.id, 10).slice(4)];
    const unknown = some.map((one) => ({ ...one, verdict: 'unknown' as const }));
    looks.look(NOW, unknown);
    looks.look(NOW + 2 * HOUR, unknown);
    const document = assess(looks.document, [...some, ...others], assessing({ now: NOW + 3 * HOUR }));
    const told = messagesOf(document).map(({ id, notices }) => [
      id,
      new Set(notices.map(({ change }) => change.kind)),
      notices.length,
    ]);
    expect(told).toEqual([
      [expect.stringMatching(/-critical-1$/), new Set(['opened']), 6],
      [expect.stringMatching(/-critical-2$/), new Set(['worsened']), 4],
    ]);
  });

  it('come in the order that they came about, before their severity', () => {
    const first = assess(null, failing(QUIET.id, 1), assessing({ now: NOW }));
    const both = [...failing(QUIET.id, 1), ...failing(LIGHT.id, 1)];
    const second = assess(first, both, assessing({ now: NOW + 10 * MINUTE }));
    expect(messagesOf(second).map(({ id }) => id)).toEqual([
      'holdfast-prod:000000000001-low-1',
      'holdfast-prod:000000000002-critical-1',
    ]);
  });
});

describe('the id of a finding', () => {
  it('is made of control, database, region and resource', () => {
    const subject = { database: 'qrosity-db', region: 'us-west-2' };
    expect(findingId('recovery-point-copy', subject)).toBe('recovery-point-copy/qrosity-db/us-west-2');
    expect(findingId('key-in-danger', { database: '*', region: HOME, resource: 'a/b c' })).toBe(
      'key-in-danger/*/us-east-1/a%2Fb%20c',
    );
  });

  it('is one line of plain characters, and no two subjects share one', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    const subjects = fc.record(
      { database: text, region: text, resource: text },
      { requiredKeys: ['database', 'region'] },
    );
    fc.assert(
      fc.property(subjects, subjects, (a, b) => {
        expect(findingId('c', a)).toMatch(/^[A-Za-z0-9._:@*%/-]+$/);
        const same = a.database === b.database && a.region === b.region && a.resource === b.resource;
        expect(findingId('c', a) === findingId('c', b)).toBe(same);
      }),
    );
  });
});

import { assess } from '../../../../../shared/domain/findings/assess';
import {
  documentOf,
  findingsKey,
  findingsNumber,
  headOf,
  pageKey,
  readHead,
  readPage,
  writtenFinding,
} from '../../../../../shared/domain/findings/record';
import { at } from '../../../../support/builders';
import { assessing, assessment } from '../../../../support/findings-worlds';

const KEY = 'findings/000000000007.json';
const RECORD = {
  schema: 'holdfast.findings/1' as const,
  installation: 'holdfast-prod',
  number: 7,
  at: '2026-03-01T09:00:00Z',
  run: 'r',
  lastLight: null,
  lastDaily: null,
  findings: [],
  unknowns: {},
  pages: [],
};

describe('the key of a document', () => {
  it('sorts as its number does, and is read back', () => {
    expect(findingsKey(7)).toBe(KEY);
    expect([findingsKey(10), findingsKey(9)].sort()).toEqual([findingsKey(9), findingsKey(10)]);
    expect(findingsNumber(KEY)).toBe(7);
    for (const key of [
      'findings/7.json',
      'findings/README.md',
      `x/${KEY}`,
      'findings-pages/000000000007/r-0001.json',
    ])
      expect(findingsNumber(key)).toBeNull();
  });

  it('of a page takes no path from the name of a run', () => {
    expect(pageKey({ number: 7, run: '../a b' }, 1)).toBe('findings-pages/000000000007/___a_b-0001.json');
  });
});

describe('a document', () => {
  it.each([
    ['nothing', null],
    ['another schema', { ...RECORD, schema: 'holdfast.inspection/1' }],
    ['another number than its key', { ...RECORD, number: 8 }],
    ['another installation', { ...RECORD, installation: 'holdfast-test' }],
  ])('of %s is refused as damaged', (_, kept) => {
    expect(() => readHead(KEY, kept, 'holdfast-prod')).toThrow(
      expect.objectContaining({ kind: 'damaged', message: expect.stringContaining(`read ${KEY}: it is`) }),
    );
  });

  it('with a page that is none is refused', () => {
    expect(() => readPage('findings-pages/x', null)).toThrow(expect.objectContaining({ kind: 'damaged' }));
  });

  it.each([
    ['at', { at: 'yesterday' }],
    ['an unknown', { unknowns: { 'c/d/r': 5 } }],
    ['a finding', { findings: [{ firstSeen: '2026-02-30T00:00:00Z' }] }],
    ['an opening', { findings: [{ openings: { lately: ['2026-03-01T09:00:00Z', 'noon'] } }] }],
  ])('is refused for a time that is none: of %s', (_, fields) => {
    expect(() => documentOf(KEY, { ...RECORD, ...fields }, [])).toThrow(/is no time$/);
  });

  it('of today knows when findings began, and one of before is read without', () => {
    const document = assess(null, [assessment('failed')], assessing({ now: at('2026-03-01 09:20') }));
    const head = { ...headOf(document), findings: [], unknowns: {}, pages: [] };
    expect(head.begun).toBe('2026-03-01T09:20:00Z');
    expect(documentOf(KEY, head, []).begun).toBe(document.at);
    expect(documentOf(KEY, RECORD, [])).not.toHaveProperty('begun');
    expect(() => documentOf(KEY, { ...RECORD, begun: 'once' }, [])).toThrow(/is no time$/);
  });

  it('is written with its times as texts, each of a list too, and read back as it was', () => {
    const [first, second] = [at('2026-03-01 09:00'), at('2026-03-01 09:20')];
    const [opened] = assess(null, [assessment('failed')], assessing({ now: second })).findings;
    if (opened === undefined) throw new Error('nothing opened');
    const pending = opened.pending.map((change) => ({ ...change, heard: second }));
    const finding = { ...opened, pending, openings: { lately: [first, second], times: 2, since: first } };
    const written = writtenFinding(finding);
    expect(written).toMatchObject({
      openings: {
        lately: ['2026-03-01T09:00:00Z', '2026-03-01T09:20:00Z'],
        times: 2,
        since: '2026-03-01T09:00:00Z',
      },
    });
    expect(documentOf(KEY, { ...RECORD, findings: [written] }, []).findings).toEqual([finding]);
  });
});

import { type Grounds, judge, told } from '../../../../functions/test-restore/judge';
import type { Check, Verdict } from '../../../../shared/domain/inspection/check';
import type { InspectionRecord } from '../../../../shared/domain/inspection/record';
import type { TestRecord } from '../../../../shared/domain/restore-test';
import { DAY, formatInstant, HOUR } from '../../../../shared/domain/time';
import {
  at,
  HOME,
  policy,
  protection,
  restoreTest,
  slotSnapshot,
  testInstance,
} from '../../../support/builders';

const ASKED = at('2026-03-01 09:05');
const NOW = at('2026-03-01 10:00');
const test = { database: 'qrosity-db', region: HOME, requested: ASKED };
const gold = protection({ restoreTest: restoreTest() });
const check = (id: string, verdict: Verdict, found = 'as expected'): Check => ({
  id,
  requirement: 'TEN-4',
  verdict,
  expectation: 'it is well',
  found,
  subjects: [],
});

/** Looked into at 09:45, five minutes after it stood; the first answer after two seconds, the last after ninety. */
function inspection(checks: readonly Check[], fields: Partial<InspectionRecord> = {}): InspectionRecord {
  return {
    schema: 'holdfast.inspection/1',
    installation: 'holdfast',
    database: 'qrosity-db',
    region: HOME,
    setting: 'restored',
    at: '2026-03-01T09:45:00Z',
    as: '2026-03-01T08:00:00Z',
    verdict: 'passed',
    checks,
    server: { version: '17.6', sizeBytes: 2 ** 30 },
    connected: '2026-03-01T09:45:00Z',
    seconds: { answered: 2, finished: 90 },
    tenants: 12,
    newestChange: null,
    rows: {},
    ...fields,
  };
}

function verdict(fields: Partial<Grounds> = {}, by = gold): TestRecord {
  const grounds: Grounds = {
    standing: {
      test,
      held: slotSnapshot(at('2026-03-01 08:00')),
      instance: testInstance(ASKED),
      kept: { verdict: false, found: true, unable: [] },
    },
    because: { how: 'looked' },
    found: inspection([check('tenants.schemas', 'passed')]),
    stood: { at: at('2026-03-01 09:40'), by: 'RDS event' },
    obstacles: [],
    earlier: [],
    ...fields,
  };
  return judge(grounds, by, policy(), NOW);
}

describe('a test passes', () => {
  it('where every check passed and it came within the promise, counted from the moment that RDS was asked', () => {
    expect(verdict()).toMatchObject({
      schema: 'holdfast.restore-test/1',
      verdict: 'passed',
      requested: '2026-03-01T09:05:00Z',
      promisedSeconds: 14_400,
      times: {
        asked: '2026-03-01T09:10:00Z',
        available: '2026-03-01T09:40:00Z',
        availableBy: 'RDS event',
        looked: '2026-03-01T09:45:00Z',
        seconds: { available: 1800, answered: 2102, validated: 2190, waited: 300 },
      },
    });
  });

  it('with what could not be judged, which it names', () => {
    const { verdict: word, why } = verdict({
      found: inspection([check('a', 'passed'), check('server.amcheck', 'unknown')]),
    });
    expect([word, why]).toEqual(['passed', '2 checks passed, not judged: server.amcheck']);
  });
});

describe('a test fails', () => {
  it('where a check failed, and says which and what was found', () => {
    const found = inspection([
      check('tenants.schemas', 'failed', 'missing: tenant_bramble'),
      check('b', 'passed'),
    ]);
    expect(verdict({ found })).toMatchObject({
      verdict: 'failed',
      why: 'tenants.schemas: missing: tenant_bramble',
    });
  });

  it('where it took longer than promised, by a second and not by none', () => {
    const slow = protection({ recovery: { point: HOUR, time: 2189 * 1000 } });
    expect(verdict({}, slow)).toMatchObject({
      verdict: 'failed',
      why: expect.stringMatching(/^recovery.time: 36m30s/),
    });
    const just = protection({ recovery: { point: HOUR, time: 2190 * 1000 } });
    expect(verdict({}, just).verdict).toBe('passed');
  });

  it('where RDS cannot make an instance of it', () => {
    const because = { how: 'unrestorable', why: 'RDS says incompatible-restore' } as const;
    expect(verdict({ because, found: null })).toMatchObject({
      verdict: 'failed',
      why: because.why,
      times: null,
      inspection: null,
    });
  });
});

describe('a test is inconclusive', () => {
  it('where RDS made an instance that does not work', () => {
    const because = { how: 'broken', why: 'RDS says storage-full' } as const;
    expect(verdict({ because, found: null })).toMatchObject({
      verdict: 'inconclusive',
      why: expect.stringContaining('storage-full'),
    });
  });

  it('where it was given up, and says while doing what, after how long, and what was in the way', () => {
    const because = { how: 'gave-up', during: 'inspecting', after: 8 * HOUR } as const;
    expect(verdict({ because, found: null, obstacles: ['unreachable: connect ETIMEDOUT'] })).toMatchObject({
      verdict: 'inconclusive',
      why: 'given up while inspecting, after 8h; unreachable: connect ETIMEDOUT',
    });
  });
});

describe('with earlier tests', () => {
  const earlier = Array.from({ length: 5 }, (_, index): TestRecord => {
    const before = verdict();
    const requested = formatInstant(ASKED - (5 - index) * 7 * DAY);
    if (before.times === null) throw new Error('no times');
    const seconds = { ...before.times.seconds, validated: 600 + 300 * index };
    return { ...before, requested, times: { ...before.times, seconds } };
  });

  it('compares with the middle of them, and says when growth will break the promise', () => {
    const record = verdict({ earlier });
    expect(record.earlier).toEqual({ tests: 5, medianSeconds: 1200 });
    expect(record.forecast).toMatchObject({ tests: 6, breaksAt: expect.stringMatching(/^2026-1/) });
    expect(told(record)).toMatch(
      /^passed: 2 checks passed; 36m30s of 4h promised \(20m in the middle of 5 before\); at this growth the promise breaks on 2026-1\d-\d\d$/,
    );
  });

  it('leaves out those that were never looked into', () => {
    const lost = earlier.map((one) => ({ ...one, times: null }));
    expect(verdict({ earlier: lost })).toMatchObject({ earlier: null, forecast: null });
  });
});

it('takes the first look for the moment that it stood, where RDS says nothing of it', () => {
  expect(verdict({ stood: null }).times).toMatchObject({
    available: '2026-03-01T09:45:00Z',
    availableBy: 'the first look into it',
    seconds: { waited: 0 },
  });
});

it.each([
  ['waited behind another run', '2026-03-01T09:52:00Z', 420 + 1800 + 300 + 90],
  ['has a clock of its own', '2026-07-01T09:00:00Z', 2190],
  ['has a clock that is behind', '2026-03-01T09:44:00Z', 2190],
])('counts to the moment that the server was met, where the look %s', (_, connected, validated) => {
  const found = inspection([check('a', 'passed')], { connected });
  expect(verdict({ found }).times?.seconds.validated).toBe(validated);
});

it('says nothing of times where nobody got as far as a query', () => {
  const found = inspection([check('server.answers', 'failed', 'there is no such database')], {
    server: null,
  });
  expect(verdict({ found })).toMatchObject({ verdict: 'failed', times: null });
});

it('gives the same record for the same grounds', () => {
  expect(verdict()).toEqual(verdict());
});

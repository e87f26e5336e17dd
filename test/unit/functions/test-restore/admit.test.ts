import { admit, type Circumstances, placeKey } from '../../../../functions/test-restore/admit';
import { holdOf, type TestDecision } from '../../../../functions/test-restore/plan';
import { AWAY, at, HOME, place, policy, slotSnapshot } from '../../../support/builders';

const NOW = at('2026-03-01 09:10');
const { limits } = policy({}, { limits: { restoreTests: 2, spareInstances: 5 } });
const begin = (database: string, region = HOME): TestDecision =>
  holdOf(
    { database, region, requested: NOW },
    slotSnapshot(at('2026-03-01 08:00'), { database, region }),
    place(region),
    'the newest',
  );
const around = (fields: Partial<Circumstances> = {}): Circumstances => ({
  underWay: 0,
  quotas: new Map([
    [HOME, { used: 10, most: 40 }],
    [AWAY, { used: 0, most: 40 }],
  ]),
  preloaded: new Map([
    [placeKey(place(HOME)), ['pg_stat_statements']],
    [placeKey(place(AWAY)), []],
  ]),
  ...fields,
});
const lines = (decisions: readonly TestDecision[]) =>
  decisions.map(
    (one) =>
      `${one.subject.database} ${one.action === null ? `${one.outcome} ${one.reason}` : one.action.kind}`,
  );

it('lets so many begin at once, in all regions together, and puts the others off', () => {
  const three = [begin('a'), begin('b', AWAY), begin('c')];
  expect(lines(admit(three, around(), limits))).toEqual(['a hold', 'b hold', 'c postponed too-many']);
  expect(lines(admit(three, around({ underWay: 1 }), limits))).toEqual([
    'a hold',
    'b postponed too-many',
    'c postponed too-many',
  ]);
});

it('leaves the spare instances of the quota to others, counting what begins in this very run', () => {
  const quotas = new Map([[HOME, { used: 34, most: 40 }]]);
  expect(lines(admit([begin('a'), begin('b')], around({ quotas }), limits))).toEqual([
    'a hold',
    'b postponed no-head-room',
  ]);
});

it("takes RDS's default where nobody tells the quota", () => {
  expect(lines(admit([begin('a')], around({ quotas: new Map() }), limits))).toEqual(['a hold']);
});

it('refuses a place whose parameter group preloads pg_cron, and names the way out', () => {
  const preloaded = new Map([[placeKey(place(HOME)), ['pg_stat_statements', 'pg_cron']]]);
  expect(admit([begin('a')], around({ preloaded }), limits)).toMatchObject([
    {
      outcome: 'refused',
      reason: 'no-place',
      detail: expect.stringContaining('pg_cron'),
      hint: expect.any(String),
    },
  ]);
});

it('begins nothing in a place that could not be looked at: the look that failed tells so', () => {
  expect(admit([begin('a')], around({ preloaded: new Map() }), limits)).toEqual([]);
});

it('refuses a person what it puts off for the schedule', () => {
  const asked = { ...begin('a'), reason: 'asked' } as TestDecision;
  expect(lines(admit([asked], around({ underWay: 2 }), limits))).toEqual(['a refused too-many']);
});

import { admit, type Circumstances, placeKey } from '../../../../functions/test-restore/admit';
import { beginning, type TestDecision } from '../../../../functions/test-restore/plan';
import {
  AWAY,
  at,
  HOME,
  place,
  policy,
  protection,
  restoreTest,
  slotSnapshot,
} from '../../../support/builders';

const NOW = at('2026-03-01 09:10');
const { limits } = policy({}, { limits: { restoreTests: 2, spareInstances: 5 } });
const gold = protection({ restoreTest: restoreTest() });
const begin = (database: string, region = HOME, reason: 'due' | 'asked' | 'held' = 'due'): TestDecision => ({
  ...beginning(
    {
      test: { database, region, requested: NOW },
      snapshot: slotSnapshot(at('2026-03-01 08:00'), { database, region }),
      place: place(region),
      protection: gold,
      chosen: 'the newest',
    },
    policy(),
    NOW,
  ),
  reason,
});
const around = (fields: Partial<Circumstances> = {}): Circumstances => ({
  underWay: 0,
  quotas: new Map([
    [HOME, { used: 10, most: 40 }],
    [AWAY, { used: 0, most: 40 }],
  ]),
  places: new Map(
    [HOME, AWAY].map((region) => [placeKey(place(region)), { family: 'postgres17', preloaded: [] }]),
  ),
  ...fields,
});
const lines = (decisions: readonly TestDecision[]) =>
  decisions.map(
    (one) =>
      `${one.subject.database} ${one.action === null ? `${one.outcome} ${one.reason}` : one.action.kind}`,
  );

it('lets so many begin at once, in all regions together, and puts the others off', () => {
  const three = [begin('a'), begin('b', AWAY), begin('c')];
  expect(lines(admit(three, around(), limits))).toEqual(['a begin', 'b begin', 'c postponed too-many']);
  expect(lines(admit(three, around({ underWay: 1 }), limits))).toEqual([
    'a begin',
    'b postponed too-many',
    'c postponed too-many',
  ]);
});

it('lets one go on that is on hold already: it is one of those under way', () => {
  expect(lines(admit([begin('a', HOME, 'held'), begin('b')], around({ underWay: 2 }), limits))).toEqual([
    'a begin',
    'b postponed too-many',
  ]);
});

it('leaves the spare instances of the quota to others, counting what begins in this very run', () => {
  const quotas = new Map([[HOME, { used: 34, most: 40 }]]);
  expect(lines(admit([begin('a'), begin('b')], around({ quotas }), limits))).toEqual([
    'a begin',
    'b postponed no-head-room',
  ]);
});

it('refuses a place whose parameter group preloads pg_cron, or is of another family, and names the way out', () => {
  const unfit = (seen: { family: string; preloaded: string[] }) =>
    admit([begin('a')], around({ places: new Map([[placeKey(place(HOME)), seen]]) }), limits);
  expect(unfit({ family: 'postgres17', preloaded: ['pg_stat_statements', 'pg_cron'] })).toMatchObject([
    {
      outcome: 'refused',
      reason: 'no-place',
      detail: expect.stringContaining('pg_cron'),
      hint: expect.any(String),
    },
  ]);
  expect(unfit({ family: 'postgres16', preloaded: [] })).toMatchObject([
    {
      outcome: 'refused',
      reason: 'no-place',
      detail: expect.stringContaining('family postgres16'),
      hint: expect.stringContaining('{family}'),
    },
  ]);
});

it('begins nothing where a place or a quota could not be looked at: the look that failed tells so', () => {
  expect(admit([begin('a')], around({ places: new Map() }), limits)).toEqual([]);
  expect(admit([begin('a')], around({ quotas: new Map() }), limits)).toEqual([]);
});

it('refuses a person what it puts off for the schedule', () => {
  expect(lines(admit([begin('a', HOME, 'asked')], around({ underWay: 2 }), limits))).toEqual([
    'a refused too-many',
  ]);
});

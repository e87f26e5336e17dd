import type { Check } from '../../../../shared/domain/inspection/check';
import type { DatabaseFacts } from '../../../../shared/domain/inspection/facts';
import { newestChange } from '../../../../shared/domain/inspection/freshness';
import { formatInstant, HOUR, MINUTE } from '../../../../shared/domain/time';
import { horizonOf } from '../../../../shared/postgres/freshness';
import { Inspected, judge, NOW } from '../../../support/inspected';

// The measured recovery point: what the data shows, whatever nonsense stands in it.

let server: Inspected;
beforeAll(async () => {
  server = await Inspected.make();
}, 60_000);
afterAll(() => server?.close());

const STOCK = 'tenant_bramble.inventory_stock';
const changedTo = (when: string) =>
  `UPDATE ${STOCK} SET updated_at = '${when}' WHERE id IN (SELECT min(id) FROM ${STOCK})`;
const fresh = (facts: DatabaseFacts, as = NOW): Check | undefined =>
  judge(facts, null, { as }).find(({ id }) => id === 'freshness.newest-change');

it.each(['2099-01-01', 'infinity'])(
  'is not of %s because one row says so, and says that it does',
  async (when) => {
    const facts = await server.lookInto(await server.copy(changedTo(when)));
    expect(newestChange(facts)).toBe(NOW);
    expect(fresh(facts)).toMatchObject({
      verdict: 'passed',
      found: `${formatInstant(NOW)}, 0s before; of the future: ${STOCK} (1 row)`,
    });
    // Nor does it hide that nothing else is new.
    expect(fresh(facts, NOW + 25 * HOUR)?.verdict).toBe('failed');
  },
);

it.each(['-infinity', '0044-03-15 BC'])(
  'is unknown where nothing newer than %s stands anywhere',
  async (when) => {
    const name = await server.copy(`CREATE TABLE public.ancient AS SELECT '${when}'::timestamptz AS at`);
    const facts = await server.lookInto(name, { freshness: [{ table: 'ancient', column: 'at' }] });
    expect(fresh(facts)?.verdict).toBe('unknown');
    expect(newestChange(facts)).toBeNull();
  },
);

it('takes a change of some minutes later: clocks differ, and a snapshot is of its own beginning', async () => {
  const facts = await server.lookInto(await server.copy(changedTo('2026-03-01 09:10Z')));
  expect(newestChange(facts)).toBe(NOW + 10 * MINUTE);
  const late = await server.lookInto(await server.copy(changedTo('2026-03-01 09:10:01Z')));
  expect(newestChange(late)).toBe(NOW);
});

it('is of a column of dates or of local times as well', async () => {
  const name = await server.copy(
    `ALTER TABLE ${STOCK} ADD COLUMN day date DEFAULT '2026-02-28'`,
    `ALTER TABLE ${STOCK} ADD COLUMN local timestamp DEFAULT '2026-02-28 12:00'`,
  );
  const newestOf = async (column: string) =>
    newestChange(await server.lookInto(name, { freshness: [{ table: 'inventory_stock', column }] }));
  expect(await newestOf('day')).toBe(NOW - 33 * HOUR);
  expect(await newestOf('local')).toBe(NOW - 21 * HOUR);
});

it('is unknown, with the reason, where the column holds no times; no page is suspected of it', async () => {
  const facts = await server.lookInto('qrosity', { freshness: [{ table: 'inventory_stock', column: 'id' }] });
  expect(fresh(facts)).toMatchObject({
    verdict: 'unknown',
    found: expect.stringMatching(
      /; not asked: tenant_aldebaran\.inventory_stock \(cannot cast type bigint to timestamp/,
    ),
  });
  expect(facts.unreadable).toEqual([]);
});

it('is unknown, not too old, where a table that may hold something newer could not be asked', async () => {
  const facts = await server.lookInto('qrosity');
  const [first, ...others] = facts.freshness;
  if (first === undefined) throw new Error('nothing was asked');
  const partly = { ...facts, freshness: [{ ...first, newest: null, why: 'lock timeout' }, ...others] };
  expect(fresh(partly, NOW + 25 * HOUR)?.verdict).toBe('unknown');
  expect(fresh(partly)).toMatchObject({ verdict: 'passed', found: expect.stringContaining('lock timeout') });
});

it('may be as late as the look itself in a live database, by a clock that can be believed', () => {
  const slack = 10 * MINUTE;
  expect(horizonOf({ setting: 'live', as: NOW }, NOW + 2 * HOUR)).toBe(NOW + 2 * HOUR + slack);
  // What was written into a restored one after its recovery point is not of the backup.
  expect(horizonOf({ setting: 'restored', as: NOW }, NOW + 2 * HOUR)).toBe(NOW + slack);
  // Months away: that clock tells another time.
  expect(horizonOf({ setting: 'live', as: NOW }, NOW + 5_000 * HOUR)).toBe(NOW + slack);
});

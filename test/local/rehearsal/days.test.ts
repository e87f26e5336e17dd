import { createCloud } from '../../../local/cloud';
import { type Counts, Ledger } from '../../../local/qrosity/counts';
import { Days } from '../../../local/rehearsal/days';
import { formatInstant, HOUR, type Instant, MINUTE } from '../../../shared/domain/time';
import { at } from '../../support/builders';

const BEGIN = at('2026-03-01 09:02');
const QUIET = { note: () => undefined, progress: () => undefined };
const EVERY = 10 * MINUTE;

/** Days of one function that is ticked every ten minutes; everything that happens is written down in order. */
function story() {
  const cloud = createCloud({ start: BEGIN });
  const happened: string[] = [];
  const now = () => formatInstant(cloud.clock.now()).slice(11, 16);
  const days = new Days({
    cloud,
    functions: {
      counts: new Map(),
      next: (instant: Instant) => (Math.floor(instant / EVERY) + 1) * EVERY,
      tick: async (instant: Instant) => {
        if (instant % EVERY === 0) happened.push(`tick ${now()}`);
      },
    },
    home: 'us-east-1',
    database: 'db',
    begin: BEGIN,
    shop: {
      ledger: new Ledger(BEGIN, new Map() as Counts),
      writeUntil: async (instant: Instant) => {
        happened.push(`write ${formatInstant(instant).slice(11, 16)}`);
      },
    },
    attend: async () => undefined,
  });
  const ticks = () => happened.filter((one) => one.startsWith('tick'));
  return { cloud, days, happened, ticks };
}

it('play every tick once, however often the story stops in between, and also where it stops on one', async () => {
  const { days, ticks } = story();
  for (const end of ['09:04', '09:10', '09:10', '09:23', '09:30', '09:41'])
    await days.until(at(`2026-03-01 ${end}`), QUIET);
  expect(ticks()).toEqual(['tick 09:10', 'tick 09:20', 'tick 09:30', 'tick 09:40']);
});

it('leave the ticks of their last moment to those who come after', async () => {
  const { days, ticks } = story();
  expect(await days.until(at('2026-03-01 09:10'), QUIET)).toBe(false);
  expect(ticks()).toEqual([]);
  await days.until(at('2026-03-01 09:11'), QUIET);
  expect(ticks()).toEqual(['tick 09:10']);
});

it('let what happens on the way come before the tick of its moment, and after what was written until then', async () => {
  const { days, happened } = story();
  const mark = (time: string) => ({
    at: at(`2026-03-01 ${time}`),
    act: () => {
      happened.push(`mark ${time}`);
    },
  });
  await days.until(at('2026-03-01 09:12'), QUIET, { marks: [mark('09:10'), mark('09:11'), mark('09:13')] });
  expect(happened).toEqual([
    'write 09:07',
    'write 09:10',
    'mark 09:10',
    'tick 09:10',
    'write 09:11',
    'mark 09:11',
    'write 09:12',
  ]);
});

it('stop as soon as what is waited for is so', async () => {
  const { cloud, days, ticks } = story();
  const done = async () => cloud.clock.now() >= at('2026-03-01 09:20');
  expect(await days.until(BEGIN + 10 * HOUR, QUIET, { done })).toBe(true);
  expect(formatInstant(days.now)).toBe('2026-03-01T09:20:00Z');
  expect(ticks()).toEqual(['tick 09:10', 'tick 09:20']);
  expect(await days.until(BEGIN + 10 * HOUR, QUIET, { done })).toBe(true);
  expect(ticks()).toHaveLength(2);
});

it('look at slots and at the age of the newest recovery point in each region', async () => {
  const { cloud, days } = story();
  const tags = { 'holdfast:slot': '2026-03-01T08:00:00Z' };
  cloud.region('us-east-1').stage.snapshots([
    { id: 'one', instance: 'db', at: at('2026-03-01 08:00'), tags },
    {
      id: 'bad',
      instance: 'db',
      at: at('2026-03-01 09:00'),
      status: 'failed',
      tags: { 'holdfast:slot': '2026-03-01T09:00:00Z' },
    },
    { id: 'others', instance: 'other', at: at('2026-03-01 09:00') },
  ]);
  await days.until(at('2026-03-01 09:20'), QUIET);
  expect([...days.slots]).toEqual([at('2026-03-01 08:00')]);
  expect([...days.worstAge]).toEqual([['us-east-1', HOUR + 15 * MINUTE]]);
  expect([...days.first]).toEqual([['us-east-1', at('2026-03-01 08:00')]]);
});

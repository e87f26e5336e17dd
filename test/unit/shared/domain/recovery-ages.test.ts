import {
  AgesByHour,
  agesBefore,
  agesKey,
  agesOf,
  EVERY_AGE,
  type RecoveryAges,
  readAges,
} from '../../../../shared/domain/recovery-ages';
import { HOUR, MINUTE } from '../../../../shared/domain/time';
import { AWAY, at, HOME } from '../../../support/builders';
import { databaseSeen, keptSlots, NOW, seen } from '../../../support/seen';

const record = (
  time: string,
  ages: RecoveryAges['ages'],
  schema: RecoveryAges['schema'] = 'holdfast.recovery-ages/2',
): RecoveryAges => ({
  schema,
  installation: 'holdfast',
  at: time,
  ages,
});

describe('the ages of one look', () => {
  it('are those of PITR or snapshots at home, and of the newest copy elsewhere', () => {
    expect(agesOf(seen())).toEqual(
      record('2026-03-10T09:30:00Z', { 'qrosity-db': { [HOME]: 180, [AWAY]: 5_280 } }),
    );
    const snapshotsOnly = seen({ databases: [databaseSeen({ latestRestorable: null })] });
    expect(agesOf(snapshotsOnly)?.ages['qrosity-db']?.[HOME]).toBe(28 * 60);
  });

  it('are null where there is no recovery point, and left out where nobody could see one', () => {
    const none = seen({ databases: [databaseSeen({ latestRestorable: null })], home: [], away: [] });
    expect(agesOf(none)?.ages).toEqual({ 'qrosity-db': { [HOME]: null, [AWAY]: null } });
    const blind = seen({}, { snapshots: new Map([[HOME, { seen: keptSlots() }]]) });
    expect(agesOf(blind)?.ages).toEqual({ 'qrosity-db': { [HOME]: 180 } });
    const dark = seen({ databases: [databaseSeen({ latestRestorable: null })] }, { snapshots: new Map() });
    expect(agesOf(dark)?.ages).toEqual({ 'qrosity-db': {} });
  });

  it('of databases that nobody saw are not told at all', () => {
    expect(agesOf(seen({}, { databases: { unseen: 'denied' } }))).toBeNull();
  });

  it('are kept even of an instance with the name of a member of every object', () => {
    const ages = agesOf(
      seen({ databases: [databaseSeen({ id: 'constructor' })] }, { policy: seen().policy }),
    );
    expect(Object.keys(ages?.ages ?? {})).toEqual([]);
  });
});

describe('the record', () => {
  it('is found by its time: keys sort as times do', () => {
    const key = agesKey(record('2026-03-10T09:30:00Z', {}));
    expect(key.startsWith(EVERY_AGE)).toBe(true);
    expect(key > agesBefore(NOW - 1_000)).toBe(true);
    expect(key > agesBefore(NOW)).toBe(true);
    expect(key < agesBefore(NOW + 1_000)).toBe(true);
  });

  it('is read only when it is one, and of this installation', () => {
    const kept = record('2026-03-10T09:30:00Z', {});
    expect(readAges(kept, 'holdfast')).toBe(kept);
    const first = record('2026-03-10T09:30:00Z', {}, 'holdfast.recovery-ages/1');
    expect(readAges(first, 'holdfast')).toBe(first);
    for (const other of [null, 1, { ...kept, schema: 'x' }, { ...kept, at: 'noon' }])
      expect(readAges(other, 'holdfast')).toBeNull();
    expect(readAges(kept, 'other')).toBeNull();
  });
});

describe('ages by the hour', () => {
  /** Null: there was none. */
  const of = (...looks: [time: string, seconds: number | null][]) => {
    const ages = new AgesByHour();
    for (const [time, seconds] of looks) ages.add(record(time, { a: { [HOME]: seconds } }));
    return ages.of('a', HOME);
  };

  it('are the worst of each, in order of time, whatever the order they come in', () => {
    expect(
      of(['2026-03-10T10:10:00Z', 120], ['2026-03-10T09:50:00Z', 60], ['2026-03-10T09:10:00Z', 300]),
    ).toEqual([
      { at: at('2026-03-10 09:10'), age: 5 * MINUTE },
      { at: at('2026-03-10 10:10'), age: 2 * MINUTE },
    ]);
  });

  it('have none in an hour that nobody looked in', () => {
    expect(of(['2026-03-10T09:10:00Z', 60], ['2026-03-10T12:10:00Z', 60])).toEqual([
      { at: at('2026-03-10 09:10'), age: MINUTE },
      { at: at('2026-03-10 10:00'), age: null },
      { at: at('2026-03-10 12:10'), age: MINUTE },
    ]);
  });

  it('say from when to when there was no recovery point, to the look', () => {
    expect(
      of(
        ['2026-03-10T09:50:00Z', null],
        ['2026-03-10T10:40:00Z', 60],
        ['2026-03-10T09:40:00Z', 300],
        ['2026-03-10T10:00:00Z', null],
        ['2026-03-10T10:50:00Z', 900],
        ['2026-03-10T10:55:00Z', 600],
      ),
    ).toEqual([
      { at: at('2026-03-10 09:40'), age: 5 * MINUTE },
      { at: at('2026-03-10 09:50'), age: 'none' },
      { at: at('2026-03-10 10:40'), age: MINUTE },
      { at: at('2026-03-10 10:50'), age: 15 * MINUTE },
    ]);
  });

  it('have neither where whole hours passed without a look, even with no recovery point before', () => {
    expect(of(['2026-03-10T09:10:00Z', null], ['2026-03-10T12:10:00Z', null])).toEqual([
      { at: at('2026-03-10 09:10'), age: 'none' },
      { at: at('2026-03-10 10:00'), age: null },
      { at: at('2026-03-10 12:10'), age: 'none' },
    ]);
  });

  it('take what the first edition could not tell apart for not seen', () => {
    const ages = new AgesByHour();
    ages.add(record('2026-03-10T09:10:00Z', { a: { [HOME]: 60 } }, 'holdfast.recovery-ages/1'));
    ages.add(record('2026-03-10T09:20:00Z', { a: { [HOME]: null } }, 'holdfast.recovery-ages/1'));
    expect(ages.of('a', HOME)).toEqual([{ at: at('2026-03-10 09:10'), age: MINUTE }]);
  });

  it('count a look once that was added and is kept too', () => {
    expect(of(['2026-03-10T09:10:00Z', 60], ['2026-03-10T09:10:00Z', 60])).toHaveLength(1);
  });

  it('know nothing of a database or a region that no look told of', () => {
    const ages = new AgesByHour();
    ages.add(record('2026-03-10T09:10:00Z', { a: { [HOME]: HOUR } }));
    expect(ages.of('b', HOME)).toEqual([]);
    expect(ages.of('a', AWAY)).toEqual([]);
  });
});

import type { Freshness } from '../domain/inspection/facts';
import { tookPlace } from '../domain/inspection/took-place';
import { type Duration, type Instant, MINUTE } from '../domain/time';
import type { Wanted } from '../ports/inspector';
import { literal, quoted } from './sql';
import { PATIENCE, type Tries } from './tries';

/** A column of the policy, where it was found. */
export interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** Clocks differ, and a snapshot's own time is that of its beginning. */
const SLACK: Duration = 10 * MINUTE;
/** An index answers at once; without one the table is read from end to end. */
const ALONE: Duration = MINUTE;

/** No change can be later than this: in a live database, changes go on until it is looked into. */
export function horizonOf({ as, setting }: Pick<Wanted, 'as' | 'setting'>, met: Instant): Instant {
  return (setting === 'live' ? tookPlace(as, met) : as) + SLACK;
}

/** The newest change of each table, leaving out what claims to be of the future: a slip of 2099 would hide years. */
export async function freshnessOf(
  tries: Tries,
  columns: readonly Column[],
  horizon: Instant,
): Promise<Freshness[]> {
  const parts = columns.map((one) => asking(one, horizon));
  const { rows, refused } = await tries.each<
    Pick<Freshness, 'schema' | 'table'> & { newest: number | null; ahead: string },
    (typeof parts)[0]
  >(parts, { ...PATIENCE, alone: ALONE });
  return [
    ...rows.map(({ schema, table, newest, ahead }) => {
      return {
        schema,
        table,
        newest: newest === null ? null : Math.round(newest),
        ahead: Number(ahead),
        why: null,
      };
    }),
    ...refused.map(({ part: { schema, table }, why }) => ({ schema, table, newest: null, ahead: 0, why })),
  ];
}

/** Each bound is one that an index can serve. `infinity` is ahead, and what is older than 1970 is no news. */
function asking({ schema, table, column: name }: Column, horizon: Instant) {
  const [from, column] = [`${quoted(schema)}.${quoted(table)}`, quoted(name)];
  const until = `to_timestamp(${horizon / 1000})`;
  const newest = `SELECT (extract(epoch FROM max(${column})::timestamptz) * 1000)::float8 FROM ${from} WHERE ${column} <= ${until} AND ${column} > to_timestamp(0)`;
  const ahead = `SELECT count(*)::text FROM ${from} WHERE ${column} > ${until}`;
  const sql = `SELECT ${literal(schema)} AS schema, ${literal(table)} AS "table", (${newest}) AS newest, (${ahead}) AS ahead`;
  return { schema, table, what: `${schema}.${table}`, sql };
}

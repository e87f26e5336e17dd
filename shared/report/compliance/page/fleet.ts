import { h, type JSX } from 'preact';
import type { Compliance, DatabaseStanding } from '../compliance';
import { pointWords, restoreWords } from '../standing-words';
import { verdictOf } from '../verdict';
import { agreement, counted } from '../words';
import { database } from './database';
import { long, mark, section, table } from './parts';

/**
 * The pictures of one database are some 20 KB. So many databases are shown with theirs, those with findings first: 2 MB
 * that a phone still opens at once. All others have a row in the table, and their assessments.
 */
export const MOST_PICTURED = 100;

/** Above so many, only what has findings is unfolded. */
const MOST_UNFOLDED = 10;

export function fleet(compliance: Compliance): JSX.Element {
  const rows = rowsOf(compliance).sort(worstFirst);
  const pictured = rows.slice(0, MOST_PICTURED);
  const anchors = new Map(pictured.map((row, at) => [row, `database-${at}`]));
  const left = rows.length - pictured.length;
  return section(
    'databases',
    'Databases',
    rows.length === 0
      ? h('p', null, 'None: no database was found that a policy selects.')
      : [
          long(
            table<Row>(
              'databases-table',
              `${counted(rows.length, 'protected database')}, worst first`,
              columnsOf(anchors),
              rows,
            ),
            rows.length,
          ),
          left > 0
            ? h(
                'p',
                null,
                `Pictures follow for ${MOST_PICTURED} databases, those with findings first; ${counted(left, 'other')} ${left === 1 ? 'has' : 'have'} a row above and assessments below.`,
              )
            : null,
          pictured.map((row) =>
            database(
              anchors.get(row) ?? '',
              row.standing,
              compliance,
              row.verdict,
              rows.length <= MOST_UNFOLDED || row.verdict === 'failed',
            ),
          ),
        ],
  );
}

interface Row {
  readonly standing: DatabaseStanding;
  readonly verdict: ReturnType<typeof verdictOf>;
}

function rowsOf({ databases, assessments, at }: Compliance): Row[] {
  const by = new Map<string, (typeof assessments)[number][]>();
  for (const one of assessments) {
    const its = by.get(one.subject.database);
    if (its === undefined) by.set(one.subject.database, [one]);
    else its.push(one);
  }
  return databases.map((standing) => ({ standing, verdict: verdictOf(by.get(standing.database) ?? [], at) }));
}

const ORDER = ['failed', 'unknown', 'passed'];

function worstFirst(a: Row, b: Row): number {
  return ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict);
}

function columnsOf(anchors: ReadonlyMap<Row, string>) {
  return [
    {
      name: 'database',
      wide: true as const,
      value: (row: Row) => {
        const anchor = anchors.get(row);
        const name = row.standing.database;
        return anchor === undefined ? name : h('a', { href: `#${anchor}` }, name);
      },
    },
    { name: 'verdict', value: ({ verdict }: Row) => mark(verdict) },
    { name: 'policy', value: ({ standing }: Row) => standing.promise.policy },
    { name: 'recovery point', value: ({ standing }: Row) => pointWords(standing) },
    { name: 'last restore', value: ({ standing }: Row) => restoreWords(standing) },
    {
      name: 'objectives',
      value: ({ standing }: Row) => agreement(standing.promise.agreed),
      wide: true as const,
    },
  ];
}

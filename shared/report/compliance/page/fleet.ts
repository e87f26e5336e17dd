import { h, type JSX } from 'preact';
import type { Compliance } from '../compliance';
import { type FleetRow, fleetRows, MOST_PICTURED, picturedWords } from '../fleet-order';
import { pointWords, restoreWords } from '../standing-words';
import { agreement, counted } from '../words';
import { database } from './database';
import { type Column, long, mark, section, table, time } from './parts';

/** Above so many, only what has findings is unfolded. */
const MOST_UNFOLDED = 10;

export function fleet(compliance: Compliance): JSX.Element {
  const rows = fleetRows(compliance);
  const pictured = rows.slice(0, MOST_PICTURED);
  const anchors = new Map(pictured.map((row, at) => [row, `database-${at}`]));
  const left = picturedWords(rows.length);
  return section(
    'databases',
    'Databases',
    rows.length === 0
      ? h('p', null, 'None: no database was found that a policy selects.')
      : [
          long(
            table<FleetRow>(
              'databases-table',
              `${counted(rows.length, 'database')}, worst first`,
              columnsOf(anchors),
              rows,
            ),
            rows.length,
          ),
          left === null ? null : h('p', null, left),
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

function columnsOf(anchors: ReadonlyMap<FleetRow, string>): Column<FleetRow>[] {
  return [
    {
      name: 'database',
      kind: 'wide',
      value: (row) => {
        const anchor = anchors.get(row);
        const { database: name, unprotected } = row.standing;
        const its = anchor === undefined ? name : h('a', { href: `#${anchor}` }, name);
        return unprotected === null ? its : [its, `: ${unprotected}`];
      },
    },
    { name: 'verdict', kind: 'short', value: ({ verdict }) => mark(verdict) },
    { name: 'policy', value: ({ standing }) => standing.promise?.policy ?? 'none' },
    { name: 'recovery point', kind: 'short', value: ({ standing }) => pointWords(standing) },
    { name: 'last restore', kind: 'time', value: ({ standing }) => time(restoreWords(standing)) },
    {
      name: 'objectives',
      value: ({ standing }) => (standing.promise === null ? 'none' : agreement(standing.promise.agreed)),
      kind: 'wide',
    },
  ];
}

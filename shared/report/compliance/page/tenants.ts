import { h, type JSX } from 'preact';
import type { Compliance, DatabaseStanding, Inspected } from '../compliance';
import { bytes, moment } from '../words';
import { facts, long, mark, section, table, time } from './parts';

/** Who lives where, by the newest look into each database. */
export function tenants({ databases }: Compliance): JSX.Element {
  return section(
    'tenants',
    'Tenants',
    databases.length === 0
      ? h('p', null, 'None: no database was looked into.')
      : long(
          table<DatabaseStanding>(
            'tenants-table',
            'Tenants and newest data, by the newest look into each database',
            [
              { name: 'database', value: ({ database }) => database, kind: 'wide' },
              {
                name: 'looked at',
                value: ({ inspection }) => (inspection === null ? 'never' : time(moment(inspection.at))),
                kind: 'time',
              },
              {
                name: 'verdict',
                value: ({ inspection }) => mark(inspection?.verdict ?? 'unknown'),
                kind: 'time',
              },
              {
                name: 'tenants',
                value: ({ inspection }) => inspection?.tenants?.toLocaleString('en-US') ?? 'unknown',
                kind: 'short',
              },
              { name: 'newest change', value: ({ inspection }) => time(changed(inspection)), kind: 'time' },
            ],
            databases,
          ),
          databases.length,
        ),
  );
}

export function inspection(inspected: Inspected | null): JSX.Element {
  if (inspected === null) return h('p', null, 'Tenants and data: nobody has looked into it yet.');
  const { at, verdict, tenants, server, sizeBytes, problems, evidence } = inspected;
  return h(
    'div',
    null,
    h('h4', null, 'Inside the database'),
    facts(
      [
        ['Looked at', moment(at)],
        ['Verdict', mark(verdict)],
        ['Tenants', tenants === null ? 'unknown' : tenants.toLocaleString('en-US')],
        ['Newest change', changed(inspected)],
        ['PostgreSQL', server],
        ['Size', sizeBytes === null ? null : bytes(sizeBytes)],
      ],
      'facts',
    ),
    evidence === null ? null : h('p', null, 'Evidence: ', h('code', null, evidence)),
    problems.length === 0
      ? null
      : h(
          'ul',
          null,
          problems.map((problem) => h('li', null, problem)),
        ),
  );
}

function changed(inspected: Inspected | null): string {
  return inspected?.newestChange == null ? 'unknown' : moment(inspected.newestChange);
}

import { h, type JSX } from 'preact';
import type { Compliance, DatabaseStanding, Inspected } from '../compliance';
import { bytes, moment } from '../words';
import { facts, long, mark, section, table } from './parts';

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
              { name: 'database', value: ({ database }) => database, wide: true },
              {
                name: 'looked at',
                value: ({ inspection }) => (inspection === null ? 'never' : moment(inspection.at)),
              },
              { name: 'verdict', value: ({ inspection }) => mark(inspection?.verdict ?? 'unknown') },
              {
                name: 'tenants',
                value: ({ inspection }) => inspection?.tenants?.toLocaleString('en-US') ?? 'unknown',
              },
              { name: 'newest change', value: ({ inspection }) => changed(inspection) },
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
        ['Evidence', evidence === null ? null : h('code', null, evidence)],
      ],
      'facts',
    ),
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

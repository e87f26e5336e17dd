import type { Compliance } from './compliance';

/**
 * The same report with some of the assessments at a time, and of databases what names a resource alone: formats that say
 * one thing for each assessment are made piece by piece, since all at once they take more memory than a run has.
 */
export function* inSlices(compliance: Compliance, most: number): Generator<Compliance> {
  const { assessments } = compliance;
  for (let from = 0; from < assessments.length; from += most) {
    const some = assessments.slice(from, from + most);
    const named = new Set(some.map(({ subject }) => subject.database));
    const databases = compliance.databases.filter(({ database }) => named.has(database));
    yield { ...compliance, assessments: some, databases, checklist: [], keys: [] };
  }
}

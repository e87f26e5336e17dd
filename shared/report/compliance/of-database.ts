import { parseInstant } from '../../domain/time';
import { complianceOf } from './assemble';
import type { Compliance } from './compliance';

/**
 * The same report, about one database and what all of them hang on: keys, schedules, the evidence store; null where it
 * speaks of no database of that name.
 */
export function ofDatabase(compliance: Compliance, id: string): Compliance | null {
  const databases = compliance.databases.filter(({ database }) => database === id);
  if (databases.length === 0 && !compliance.assessments.some(({ subject }) => subject.database === id))
    return null;
  const assessments = compliance.assessments.filter(({ subject }) => [id, '*'].includes(subject.database));
  const used = new Set(databases.flatMap((database) => database.keys));
  const keys = compliance.keys.filter(({ arn }) => used.has(arn));
  return complianceOf({ ...compliance, assessments, databases, keys }, parseInstant(compliance.at) ?? 0);
}

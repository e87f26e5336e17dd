import { parseInstant } from '../../domain/time';
import { complianceOf } from './assemble';
import type { Assessed, Compliance } from './compliance';

/** Whose subjects are named by the policy that they are of. */
const OF_POLICIES = ['objectives-agreed'];

/**
 * The same report, about one database and what it hangs on: its policy, its keys, schedules, the evidence store; null where
 * it speaks of no database of that name.
 */
export function ofDatabase(compliance: Compliance, id: string): Compliance | null {
  const databases = compliance.databases.filter(({ database }) => database === id);
  if (databases.length === 0 && !compliance.assessments.some(({ subject }) => subject.database === id))
    return null;
  const used = new Set(databases.flatMap(({ keys }) => keys));
  const ofOthers = new Set(compliance.databases.flatMap(({ keys }) => keys.filter((key) => !used.has(key))));
  const policies = databases.flatMap(({ promise }) => promise?.policy ?? []);
  const concerns = ({ control, subject: { database, resource } }: Assessed) => {
    if (database !== '*' || resource === undefined) return database === '*' || database === id;
    return OF_POLICIES.includes(control) ? policies.includes(resource) : !ofOthers.has(resource);
  };
  const assessments = compliance.assessments.filter(concerns);
  const keys = compliance.keys.filter(({ arn }) => used.has(arn));
  return complianceOf({ ...compliance, assessments, databases, keys }, parseInstant(compliance.at) ?? 0);
}

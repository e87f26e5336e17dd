import type { Seen } from '../controls/seen';
import { regionsOf } from '../selection';

/**
 * Whether everything was seen that controls find their subjects in: databases by their tags, snapshots by region, keys by
 * what hangs on them. In a look that missed one of them a subject may be out of sight, which resolves nothing.
 */
export function sawAll({ databases, snapshots, keys, policy }: Seen): boolean {
  const lists = [databases, keys, ...regionsOf(policy).map((region) => snapshots.get(region))];
  return lists.every((part) => part !== undefined && 'seen' in part);
}

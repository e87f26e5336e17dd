import { WireError } from '../../wire/service';
import { FAMILY, groupArn, isDefaultGroup, type ParameterGroup } from './parameter-group';
import type { RdsRegion } from './region';
import type { TagMap } from './tags';

/** The group of that name; the default groups have always been there. */
export function parameterGroup(region: RdsRegion, name: string): ParameterGroup {
  const known = region.parameterGroups.get(name.toLowerCase());
  if (known !== undefined) return known;
  const family = isDefaultGroup(name) ? name.slice('default.'.length) : '';
  if (!FAMILY.test(family)) {
    throw new WireError('DBParameterGroupNotFound', `DBParameterGroup not found: ${name}`, 404);
  }
  return addParameterGroup(region, name, family, `Default parameter group for ${family}`, new Map());
}

export function addParameterGroup(
  region: RdsRegion,
  name: string,
  family: string,
  description: string,
  tags: TagMap,
): ParameterGroup {
  const arn = groupArn(region.place, 'pg', name);
  const group = { name, arn, family, description, values: new Map(), tags };
  region.parameterGroups.set(name, group);
  return group;
}

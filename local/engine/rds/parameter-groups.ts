import type {
  CreateDBParameterGroupMessage,
  CreateDBParameterGroupResult,
  DBParameterGroup,
  DBParameterGroupDetails,
  DBParameterGroupNameMessage,
  DBParameterGroupsMessage,
  DeleteDBParameterGroupMessage,
  DescribeDBParameterGroupsMessage,
  DescribeDBParametersMessage,
  ModifyDBParameterGroupMessage,
  Parameter as WireParameter,
} from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { addParameterGroup, parameterGroup } from './find-parameter-group';
import { identifier, invalidValue, required } from './identifiers';
import { reconfigure } from './instance-parameters';
import { listed } from './listing';
import {
  checkedFamily,
  isDefaultGroup,
  majorOf,
  type ParameterGroup,
  type SetValue,
} from './parameter-group';
import { allows, defaultOf, PARAMETERS, type Parameter } from './parameters';
import type { RdsRegion } from './region';
import { readTags } from './tags';

/** Parameters that one call may change (RDS API: ModifyDBParameterGroup). */
const MOST_CHANGES = 20;

function describe({ name, arn, family, description }: ParameterGroup): DBParameterGroup {
  return {
    DBParameterGroupName: name,
    DBParameterGroupArn: arn,
    DBParameterGroupFamily: family,
    Description: description,
  };
}

export function createDBParameterGroup(
  region: RdsRegion,
  input: CreateDBParameterGroupMessage,
): CreateDBParameterGroupResult {
  const name = identifier(input.DBParameterGroupName, 'DBParameterGroupName');
  const family = checkedFamily(required(input.DBParameterGroupFamily, 'DBParameterGroupFamily'));
  const description = required(input.Description, 'Description');
  const tags = readTags(input.Tags);
  if (region.parameterGroups.has(name)) {
    throw new WireError('DBParameterGroupAlreadyExists', `Parameter group ${name} already exists`);
  }
  return { DBParameterGroup: describe(addParameterGroup(region, name, family, description, tags)) };
}

export function describeDBParameterGroups(
  region: RdsRegion,
  input: DescribeDBParameterGroupsMessage,
): DBParameterGroupsMessage {
  const { DBParameterGroupName: name } = input;
  const groups = name ? [parameterGroup(region, name)] : [...region.parameterGroups.values()];
  const { items, marker } = listed(
    groups.map((group) => [group.name, group] as const),
    input,
  );
  return { DBParameterGroups: items.map(describe), ...(marker !== undefined && { Marker: marker }) };
}

/** Dynamic parameters may take effect at once, static ones when an instance of the group starts again. */
export async function modifyDBParameterGroup(
  region: RdsRegion,
  input: ModifyDBParameterGroupMessage,
): Promise<DBParameterGroupNameMessage> {
  const group = own(region, input.DBParameterGroupName, 'modified');
  const changes = input.Parameters ?? [];
  if (changes.length === 0 || changes.length > MOST_CHANGES) {
    throw invalidValue(`A request changes 1 to ${MOST_CHANGES} parameters, not ${changes.length}.`);
  }
  // All of them before any: a call that is refused changes nothing.
  const read = changes.map((change) => readChange(group, change));
  for (const [name, value] of read) group.values.set(name, value);
  const atOnce = read.filter(([, { method }]) => method === 'immediate');
  for (const instance of region.instances.values()) {
    if (instance.parameterGroup !== group.name) continue;
    if (atOnce.length < read.length) instance.parameterStatus = 'pending-reboot';
    if (atOnce.length === 0) continue;
    const values = atOnce.map(([name, { value }]) => [name, value]);
    instance.parameters = { ...instance.parameters, ...Object.fromEntries(values) };
    await reconfigure(region, instance);
  }
  return { DBParameterGroupName: group.name };
}

function readChange(group: ParameterGroup, change: WireParameter): readonly [string, SetValue] {
  const name = required(change.ParameterName, 'ParameterName');
  const parameter = known(group).find((one) => one.name === name);
  if (parameter === undefined) throw invalidValue(`Could not find parameter with name: ${name}`);
  if (parameter.fixed === true) throw invalidValue(`The parameter ${name} cannot be modified.`);
  const value = change.ParameterValue ?? '';
  if (!allows(parameter, value)) {
    throw invalidValue(
      `Invalid parameter value: ${value} for: ${name} allowed values are: ${parameter.allowed}`,
    );
  }
  const method = required(change.ApplyMethod, 'ApplyMethod');
  if (method === 'immediate' && parameter.apply === 'static') {
    throw new WireError(
      'InvalidParameterCombination',
      'cannot use immediate apply method for static parameter',
    );
  }
  return [name, { value, method }];
}

export function describeDBParameters(
  region: RdsRegion,
  input: DescribeDBParametersMessage,
): DBParameterGroupDetails {
  const group = parameterGroup(region, required(input.DBParameterGroupName, 'DBParameterGroupName'));
  const entries = known(group)
    .map((parameter) => describeParameter(group, parameter))
    .filter(({ Source }) => !input.Source || Source === input.Source)
    .map((described) => [described.ParameterName ?? '', described] as const);
  const { items, marker } = listed(entries, input);
  return { Parameters: items, ...(marker !== undefined && { Marker: marker }) };
}

function describeParameter(group: ParameterGroup, parameter: Parameter): WireParameter {
  const set = group.values.get(parameter.name);
  const value = set?.value ?? defaultOf(parameter, majorOf(group) ?? 0);
  // What RDS itself sets comes from `system`, what nobody sets from the engine.
  const source = set !== undefined ? 'user' : value === null ? 'engine-default' : 'system';
  return {
    ParameterName: parameter.name,
    Description: parameter.description,
    Source: source,
    ApplyType: parameter.apply,
    DataType: parameter.type,
    IsModifiable: parameter.fixed !== true,
    ApplyMethod: set?.method ?? 'pending-reboot',
    ...(value !== null && { ParameterValue: value }),
    ...(parameter.allowed !== null && { AllowedValues: parameter.allowed }),
  };
}

export function deleteDBParameterGroup(
  region: RdsRegion,
  input: DeleteDBParameterGroupMessage,
): Record<string, never> {
  const group = own(region, input.DBParameterGroupName, 'deleted');
  const used = [...region.instances.values()].some((instance) => instance.parameterGroup === group.name);
  if (used) {
    throw new WireError(
      'InvalidDBParameterGroupState',
      `One or more database instances are still members of this parameter group ${group.name}, so the group cannot be deleted`,
    );
  }
  region.parameterGroups.delete(group.name);
  return {};
}

/** A group that a customer may change: not one of RDS's. */
function own(region: RdsRegion, named: string | undefined, doing: 'modified' | 'deleted'): ParameterGroup {
  const group = parameterGroup(region, required(named, 'DBParameterGroupName'));
  if (!isDefaultGroup(group.name)) return group;
  throw new WireError(
    'InvalidDBParameterGroupState',
    `Default DBParameterGroup cannot be ${doing}: ${group.name}`,
  );
}

function known(group: ParameterGroup): readonly Parameter[] {
  return majorOf(group) === null ? [] : PARAMETERS;
}

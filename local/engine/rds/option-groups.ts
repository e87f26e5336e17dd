import type {
  CreateOptionGroupMessage,
  CreateOptionGroupResult,
  OptionGroup as Described,
  DescribeOptionGroupsMessage,
  ModifyOptionGroupMessage,
  ModifyOptionGroupResult,
  OptionGroups,
} from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { rdsArn } from '../arn';
import { identifier, invalidValue, required } from './identifiers';
import { listed } from './listing';
import { type EngineOption, isDefault, type OptionGroup } from './option-group';
import type { RdsRegion } from './region';
import { readTags, type TagMap } from './tags';

/** Options of RDS's engines, as far as it matters here whether a copy can go without them. */
const KNOWN: readonly EngineOption[] = [
  { name: 'TDE', persistent: true, permanent: true },
  { name: 'Timezone', persistent: true, permanent: true },
  { name: 'NATIVE_NETWORK_ENCRYPTION', persistent: false, permanent: false },
  { name: 'OEM', persistent: false, permanent: false },
  { name: 'MARIADB_AUDIT_PLUGIN', persistent: false, permanent: false },
  { name: 'MEMCACHED', persistent: false, permanent: false },
];

export function optionGroup(region: RdsRegion, name: string): OptionGroup {
  const known = region.optionGroups.get(name.toLowerCase());
  if (known !== undefined) return known;
  const match = /^default:([a-z-]+)-([\d-]+)$/.exec(name);
  if (match === null) {
    throw new WireError('OptionGroupNotFoundFault', `Specified OptionGroupName: ${name} not found.`, 404);
  }
  // The default groups have always been there.
  const [, engine = '', major = ''] = match;
  return addOptionGroup(
    region,
    name,
    engine,
    major.replace('-', '.'),
    `Default option group for ${engine} ${major}`,
  );
}

function addOptionGroup(
  region: RdsRegion,
  name: string,
  engine: string,
  majorVersion: string,
  description: string,
  tags: TagMap = new Map(),
): OptionGroup {
  const arn = rdsArn(region.place, 'og', name);
  const group = { name, arn, description, engine, majorVersion, options: new Map(), tags };
  region.optionGroups.set(name, group);
  return group;
}

function describe(group: OptionGroup): Described {
  return {
    OptionGroupName: group.name,
    OptionGroupArn: group.arn,
    OptionGroupDescription: group.description,
    EngineName: group.engine,
    MajorEngineVersion: group.majorVersion,
    AllowsVpcAndNonVpcInstanceMemberships: true,
    Options: [...group.options.values()].map(({ name, persistent, permanent }) => ({
      OptionName: name,
      Persistent: persistent,
      Permanent: permanent,
    })),
  };
}

export function createOptionGroup(
  region: RdsRegion,
  input: CreateOptionGroupMessage,
): CreateOptionGroupResult {
  const name = identifier(input.OptionGroupName, 'OptionGroupName');
  const engine = required(input.EngineName, 'EngineName');
  const major = required(input.MajorEngineVersion, 'MajorEngineVersion');
  const description = required(input.OptionGroupDescription, 'OptionGroupDescription');
  if (region.optionGroups.has(name)) {
    throw new WireError('OptionGroupAlreadyExistsFault', `An option group named ${name} already exists.`);
  }
  return {
    OptionGroup: describe(addOptionGroup(region, name, engine, major, description, readTags(input.Tags))),
  };
}

export function modifyOptionGroup(
  region: RdsRegion,
  input: ModifyOptionGroupMessage,
): ModifyOptionGroupResult {
  const group = optionGroup(region, required(input.OptionGroupName, 'OptionGroupName'));
  if (isDefault(group.name)) {
    throw new WireError('InvalidOptionGroupStateFault', 'The default option groups cannot be modified.');
  }
  for (const { OptionName = '' } of input.OptionsToInclude ?? []) {
    const option = KNOWN.find(({ name }) => name === OptionName);
    if (option === undefined) throw invalidValue(`Invalid option name: ${OptionName}`);
    group.options.set(option.name, option);
  }
  for (const name of input.OptionsToRemove ?? []) {
    if (group.options.get(name)?.permanent === true) {
      throw new WireError('InvalidOptionGroupStateFault', `The permanent option ${name} cannot be removed.`);
    }
    group.options.delete(name);
  }
  return { OptionGroup: describe(group) };
}

export function describeOptionGroups(region: RdsRegion, input: DescribeOptionGroupsMessage): OptionGroups {
  const { OptionGroupName, EngineName } = input;
  const groups =
    OptionGroupName === undefined
      ? [...region.optionGroups.values()]
      : [optionGroup(region, OptionGroupName)];
  const entries = groups
    .filter(({ engine }) => EngineName === undefined || engine === EngineName)
    .map((group) => [group.name, group] as const);
  const { items, marker } = listed(entries, input);
  return { OptionGroupsList: items.map(describe), ...(marker !== undefined && { Marker: marker }) };
}

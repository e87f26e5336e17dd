import { WireError } from '../../wire/service';
import type { ServerSettings } from '../data';
import { parameterGroup } from './find-parameter-group';
import type { Instance } from './instance';
import { familyOf } from './parameter-group';
import type { RdsRegion } from './region';

/** The group that an instance of that engine is to have: the default one unless another is named. */
export function groupFor(
  region: RdsRegion,
  named: string | undefined,
  engine: string,
  version: string,
): string {
  const family = familyOf(engine, version);
  if (named === undefined) return `default.${family}`;
  const group = parameterGroup(region, named);
  if (group.family === family || !engine.startsWith('postgres')) return group.name;
  throw new WireError(
    'InvalidParameterCombination',
    `The Parameter Group ${group.name} with DBParameterGroupFamily ${group.family} cannot be used for this instance. Please use a Parameter Group with DBParameterGroupFamily ${family}`,
  );
}

/** All that its group sets, as a server takes it over when it starts. */
export function groupValues(region: RdsRegion, name: string): Record<string, string> {
  const { values } = parameterGroup(region, name);
  return Object.fromEntries([...values].map(([parameter, { value }]) => [parameter, value]));
}

/** What of an instance's settings concerns its server, with the parameters that are in force. */
export function serverSettings({ shape, parameters }: Instance): ServerSettings {
  return { iamAuthentication: shape.iamAuthentication, parameters };
}

/** Before the server starts: what waited for that is in force from now on. */
export async function applyGroup(region: RdsRegion, instance: Instance): Promise<void> {
  instance.parameters = groupValues(region, instance.parameterGroup);
  instance.parameterStatus = 'in-sync';
  await reconfigure(region, instance);
}

/** Tells the server, where there is one. */
export async function reconfigure(region: RdsRegion, instance: Instance): Promise<void> {
  if (instance.endpoint !== null) await region.world.data.configure(instance.arn, serverSettings(instance));
}

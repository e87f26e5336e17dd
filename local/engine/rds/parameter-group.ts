import type { Place } from '../arn';
import type { Arn } from '../data';
import { invalidValue } from './identifiers';
import type { TagMap } from './tags';

export interface ParameterGroup {
  readonly name: string;
  readonly arn: Arn;
  /** `postgres18`: the engine with its major version. */
  readonly family: string;
  readonly description: string;
  /** What was set, by parameter. */
  readonly values: Map<string, SetValue>;
  readonly tags: TagMap;
}

export interface SetValue {
  readonly value: string;
  readonly method: 'immediate' | 'pending-reboot';
}

export const FAMILY = /^(postgres|aurora-postgresql|mysql|mariadb|oracle-ee|sqlserver-ee)-?(\d+(?:\.\d+)?)$/;

/** Groups have other kinds of ARN than what can be copied or restored: `pg`, `subgrp`. */
export function groupArn({ account, region }: Place, kind: 'pg' | 'subgrp', name: string): Arn {
  return `arn:aws:rds:${region}:${account}:${kind}:${name}`;
}

export function familyOf(engine: string, version: string): string {
  return `${engine}${version.split('.')[0] ?? ''}`;
}

export function checkedFamily(family: string): string {
  if (FAMILY.test(family)) return family;
  throw invalidValue(`ParameterGroupFamily ${family} is not a valid parameter group family`);
}

/** `null` for engines that are not PostgreSQL, whose parameters are not known here. */
export function majorOf({ family }: ParameterGroup): number | null {
  const match = /^postgres(\d+)$/.exec(family);
  return match === null ? null : Number(match[1]);
}

export function isDefaultGroup(name: string): boolean {
  return name.startsWith('default.');
}

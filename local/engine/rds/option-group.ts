import type { TagMap } from './tags';

export interface EngineOption {
  readonly name: string;
  /** Cannot be removed while instances use the group. */
  readonly persistent: boolean;
  /** Can never be removed. */
  readonly permanent: boolean;
}

export interface OptionGroup {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly engine: string;
  readonly majorVersion: string;
  readonly options: Map<string, EngineOption>;
  readonly tags: TagMap;
}

export function defaultOptionGroup(engine: string, version: string): string {
  return `default:${engine}-${version.split('.')[0]?.padEnd(1, '0') ?? ''}`;
}

export function isDefault(name: string): boolean {
  return name.startsWith('default:');
}

/** Names of the options of a group that whatever uses it cannot go without. */
export function bindingOptions(group: OptionGroup): string[] {
  return [...group.options.values()]
    .filter(({ persistent, permanent }) => persistent || permanent)
    .map(({ name }) => name);
}

import type { Key } from '../domain/key';

export interface Keys {
  /** What an alias, id or ARN stands for in the region; `null` when there is no such key. */
  find(region: string, key: string): Promise<Key | null>;
}

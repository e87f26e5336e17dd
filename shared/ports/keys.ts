import type { Key, Rotation } from '../domain/key';
import type { Tags } from '../domain/tags';
import type { Duration } from '../domain/time';

/** KMS keys. Every method that acts throws a `Refusal` when KMS says no. */
export interface Keys {
  /** What an alias, id or ARN stands for in the region; `null` when there is no such key. */
  find(region: string, key: string): Promise<Key | null>;
}

/** Keys as rotation and the guard see them: what they are called, whose they are, how they change. */
export interface KeyRing extends Keys {
  /** Every alias of the region that has a key, with its key's id: one call per 100. */
  aliases(region: string): Promise<ReadonlyMap<string, string>>;
  tags(key: Key): Promise<Tags>;
  /** Two calls. Of a multi-Region key, ask the primary. Null of a key that KMS does not rotate and tells nothing of. */
  rotation(key: Key): Promise<Rotation | null>;
  /** Turns automatic rotation on, or changes its period (whole days). */
  setRotation(key: Key, every: Duration): Promise<void>;
  /** Begins one of the few on-demand rotations of the key's whole life. Refused as `busy` while one is under way. */
  rotate(key: Key): Promise<void>;
  /** The key is disabled after it. */
  cancelDeletion(key: Key): Promise<void>;
  enable(key: Key): Promise<void>;
}

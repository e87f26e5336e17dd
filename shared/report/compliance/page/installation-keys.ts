import { h, type JSX } from 'preact';
import type { Compliance } from '../compliance';
import { keyTable, rotations } from './keys';
import { section } from './parts';

/** Every key that anything hangs on, and when it is rotated next. */
export function installationKeys({ keys, at }: Compliance): JSX.Element {
  return section(
    'keys',
    'Keys',
    keys.length === 0
      ? h('p', null, 'None: no key was seen that anything protected hangs on.')
      : [rotations('rotations', keys, at), keyTable('keys-table', 'that anything protected hangs on', keys)],
  );
}

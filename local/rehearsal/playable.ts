import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy, Protection } from '../../shared/domain/policy';
import { findBinaries } from '../postgres/binaries';

/** One database of the policy, what it is called and how the policy finds it. */
export interface Chosen {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly protection: Protection;
}

export function chosen({ databases, policies }: Policy): Chosen {
  const [first] = databases;
  const protection = first === undefined ? undefined : policies[first.policy];
  if (first === undefined || protection === undefined)
    throw new Error('the policy protects no database\nhint: add one to `databases`');
  if ('tags' in first.match) return { id: 'qrosity-db', tags: first.match.tags, protection };
  return { id: first.match.identifiers[0] ?? 'qrosity-db', tags: {}, protection };
}

/**
 * Refuses what this machine cannot stage, before anything runs: a rehearsal that fails for want of a stage would look
 * like a broken promise.
 */
export function assertPlayable(policy: Policy): void {
  const { protection } = chosen(policy);
  const under = `policies.${protection.name}`;
  for (const [index, { key, optionGroup }] of protection.copies.entries()) {
    const where = `${under}.copies[${index}]`;
    if (key !== null && !/^alias\/(?!aws\/)/.test(key)) {
      throw new Unplayable(
        `${where}.key: '${key}' cannot be made on this machine`,
        'rehearse with a key by alias, as alias/holdfast',
      );
    }
    if (optionGroup !== null) {
      throw new Unplayable(
        `${where}.optionGroup: '${optionGroup}' cannot be made on this machine`,
        'rehearse without it: no option of PostgreSQL needs one',
      );
    }
  }
  // Where nobody looks, nobody misses it.
  if (protection.inspection === null) return;
  for (const extension of protection.extensions) {
    if (isHere(extension)) continue;
    throw new Unplayable(
      `${under}.extensions: '${extension}' is not in the PostgreSQL of this machine`,
      "rehearse without it: the build has the extensions of PostgreSQL's own distribution",
    );
  }
}

function isHere(extension: string): boolean {
  return existsSync(join(findBinaries().native, 'share/postgresql/extension', `${extension}.control`));
}

export class Unplayable extends Error {
  constructor(message: string, hint: string) {
    super(`${message}\n  hint: ${hint}`);
    this.name = 'Unplayable';
  }
}

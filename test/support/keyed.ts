import { TAG } from '../../shared/domain/tags';
import { AWAY, at, HOME } from './builders';
import { World, type WorldOptions } from './world';

/** Of the stories of keys, unless they say otherwise: the minute of rotate-keys' daily run. */
export const START = at('2026-03-01 06:25');

/** Our tag. */
export const OWNED = [{ TagKey: TAG.owner, TagValue: 'holdfast' }];

export interface Keyed {
  readonly it: World;
  /** Ids of the keys that are alias/holdfast at the start. */
  readonly home: string;
  readonly away: string;
}

/** A database and its copies' target, each under a key of ours: at home by tag, away because the policy names it. */
export async function keyed(options: WorldOptions = {}): Promise<Keyed> {
  const it = new World({ start: START, ...options });
  const home = await aliased(it, HOME, 'alias/holdfast');
  const away = await aliased(it, AWAY, 'alias/holdfast', []);
  it.region().stage.instance({ id: 'qrosity-db', key: 'alias/holdfast', backupRetention: 7 });
  return { it, home: home.id, away: away.id };
}

/** A key of a region under an alias, with our tag unless told otherwise. */
export async function aliased(
  it: World,
  region: string,
  AliasName: string,
  Tags = OWNED,
): Promise<{ readonly id: string; readonly arn: string }> {
  const { kms } = it.region(region);
  const { KeyMetadata: { KeyId: id = '', Arn: arn = '' } = {} } = await kms.CreateKey({ Tags });
  await kms.CreateAlias({ AliasName, TargetKeyId: id });
  return { id, arn };
}

/** `us-east-1 rekey done`: what a run came to, a line each. */
export function reasons(report: {
  readonly entries: readonly {
    readonly reason: string;
    readonly outcome: string;
    readonly subject: { readonly region: string };
  }[];
}): string[] {
  return report.entries.map(({ subject, reason, outcome }) => `${subject.region} ${reason} ${outcome}`);
}

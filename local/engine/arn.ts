import type { Arn } from './data';

/** Where a resource lies. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export type RdsKind = 'db' | 'snapshot' | 'og';

export function rdsArn({ account, region }: Place, kind: RdsKind, id: string): Arn {
  return `arn:aws:rds:${region}:${account}:${kind}:${id}`;
}

export interface RdsName extends Place {
  readonly kind: RdsKind;
  readonly id: string;
}

/** Takes an RDS ARN apart; `null` for all else. The identifier may itself hold a colon: `rds:...`. */
export function parseRdsArn(text: string): RdsName | null {
  const match = /^arn:aws[a-z-]*:rds:([a-z0-9-]+):(\d{12}):(db|snapshot|og):(.+)$/i.exec(text);
  if (match === null) return null;
  const [, region = '', account = '', kind = '', id = ''] = match;
  return { region, account, kind: kind.toLowerCase() as RdsKind, id: id.toLowerCase() };
}

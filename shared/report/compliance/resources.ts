import type { Compliance } from './compliance';

/** What an assessment is about, as AWS knows it. */
export interface AwsResource {
  /** A type of the finding format; `Other` where it has none. */
  readonly type:
    | 'AwsRdsDbInstance'
    | 'AwsRdsDbSnapshot'
    | 'AwsKmsKey'
    | 'AwsLambdaFunction'
    | 'AwsAccount'
    | 'Other';
  readonly id: string;
  readonly region: string;
  readonly partition: 'aws' | 'aws-cn' | 'aws-us-gov';
}

/** The database's own region is meant, wherever its copy is judged: that is where its instance stands. */
export function resourceOf(
  {
    subject,
  }: { readonly subject: { readonly database: string; readonly region: string; readonly resource?: string } },
  {
    account,
    home,
    databases,
  }: Pick<Compliance, 'account' | 'home'> & { readonly databases: ReadonlyMap<string, string> },
): AwsResource {
  const { database, region, resource } = subject;
  const there = { region, partition: partitionOf(region) };
  const type = typeOfArn(resource);
  if (resource !== undefined && type !== null) return { ...there, type, id: resource };
  if (database === '*') {
    return resource === undefined
      ? { ...there, type: 'AwsAccount', id: `AWS::::Account:${account}` }
      : { ...there, type: 'Other', id: resource.trim() === '' ? 'unnamed' : resource };
  }
  const its = databases.get(database) ?? home;
  const partition = partitionOf(its);
  return {
    type: 'AwsRdsDbInstance',
    id: `arn:${partition}:rds:${its}:${account}:db:${database}`,
    region: its,
    partition,
  };
}

/** The region of every database, by its name. */
export function regionsOfDatabases({ databases }: Compliance): Map<string, string> {
  return new Map(databases.map(({ database, region }) => [database, region]));
}

export function partitionOf(region: string): AwsResource['partition'] {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function typeOfArn(resource: string | undefined): AwsResource['type'] | null {
  const [, service, kind] =
    /^arn:[a-z-]+:(rds|kms|lambda):[a-z0-9-]+:\d{12}:([a-z-]+)[:/]/.exec(resource ?? '') ?? [];
  switch (`${service}:${kind}`) {
    case 'rds:db':
      return 'AwsRdsDbInstance';
    case 'rds:snapshot':
      return 'AwsRdsDbSnapshot';
    case 'kms:key':
      return 'AwsKmsKey';
    case 'lambda:function':
      return 'AwsLambdaFunction';
    default:
      return null;
  }
}

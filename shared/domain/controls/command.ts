import type { Seen } from './seen';

/** `aws rds ...` as it is typed. A word that a shell would read more in is quoted, whatever AWS lets a name hold. */
export function aws(...words: readonly string[]): string {
  return ['aws', ...words].map(quoted).join(' ');
}

/** What a function is asked for: fields, of which one may hold fields of its own, as `rekey` does. */
type Payload = Readonly<Record<string, string | boolean | Readonly<Record<string, string>>>>;

/** One of our functions, by hand. */
export function invoke({ deployment }: Pick<Seen, 'deployment'>, name: string, payload: Payload): string {
  return aws(
    ...['lambda', 'invoke', '--function-name', `${deployment}-${name}`],
    ...['--cli-binary-format', 'raw-in-base64-out', '--payload', JSON.stringify(payload), '/dev/stdout'],
  );
}

/** What the policy promises, and what that costs, in words: of the file that `POLICY_FILE` names, else of policy.yml. */
export const EXPLAINED = 'npm run policy';

/** What the last runs of report-compliance could not see, or do. */
export function lastRuns({ deployment, policy }: Pick<Seen, 'deployment' | 'policy'>, since: string): string {
  const group = `/aws/lambda/${deployment}-report-compliance`;
  return aws('logs', 'tail', group, '--region', policy.home, '--since', since, '--filter-pattern', 'ERROR');
}

/** A DB instance to look at, as RDS tells of it. */
export function describe({ id, region }: Named, ...words: string[]): string {
  return aws('rds', 'describe-db-instances', '--region', region, '--db-instance-identifier', id, ...words);
}

/** What RDS did to a DB instance in so many minutes; it remembers 14 days (aws-facts: Quotas). */
export function eventsOf({ id, region }: Named, minutes: number, ...words: string[]): string {
  return aws(
    ...['rds', 'describe-events', '--region', region, '--source-type', 'db-instance'],
    ...['--source-identifier', id, '--duration', `${minutes}`, ...words],
  );
}

/** Who asked AWS for something lately, as CloudTrail keeps it for 90 days. */
export function whoAsked(region: string, by: 'EventName' | 'ResourceName', value: string): string {
  const attribute = `AttributeKey=${by},AttributeValue=${value}`;
  return aws('cloudtrail', 'lookup-events', '--region', region, '--lookup-attributes', attribute);
}

interface Named {
  readonly id: string;
  readonly region: string;
}

/** A change of a DB instance that does not wait for its maintenance window. */
export function modify(database: Named, ...words: string[]): string {
  const of = ['--region', database.region, '--db-instance-identifier', database.id];
  return aws('rds', 'modify-db-instance', ...of, ...words, '--apply-immediately');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_.:/@=+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

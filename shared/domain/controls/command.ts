import type { Seen } from './seen';

/** `aws rds ...` as it is typed. A word that a shell would read more in is quoted, whatever AWS lets a name hold. */
export function aws(...words: readonly string[]): string {
  return ['aws', ...words].map(quoted).join(' ');
}

/** One of our functions, by hand. */
export function invoke(
  { deployment }: Pick<Seen, 'deployment'>,
  name: string,
  payload: Readonly<Record<string, string | boolean>>,
): string {
  return aws(
    ...['lambda', 'invoke', '--function-name', `${deployment}-${name}`],
    ...['--cli-binary-format', 'raw-in-base64-out', '--payload', JSON.stringify(payload), '/dev/stdout'],
  );
}

/** A change of a DB instance that does not wait for its maintenance window. */
export function modify(
  database: { readonly id: string; readonly region: string },
  ...words: string[]
): string {
  const of = ['--region', database.region, '--db-instance-identifier', database.id];
  return aws('rds', 'modify-db-instance', ...of, ...words, '--apply-immediately');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_.:/@=+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

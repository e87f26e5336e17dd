/** Where in the policy: `['databases', 0, 'match', 'identifiers', 1]`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a policy, or odd about it. */
export interface Problem {
  readonly path: Path;
  /** Lower case, naming the value as it was written. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** The key is at fault, not its value: the message points there. */
  readonly atKey?: boolean;
}

/** A problem at its place in the file; line and column count from 1, and are 0 where the file itself is at fault. */
export interface Located extends Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `databases[0].match.identifiers[1]`; the file as a whole is an empty text. */
export function formatPath(path: Path): string {
  return path
    .map((step, at) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_][\w-]*$/.test(step)) return `[${show(step)}]`;
      return at === 0 ? step : `.${step}`;
    })
    .join('');
}

export function formatProblem({ file, line, column, path, message, hint }: Located): string {
  const where = path.length === 0 ? '' : `${formatPath(path)}: `;
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return `${place}: ${where}${message}\n  hint: ${hint}`;
}

/** A value as a message names it: short, on one line, whatever it holds. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const line = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value).slice(1, -1);
    return `'${line.replaceAll('\\"', '"')}'`;
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A policy that cannot be followed. It lists every problem at once, so that one edit mends the file. */
export class PolicyError extends Error {
  constructor(readonly problems: readonly Located[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'PolicyError';
  }
}

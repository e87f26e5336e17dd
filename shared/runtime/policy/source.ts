import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Located, Path, Problem } from './problem';

/** The text of a policy as data, and the way back from a path in it to line and column. */
export interface Source {
  readonly data: unknown;
  readonly problems: readonly Located[];
  locate(problem: Problem): Located;
}

/**
 * Reads YAML 1.2, strictly: what YAML merely warns of (a tag that it does not know) is an error here, and so is a
 * second document, because half a policy would look like a whole one.
 */
export function readSource(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    version: '1.2',
  });
  const at = (offset: number, problem: Problem): Located => {
    const { line, col } = lines.linePos(offset);
    return { ...problem, file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map((error) =>
    at(error.pos[0], { path: [], message: plain(error.message), hint: hintOf(error.code) }),
  );
  // `{ __proto__: x }` would get past zod's records unseen, and a tag selection without a tag matches everything.
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== '__proto__') return;
      problems.push(
        at(key.range?.[0] ?? 0, { path: [], message: "'__proto__' is not a key", hint: 'remove it' }),
      );
    },
  });
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
    problems.push(
      at(0, {
        path: [],
        message: `YAML ${document.directives.yaml.version} is not read`,
        hint: 'remove the %YAML line: the policy is YAML 1.2',
      }),
    );
  }
  let data: unknown = null;
  try {
    // Of a document with errors nothing is read: what it might have meant would only add to the complaints.
    if (document.errors.length === 0) data = document.toJS();
  } catch (error) {
    // An alias without its anchor, or so many aliases that they would fill the memory.
    problems.push(
      at(0, { path: [], message: plain(error), hint: 'write the value out where the alias (*) stands' }),
    );
  }
  return { data, problems, locate: (problem) => at(offsetOf(document, problem), problem) };
}

/** YAML's own words, in our manner: lower case, one line. */
function plain(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.charAt(0).toLowerCase() + line.slice(1).replace(/:$/, '');
}

function hintOf(code: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'keep one of the two';
    case 'MULTIPLE_DOCS':
      return 'keep one policy in a file: remove the --- and what follows';
    case 'NON_STRING_KEY':
      return 'put the key in quotes';
    default:
      return 'mend the YAML: indent with spaces, and quote a value that holds ": " or " #"';
  }
}

/** Where the node of a path begins; of a path that is not there, where the nearest one around it does. */
function offsetOf(document: Document.Parsed, { path, atKey }: Problem): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  path.forEach((step, at) => {
    const inside = isAlias(node) ? node.resolve(document) : node;
    node = undefined;
    if (isMap(inside)) {
      const pair = inside.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return;
      node = pair.value;
      const wantsKey = atKey && at === path.length - 1;
      const isEmpty = isScalar(pair.value) && pair.value.type === 'PLAIN' && pair.value.source === '';
      offset = startOf(wantsKey || isEmpty ? pair.key : pair.value) ?? startOf(pair.key) ?? offset;
    } else if (isSeq(inside) && typeof step === 'number') {
      node = inside.items[step];
      offset = startOf(node) ?? offset;
    }
  });
  return offset;
}

function startOf(node: unknown): number | undefined {
  const range = (node as { range?: unknown } | null | undefined)?.range;
  return Array.isArray(range) ? (range[0] as number) : undefined;
}

/** What stands at a path, or undefined; never what an object merely inherits. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

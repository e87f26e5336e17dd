import type { HttpTrait, Model, OperationModel } from './model';
import { requiredCount } from './required';

/** What a request is told apart by. */
export interface Addressed {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The value of the label that no template has, because it is part of the endpoint (S3's `Bucket`). */
  readonly endpointLabel: string | null;
}

export interface Named {
  readonly operation: OperationModel;
  /** Labels of the path by member, decoded. */
  readonly labels: ReadonlyMap<string, string>;
}

/** An `http` trait made ready to be compared. */
interface Template {
  readonly method: string;
  readonly path: RegExp;
  readonly labels: readonly string[];
  /** `?list-type=2`, `?object-lock`: what the query must hold; null is any value. */
  readonly literals: ReadonlyMap<string, string | null>;
  /** Names the operation outright, in requests of newer clients. */
  readonly id: string | null;
  readonly endpointLabel: string | null;
  /** What the operation cannot do without, by its names in query and headers: UploadPart's partNumber. */
  readonly needs: readonly { readonly query?: string; readonly header?: string }[];
  readonly operation: OperationModel;
}

const templates = new WeakMap<Model, readonly Template[]>();

/**
 * The operation that a method and path name; of several, the one that says most about the query. Operations that differ
 * in `x-id` alone are told apart by what they need, since the `aws` command line does not send it.
 */
export function operationNamed(request: Addressed, model: Model): Named | null {
  let best: { readonly template: Template; readonly weight: number } | null = null;
  for (const template of templatesOf(model)) {
    if (!fits(template, request)) continue;
    const weight = template.literals.size * 100 + template.needs.length;
    if (best === null || weight > best.weight) best = { template, weight };
  }
  if (best === null) return null;
  const { operation, path, labels } = best.template;
  const values = path.exec(request.path)?.slice(1) ?? [];
  return {
    operation,
    labels: new Map(labels.map((name, at) => [name, decodeURIComponent(values[at] ?? '')])),
  };
}

function fits(template: Template, { method, path, query, headers, endpointLabel }: Addressed): boolean {
  if (template.method !== method || !template.path.test(path)) return false;
  if ((template.endpointLabel === null) !== (endpointLabel === null)) return false;
  for (const [name, value] of template.literals) {
    if (value === null ? !query.has(name) : query.get(name) !== value) return false;
  }
  const id = query.get('x-id');
  if (id !== null && template.id !== null) return id === template.id;
  return template.needs.every(({ query: name, header }) =>
    name === undefined ? header !== undefined && header in headers : query.has(name),
  );
}

function templatesOf(model: Model): readonly Template[] {
  const known = templates.get(model);
  if (known !== undefined) return known;
  const made = [...model.operations.values()].flatMap((operation) =>
    operation.http === null ? [] : [templateOf(operation, operation.http)],
  );
  templates.set(model, made);
  return made;
}

function templateOf(operation: OperationModel, [method, uri]: HttpTrait): Template {
  const [path = '/', search = ''] = uri.split('?');
  const labels: string[] = [];
  const pattern = path.replace(/\{(\w+)(\+?)\}|[^{]+/g, (text, label?: string, greedy?: string) => {
    if (label === undefined) return text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    labels.push(label);
    return greedy === '+' ? '(.+)' : '([^/]+)';
  });
  const literals = new Map(
    search
      .split('&')
      .filter((literal) => literal !== '')
      .map((literal): [string, string | null] => {
        const [name = '', value = null] = literal.split('=');
        return [name, value];
      }),
  );
  const id = literals.get('x-id') ?? null;
  literals.delete('x-id');
  const needs: { query?: string; header?: string }[] = [];
  let endpointLabel: string | null = null;
  if (operation.input.isStructSchema()) {
    let position = 0;
    const required = requiredCount(operation.input);
    for (const [name, member] of operation.input.structIterator()) {
      const { httpLabel, httpQuery, httpHeader } = member.getMergedTraits();
      if (httpLabel && !labels.includes(name)) endpointLabel = name;
      if (position < required && httpQuery !== undefined) needs.push({ query: httpQuery });
      if (position < required && httpHeader !== undefined) needs.push({ header: httpHeader.toLowerCase() });
      position += 1;
    }
  }
  return {
    method,
    path: new RegExp(`^${pattern}$`, 's'),
    labels,
    literals,
    id,
    endpointLabel,
    needs,
    operation,
  };
}

/** A path that cannot be decoded names no operation. */
export function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

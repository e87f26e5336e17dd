/** What a rule hands to its function instead of the event, as serverless.yml has it. */
export interface RuleInput {
  readonly input?: unknown;
  readonly inputTransformer?: {
    readonly inputPathsMap?: Readonly<Record<string, string>>;
    readonly inputTemplate: string;
  };
  readonly inputPath?: string;
}

/** The event itself, a constant in its place, or a template that parts of the event are filled into. */
export function inputOf({ input, inputTransformer, inputPath }: RuleInput): (event: unknown) => unknown {
  if (inputPath !== undefined) throw new Error('a rule with an inputPath is not known here: use a template');
  if (inputTransformer === undefined) return (event) => input ?? event;
  const { inputPathsMap = {}, inputTemplate } = inputTransformer;
  return (event) =>
    JSON.parse(
      // EventBridge quotes a text by itself, and takes quotes around it as well.
      inputTemplate.replaceAll(/"<([\w.-]+)>"|<([\w.-]+)>/g, (_, quoted, bare) => {
        const path = inputPathsMap[quoted ?? bare];
        if (path === undefined) throw new Error(`${inputTemplate}: no path for <${quoted ?? bare}>`);
        return JSON.stringify(at(event, path) ?? null);
      }),
    );
}

function at(event: unknown, path: string): unknown {
  if (!/^\$(\.[\w-]+)+$/.test(path)) throw new Error(`${path}: only $.field.field is known here`);
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, field) => (value as Record<string, unknown> | undefined)?.[field], event);
}

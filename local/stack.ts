import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What all names of the home stack begin with: service and stage. */
export const DEPLOYMENT = 'holdfast-prod';
const VARIABLES = /\$\{self:service\}-\$\{sls:stage\}/g;

/** What stands in the place of an intrinsic or of a variable of the framework. */
export interface Filling {
  readonly region: string;
  readonly account: string;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface StackFile {
  /** A template of its own has it, and belongs to no home stack: deploy/copy-region.yml. */
  readonly AWSTemplateFormatVersion?: string;
  readonly Resources?: Readonly<Record<string, Resource>>;
}

/** What the home stack makes, as it stands in files of deploy/. */
export class HomeStack {
  readonly #resources = new Map<string, Resource>();

  constructor(
    files: readonly string[],
    private readonly filling: Filling,
  ) {
    for (const file of files) {
      // CloudFormation's short intrinsics, which only other stacks have, are tags that YAML does not know.
      const stack = parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) as StackFile;
      if (stack.AWSTemplateFormatVersion !== undefined) continue;
      for (const [name, resource] of Object.entries(stack.Resources ?? {}))
        this.#resources.set(name, resource);
    }
  }

  /** The properties of all resources of a type, with what they refer to filled in. */
  all(type: string): Record<string, unknown>[] {
    return [...this.#resources]
      .filter(([, { Type }]) => Type === type)
      .map(([name, { Properties = {} }]) =>
        Object.fromEntries(
          Object.entries(Properties).map(([property, value]) => [
            property,
            this.#filledIn(value, `${name}.${property}`),
          ]),
        ),
      );
  }

  /** One property of a resource: the others may refer to what nobody fills in here. */
  of(name: string, property: string): unknown {
    const found = this.#resources.get(name);
    if (found === undefined) throw new Error(`the home stack has no ${name}`);
    return this.#filledIn(found.Properties?.[property], `${name}.${property}`);
  }

  #filledIn(value: unknown, where: string): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#filledIn(one, where));
    if (typeof value === 'object' && value !== null) return this.#ofObject(value, where);
    if (typeof value !== 'string') return value;
    const text = value.replace(VARIABLES, DEPLOYMENT);
    if (text.includes('${')) throw new Error(`${where}: nothing here fills in ${text}`);
    return text;
  }

  #ofObject(value: object, where: string): unknown {
    if ('Ref' in value) return this.#referredTo(String(value.Ref), where);
    const intrinsic = Object.keys(value).find((key) => key.startsWith('Fn::'));
    if (intrinsic !== undefined) throw new Error(`${where}: nothing here fills in ${intrinsic}`);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.#filledIn(inner, where)]),
    );
  }

  /** A Lambda function by its name, a topic by its ARN; of what else there is, nothing has asked yet. */
  #referredTo(name: string, where: string): string {
    const { region, account } = this.filling;
    const [, spelled] = /^(\w+)LambdaFunction$/.exec(name) ?? [];
    // `CopyDashsnapshot` is the framework's spelling of `copy-snapshot`.
    if (spelled !== undefined) {
      return `${DEPLOYMENT}-${spelled.charAt(0).toLowerCase()}${spelled.slice(1).replaceAll('Dash', '-')}`;
    }
    const resource = this.#resources.get(name);
    if (resource?.Type !== 'AWS::SNS::Topic') throw new Error(`${where}: nothing here fills in ${name}`);
    return `arn:aws:sns:${region}:${account}:${this.#filledIn(resource.Properties?.TopicName, name)}`;
  }
}

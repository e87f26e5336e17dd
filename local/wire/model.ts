import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';

export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** The `http` trait; null in services that put every operation under one path. */
  readonly http: HttpTrait | null;
}

/** `['GET', '/{Key+}?x-id=GetObject', 200]`: the status is that of an answer. */
export type HttpTrait = readonly [method: string, uri: string, status: number];

export interface ErrorModel {
  /** The shape, which the SDK takes for the error's name: `DBSnapshotAlreadyExistsFault`. */
  readonly shape: string;
  /** The `awsQueryError` trait's code: `DBSnapshotAlreadyExists`. The shape's name where there is no trait. */
  readonly queryCode: string;
  readonly status: number;
}

/** The first element of a static schema tells its kind (`@smithy/types`: static-schemas). */
const OPERATION = 9;
const ERROR = -3;

/** What a client's module says of its service: the schemas that it exports, by name. */
export class Model {
  readonly operations = new Map<string, OperationModel>();
  readonly errors: ErrorModel[] = [];

  constructor(schemas: Readonly<Record<string, unknown>>) {
    for (const schema of Object.values(schemas)) {
      if (isOperation(schema)) {
        const [, , name, traits, input, output] = schema;
        this.operations.set(name, {
          name,
          input: NormalizedSchema.of(input),
          output: NormalizedSchema.of(output),
          http: httpTrait(traits),
        });
      } else if (isError(schema)) {
        this.errors.push(errorModel(schema));
      }
    }
  }
}

function isOperation(schema: unknown): schema is StaticOperationSchema {
  return Array.isArray(schema) && schema[0] === OPERATION;
}

function isError(schema: unknown): schema is StaticErrorSchema {
  return Array.isArray(schema) && schema[0] === ERROR;
}

function httpTrait(traits: unknown): HttpTrait | null {
  return (traits as { readonly http?: HttpTrait } | null)?.http ?? null;
}

interface ErrorTraits {
  readonly awsQueryError?: readonly [code: string, status: number];
  readonly httpError?: number;
  readonly error?: 'client' | 'server';
}

function errorModel(schema: StaticErrorSchema): ErrorModel {
  const traits = NormalizedSchema.of(schema).getMergedTraits() as ErrorTraits;
  const [queryCode, queryStatus] = traits.awsQueryError ?? [];
  return {
    shape: schema[2],
    queryCode: queryCode ?? schema[2],
    // Where nothing is said it is 400 or 500, by whose fault it is (Smithy: error trait).
    status: queryStatus ?? traits.httpError ?? (traits.error === 'server' ? 500 : 400),
  };
}

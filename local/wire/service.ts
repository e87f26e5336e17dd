/** Who calls, and where: read off the request's signature. */
export interface Call {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `rds`, `kms`, ... as the signature's scope names it. */
  readonly service: string;
  readonly operation: string;
}

/**
 * One operation of one service, typed by the SDK's own input and output. It throws a `WireError` to refuse.
 * An operation that is not in the table answers as AWS answers an action it does not know.
 */
export type Operations = Readonly<Record<string, (input: never, call: Call) => unknown>>;

export interface Service {
  /** As in the signature's credential scope: `rds`. */
  readonly name: string;
  /** The SDK client's module, for its schemas: `import * as rds from '@aws-sdk/client-rds'`. */
  readonly schemas: Readonly<Record<string, unknown>>;
  readonly protocol: 'query' | 'json' | 'json-1.0' | 'rest-json' | 'rest-xml';
  readonly operations: Operations;
  /** Operations that tell of each item in a list whether it passed: what an input lacks is theirs to say. */
  readonly itemwise?: readonly string[];
}

/** An error by the code that goes over the wire: `DBSnapshotAlreadyExists`, not the SDK's `...Fault`. */
export class WireError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = 'WireError';
  }
}

/** Why AWS or a rule refused, in our words; `shared/aws/errors.ts` translates AWS's. */
export type RefusalKind =
  | 'taken'
  | 'gone'
  | 'busy'
  | 'quota'
  | 'key'
  | 'denied'
  | 'throttled'
  | 'invalid'
  | 'unsupported'
  | 'unreachable'
  | 'damaged'
  | 'unknown';

/** An act that did not come about. The message is in lower case; the hint says what to do. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Refusal';
  }
}

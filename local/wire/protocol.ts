import type { WireRequest, WireResponse } from './http-message';
import type { ErrorModel, Model, OperationModel } from './model';
import type { WireError } from './service';

/** Where a required member is missing: member names, and the positions in lists counted from 1. */
export type Path = readonly (string | number)[];

/**
 * How one family of services puts calls and answers into HTTP. A protocol knows schemas and bytes, never a service:
 * another one (CBOR) is another object in `protocols.ts`.
 */
export interface Protocol {
  /**
   * The operation that the request names, known or not; `null` when it names none. The model is for those protocols
   * whose requests name it by method and path.
   */
  operationOf(request: WireRequest, model: Model): string | null;
  /** The input as the SDK's types have it. Throws a `WireError` when the bytes do not fit the schema. */
  read(request: WireRequest, operation: OperationModel): unknown;
  answer(
    service: string,
    request: WireRequest,
    operation: OperationModel,
    output: unknown,
    id: string,
  ): WireResponse;
  refuse(service: string, request: WireRequest, error: WireError, id: string): WireResponse;
  /** How an error of the model goes over the wire. */
  wireForm(error: ErrorModel): { readonly code: string; readonly status: number };
  unknownOperation(request: WireRequest, name: string | null): WireError;
  missing(members: readonly Path[]): WireError;
  unsigned(): WireError;
  incompleteSignature(): WireError;
  throttled(): WireError;
}

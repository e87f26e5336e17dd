import { Model, type OperationModel } from './model';
import type { Protocol } from './protocol';
import { PROTOCOLS } from './protocols';
import { type Service, WireError } from './service';

/** An operation that both the service's table and the SDK's schemas know. */
export interface Operation {
  readonly model: OperationModel;
  readonly run: Service['operations'][string];
}

/** A service made ready for calls: its protocol, and what the SDK's schemas say of its operations and errors. */
export class Route {
  readonly protocol: Protocol;
  readonly model: Model;
  readonly #operations = new Map<string, Operation>();
  /** Statuses by wire code. */
  readonly #statuses: ReadonlyMap<string, number>;
  /** Wire codes by the shape's name, where the two differ. */
  readonly #codes: ReadonlyMap<string, string>;

  constructor(readonly service: Service) {
    const protocol = PROTOCOLS[service.protocol];
    const model = new Model(service.schemas);
    for (const [name, run] of Object.entries(service.operations)) {
      const operation = model.operations.get(name);
      if (operation === undefined) {
        throw new Error(
          `${service.name} has no operation ${name}; hint: compare with the commands of its SDK client`,
        );
      }
      this.#operations.set(name, { model: operation, run });
    }
    this.protocol = protocol;
    this.model = model;
    const errors = model.errors.map((error) => ({ shape: error.shape, ...protocol.wireForm(error) }));
    this.#statuses = new Map(errors.map(({ code, status }) => [code, status]));
    this.#codes = new Map(
      errors.filter(({ shape }) => !this.#statuses.has(shape)).map(({ shape, code }) => [shape, code]),
    );
  }

  operation(name: string): Operation | undefined {
    return this.#operations.get(name);
  }

  /**
   * The error as the service would send it: the model knows the status of its own errors better than whoever throws
   * them. A code that is only the SDK's name (`DBSnapshotNotFoundFault`) would pass unnoticed here and nowhere else.
   */
  refusal(error: WireError): WireError {
    const code = this.#codes.get(error.code);
    if (code !== undefined) {
      throw new Error(`${error.code} is a name of the SDK, not a wire code; hint: throw ${code}`, {
        cause: error,
      });
    }
    const status = this.#statuses.get(error.code) ?? error.status;
    return status === error.status ? error : new WireError(error.code, error.message, status);
  }
}

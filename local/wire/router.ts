import { CallLog } from './call-log';
import { type Cut, type Gate, OPEN, type SignedCall } from './gate';
import type { WireRequest, WireResponse } from './http-message';
import type { Protocol } from './protocol';
import { PROTOCOLS } from './protocols';
import { missingMembers } from './required';
import { Route } from './route';
import { type Service, WireError } from './service';
import { scopeOf } from './signature';

export interface RouterOptions {
  /** Twelve digits: the account of callers whose access key id is not itself twelve digits. */
  readonly account?: string;
  readonly faults?: Gate;
  readonly log?: CallLog;
  /** Told of a bug: an operation that threw anything but a `WireError`. Its caller gets 500 InternalFailure. */
  readonly onError?: (error: unknown, call: SignedCall) => void;
}

/** What a transport has to do: send the response, or break the connection. */
export type Reply = { readonly response: WireResponse } | { readonly cut: Cut };

interface Outcome {
  readonly response: WireResponse;
  /** For the log: `ok` or the wire code. */
  readonly word: string;
  readonly effect: boolean;
}

/**
 * Takes a request of any region and account to its service. Region and service are read off the signature's scope,
 * so one endpoint stands for all of AWS.
 */
export class Router {
  readonly log: CallLog;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #account: string;
  readonly #gate: Gate;
  readonly #onError: (error: unknown, call: SignedCall) => void;

  constructor(services: readonly Service[], options: RouterOptions = {}) {
    this.#routes = new Map(services.map((service) => [service.name, new Route(service)]));
    this.#account = options.account ?? '000000000000';
    this.#gate = options.faults ?? OPEN;
    this.log = options.log ?? new CallLog();
    this.#onError = options.onError ?? print;
  }

  async handle(request: WireRequest): Promise<Reply> {
    const number = this.log.next();
    const id = requestId(number);
    const scope = scopeOf(request);
    if (scope === null || scope === 'incomplete') {
      const protocol = protocolOf(request);
      const error = scope === null ? protocol.unsigned() : protocol.incompleteSignature();
      return { response: protocol.refuse('unsigned', request, error, id) };
    }
    const route = this.#routes.get(scope.service);
    if (route === undefined) {
      return {
        response: protocolOf(request).refuse(scope.service, request, this.#noService(scope.service), id),
      };
    }
    const call: SignedCall = {
      account: /^\d{12}$/.test(scope.accessKey) ? scope.accessKey : this.#account,
      region: scope.region,
      service: scope.service,
      operation: route.protocol.operationOf(request, route.model) ?? '',
      accessKey: scope.accessKey,
      protocol: route.service.protocol,
    };
    const done = this.log.begin(number, call);
    const admission = this.#gate.admit(call, route.protocol.throttled);
    if ('cut' in admission) {
      done('cut', false);
      return admission;
    }
    const { response, word, effect } =
      'error' in admission
        ? this.#refuse(route, request, call, id, admission.error)
        : await this.#carryOut(route, request, call, id);
    const cut = 'release' in admission ? admission.release() : null;
    done(cut === null ? word : 'cut', effect);
    return cut === null ? { response } : { cut };
  }

  async #carryOut(route: Route, request: WireRequest, call: SignedCall, id: string): Promise<Outcome> {
    const { service, protocol } = route;
    try {
      const operation = route.operation(call.operation);
      if (operation === undefined) throw protocol.unknownOperation(request, call.operation || null);
      const input = protocol.read(request, operation.model);
      const missing = service.itemwise?.includes(call.operation)
        ? []
        : missingMembers(operation.model.input, input);
      if (missing.length > 0) throw protocol.missing(missing);
      // `Operations` has each input as `never`, so that a table may be typed by the SDK's own inputs.
      const output = await operation.run(input as never, call);
      return {
        response: protocol.answer(service.name, request, operation.model, output, id),
        word: 'ok',
        effect: true,
      };
    } catch (error) {
      return this.#refuse(route, request, call, id, error);
    }
  }

  /** What is not a `WireError`, or one that no service sends, is a bug of ours: told to `onError`, 500 to the caller. */
  #refuse(route: Route, request: WireRequest, call: SignedCall, id: string, error: unknown): Outcome {
    let refusal: WireError;
    try {
      if (!(error instanceof WireError)) throw error;
      refusal = route.refusal(error);
    } catch (bug) {
      this.#onError(bug, call);
      refusal = new WireError(
        'InternalFailure',
        'The request processing has failed because of an unknown error',
        500,
      );
    }
    return {
      response: route.protocol.refuse(route.service.name, request, refusal, id),
      word: refusal.code,
      effect: false,
    };
  }

  #noService(name: string): WireError {
    const known = [...this.#routes.keys()].join(', ');
    return new WireError(
      'NotImplemented',
      `no service ${name} on this machine; hint: there are ${known}`,
      501,
    );
  }
}

/** Without a signature there is no service; a target header means JSON. */
function protocolOf(request: WireRequest): Protocol {
  return request.headers['x-amz-target'] === undefined ? PROTOCOLS.query : PROTOCOLS.json;
}

/** The call's number as a UUID: the same run gives the same bytes, and an error leads to its line of the log. */
function requestId(number: number): string {
  return `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`;
}

function print(error: unknown, { service, operation, region }: SignedCall): void {
  console.error(`bug in local ${service} ${operation} (${region}):`, error);
}

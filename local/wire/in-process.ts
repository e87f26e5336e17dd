import { Readable } from 'node:stream';
import { type HttpHandler, HttpResponse, type IHttpRequest } from '@smithy/core/protocols';
import type { Cut } from './gate';
import type { WireRequest } from './http-message';
import type { Router } from './router';

/**
 * A `requestHandler` for SDK clients that goes straight to the router: the same bytes as over a socket, without the
 * socket, for tests that make tens of thousands of calls.
 *
 * A lost region looks as over a socket: ECONNRESET, which the SDK's own handler names `TimeoutError`, and tries again.
 * A dead caller's calls fail with `CallerDied`, which the SDK does not try again, so that what is left of a killed
 * handler ends at once.
 */
export function inProcess(router: Router): HttpHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, options) {
      if (options?.abortSignal?.aborted) throw named('AbortError', 'Request aborted');
      const reply = await router.handle(requestOf(request));
      if ('cut' in reply) throw cutOff(reply.cut);
      const { status, headers, body: bytes, streamed = false } = reply.response;
      const body = streamed ? Readable.from([bytes]) : bytes;
      return { response: new HttpResponse({ statusCode: status, headers: { ...headers }, body }) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

/** The process that made the call is dead, as far as AWS can tell: whoever catches this is a ghost. */
export class CallerDied extends Error {
  override readonly name = 'CallerDied';
}

function cutOff(cut: Cut): Error {
  if (cut === 'caller-dead') return new CallerDied('the caller died before it heard an answer');
  return Object.assign(named('TimeoutError', 'socket hang up'), { code: 'ECONNRESET' });
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function requestOf(request: IHttpRequest): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, item ?? '');
  }
  return { method: request.method, path: request.path, query, headers, body: bytesOf(request.body) };
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('the in-process transport takes strings and bytes; hint: send streams over HTTP');
}

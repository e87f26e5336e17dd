import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest } from './http-message';
import type { Router } from './router';

export interface Listening {
  /**
   * For `AWS_ENDPOINT_URL`: `http://127.0.0.1:4566`. Version 1 of the `aws` command line ignores the variable for `rds`
   * in us-east-1 (overridesslcommonname.py, tried with 1.45) and would call the real AWS: there it needs
   * `--endpoint-url`.
   */
  readonly url: string;
  readonly port: number;
  /** Breaks what is open and frees the port. */
  close(): Promise<void>;
}

/** Serves the router on the loopback interface; port 0 takes any that is free. */
export async function listen(
  router: Router,
  { port = 0 }: { readonly port?: number } = {},
): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    serve(router, incoming, outgoing).catch((error: unknown) => {
      // The peer hung up, or the router itself is broken; either way this connection has no answer to give.
      if (incoming.complete && !outgoing.destroyed) console.error('bug in the local endpoint:', error);
      outgoing.destroy();
    });
  });
  // Node would close idle connections after 5 s, under a call that is just being sent: one call too many in the log.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function serve(router: Router, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const reply = await router.handle(await requestOf(incoming));
  if ('cut' in reply) {
    outgoing.destroy();
    return;
  }
  const { status, headers, body } = reply.response;
  // The answer to a HEAD says the length of a body that it leaves out; one with 204 may not say any (RFC 9110, 8.6).
  const length = status === 204 ? {} : { 'content-length': body.byteLength };
  outgoing.writeHead(status, { ...length, ...headers });
  outgoing.end(body);
}

async function requestOf(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  // Not by URL, which resolves the dots of `/bucket/a/../b`: to S3 they are part of the key.
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    body: Buffer.concat(chunks),
  };
}

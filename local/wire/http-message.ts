/** A request as the protocols see it, whatever transport brought it. Header names are in lower case. */
export interface WireRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Whether the SDK reads the body as a stream (S3: GetObject): over a socket each is one, in process it is made one. */
  readonly streamed?: boolean;
}

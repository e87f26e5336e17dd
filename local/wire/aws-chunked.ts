import type { WireRequest } from './http-message';
import { WireError } from './service';

/**
 * The body without the `aws-chunked` framing in which the SDK sends streams, whose length and checksum it learns only on
 * the way. Checksums then come behind the body, as trailers, which stand among the headers afterwards. Signatures of
 * chunks are not verified, as those of requests are not.
 */
export function unframed(request: WireRequest): WireRequest {
  if (!request.headers['x-amz-content-sha256']?.startsWith('STREAMING-')) return request;
  const { body, trailers } = dechunk(Buffer.from(request.body));
  const announced = request.headers['x-amz-decoded-content-length'];
  if (announced !== undefined && Number(announced) !== body.byteLength) throw incomplete();
  const { 'content-encoding': encoding = '', ...headers } = request.headers;
  const left = encoding
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== 'aws-chunked' && one !== '');
  return {
    ...request,
    headers: {
      ...headers,
      ...trailers,
      'content-length': String(body.byteLength),
      ...(left.length > 0 && { 'content-encoding': left.join(',') }),
    },
    body,
  };
}

/** `6\r\nstream\r\n0\r\nx-amz-checksum-crc32:8Om+HA==\r\n\r\n`: lengths are hexadecimal, signatures follow a semicolon. */
function dechunk(framed: Buffer): { body: Uint8Array; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let from = 0;
  const line = (): string => {
    const end = framed.indexOf('\r\n', from);
    if (end < 0) throw incomplete();
    const text = framed.toString('latin1', from, end);
    from = end + 2;
    return text;
  };
  for (;;) {
    const [size = ''] = line().split(';');
    if (!/^[0-9a-f]{1,8}$/i.test(size)) throw incomplete();
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    if (from + length + 2 > framed.length) throw incomplete();
    chunks.push(framed.subarray(from, from + length));
    from += length;
    if (line() !== '') throw incomplete();
  }
  const trailers: Record<string, string> = {};
  while (from < framed.length) {
    const text = line();
    const colon = text.indexOf(':');
    if (colon > 0) trailers[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim();
  }
  return { body: Buffer.concat(chunks), trailers };
}

function incomplete(): WireError {
  return new WireError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';

/** Text made piece by piece, as the bytes of one file. Compressed, the pieces are never all there at once. */
export async function bytesOf(pieces: Iterable<string>, compressed: boolean): Promise<Uint8Array> {
  if (!compressed) return Buffer.concat([...pieces].map((piece) => Buffer.from(piece)));
  const parts: Buffer[] = [];
  await pipeline(Readable.from(pieces), createGzip(), async (source: AsyncIterable<Buffer>) => {
    for await (const part of source) parts.push(part);
  });
  return Buffer.concat(parts);
}

/** The text of a file that `bytesOf` compressed. */
export function textOf(bytes: Uint8Array): string {
  return gunzipSync(bytes).toString('utf8');
}

/** As `sha256sum` prints it: an auditor can tell that a file is the one that the record speaks of. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

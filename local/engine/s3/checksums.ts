import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PutObjectRequest } from '@aws-sdk/client-s3';
import { WireError } from '../../wire/service';

/** The checksums that node can work out; an upload with another one is refused, not believed. */
const CHECKSUMS = {
  ChecksumCRC32: (body: Uint8Array) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return sum.toString('base64');
  },
  ChecksumSHA1: (body: Uint8Array) => createHash('sha1').update(body).digest('base64'),
  ChecksumSHA256: (body: Uint8Array) => createHash('sha256').update(body).digest('base64'),
} as const;

export type Checksum = keyof typeof CHECKSUMS;
export type Checksums = Partial<Record<Checksum, string>>;

export const CHECKSUM_NAMES = Object.keys(CHECKSUMS) as readonly Checksum[];

/** The checksums that an upload came with, each of which its body has to match. */
export function checked(input: Pick<PutObjectRequest, Checksum | 'ContentMD5'>, body: Uint8Array): Checksums {
  const md5 = createHash('md5').update(body).digest('base64');
  if (input.ContentMD5 !== undefined && input.ContentMD5 !== md5) {
    throw new WireError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const sums: Checksums = {};
  for (const name of CHECKSUM_NAMES) {
    const given = input[name];
    if (given === undefined) continue;
    if (CHECKSUMS[name](body) !== given) {
      const algorithm = name.replace('Checksum', '');
      throw new WireError(
        'BadDigest',
        `The ${algorithm} you specified did not match the calculated checksum.`,
      );
    }
    sums[name] = given;
  }
  return sums;
}

import type { WireRequest } from './http-message';

/** Where in S3 a request goes: the bucket, and what is left of the path, as it was sent. */
export interface Address {
  /** Null where the service itself is asked (ListBuckets). */
  readonly bucket: string | null;
  readonly path: string;
}

/** `evidence.s3.us-west-2.amazonaws.com` and its older spellings, with a hyphen or without a region. */
const BUCKET_HOST = /^(.+)\.s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com(?:\.cn)?(?::\d+)?$/;

/**
 * The SDK writes the bucket into the host's name; for an endpoint that is an IP address, and for names with dots in
 * them, it begins the path with it. The templates of S3's operations know of neither.
 */
export function addressOf({ headers: { host = '' }, path }: WireRequest): Address {
  const [, inHost] = BUCKET_HOST.exec(host) ?? [];
  if (inHost !== undefined) return { bucket: inHost, path };
  const [, bucket = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(path) ?? [];
  return { bucket: bucket === '' ? null : bucket, path: rest === '' ? '/' : rest };
}

import type { WireRequest } from './http-message';

/** `AKID/20260301/us-east-1/rds/aws4_request`, taken apart. */
export interface Scope {
  readonly accessKey: string;
  readonly region: string;
  readonly service: string;
}

const HEADER = /^AWS4-HMAC-SHA256\s+(.+)$/;

/**
 * Who signed, for which region and service; `null` when nobody did, `incomplete` when parts are missing. The
 * signature has to be there and is not verified: this side has no secrets, and whoever reaches a loopback port of
 * this machine may use it. Understands the header and the query string of a presigned request.
 */
export function scopeOf(request: WireRequest): Scope | 'incomplete' | null {
  const header = request.headers.authorization;
  if (header === undefined) {
    const credential = request.query.get('X-Amz-Credential');
    if (credential === null) return null;
    return request.query.has('X-Amz-Signature') ? parse(credential) : 'incomplete';
  }
  const fields = new Map(
    (HEADER.exec(header)?.[1] ?? '').split(',').map((field) => {
      const [name, ...value] = field.trim().split('=');
      return [name, value.join('=')];
    }),
  );
  if (!fields.get('Signature') || !fields.get('SignedHeaders')) return 'incomplete';
  return parse(fields.get('Credential') ?? '');
}

function parse(credential: string): Scope | 'incomplete' {
  const [accessKey, date, region, service, end, ...rest] = credential.split('/');
  if (!accessKey || !date || !region || !service || end !== 'aws4_request' || rest.length > 0)
    return 'incomplete';
  return { accessKey, region, service };
}

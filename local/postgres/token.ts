import type { Instant } from '../../shared/domain/time';

/** Who may come in with a token, and where. */
export interface Audience {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly user: string;
}

/** RDS's tokens last 15 minutes; the SDK's signer asks for just that. */
const LONGEST_S = 900;
/** How far ahead of ours the signer's clock may be: what AWS allows for signatures. */
const AHEAD_MS = 5 * 60 * 1_000;

/**
 * Why this is no token of RDS's for that user at that endpoint, or `null` when it is one: the URL of a presigned
 * request, `host:port/?Action=connect&DBUser=...&X-Amz-...`, without its scheme (RDS User Guide: Connecting using
 * IAM authentication; `@aws-sdk/rds-signer` makes it).
 *
 * The signature has to be there and is not verified, and no policy is asked whether its signer may `rds-db:connect`:
 * this side has neither secrets nor policies (wire/signature.ts).
 *
 * @param now by the clock that the signer had, hence the machine's
 */
export function tokenFault(token: string, audience: Audience, now: Instant): string | null {
  const end = token.indexOf('/?');
  if (end < 0) return 'it is not an RDS token';
  const query = new URLSearchParams(token.slice(end + 2));
  const field = (name: string) => query.get(name) ?? '';
  const endpoint = `${audience.host}:${audience.port}`;
  if (token.slice(0, end) !== endpoint) return `it is for ${token.slice(0, end)}, not ${endpoint}`;
  if (field('Action') !== 'connect') return `its action is "${field('Action')}", not "connect"`;
  if (field('DBUser') !== audience.user) return `it is for user "${field('DBUser')}"`;
  return (
    scopeFault(field('X-Amz-Credential'), field('X-Amz-Date'), audience.region) ??
    timeFault(field('X-Amz-Date'), field('X-Amz-Expires'), now) ??
    signatureFault(query)
  );
}

function scopeFault(credential: string, date: string, region: string): string | null {
  const [key, day, where, service, last, ...rest] = credential.split('/');
  if (!key || last !== 'aws4_request' || rest.length > 0) return `its credential is "${credential}"`;
  if (service !== 'rds-db') return `it is signed for ${service}, not for rds-db`;
  if (where !== region) return `it is signed for ${where}, not for ${region}`;
  return day === date.slice(0, 8) ? null : `it is signed on ${date} with a credential of ${day}`;
}

function timeFault(date: string, expires: string, now: Instant): string | null {
  const signed = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signed)) return `its date is "${date}"`;
  if (!/^[1-9]\d*$/.test(expires) || Number(expires) > LONGEST_S) return `it is to expire in "${expires}" s`;
  if (signed > now + AHEAD_MS) return `it is signed for ${date}, which is yet to come`;
  return now < signed + 1_000 * Number(expires) ? null : `it expired ${expires} s after ${date}`;
}

function signatureFault(query: URLSearchParams): string | null {
  const signed =
    query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' &&
    (query.get('X-Amz-SignedHeaders') ?? '').split(';').includes('host') &&
    /^[0-9a-f]{64}$/.test(query.get('X-Amz-Signature') ?? '');
  return signed ? null : 'it is not signed';
}

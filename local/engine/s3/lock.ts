import type { PutObjectRequest } from '@aws-sdk/client-s3';
import { DAY, type Instant } from '../../../shared/domain/time';
import { WireError } from '../../wire/service';
import { type Bucket, type Content, type DefaultRetention, invalid, type Retention } from './bucket';

type Lock = Pick<
  PutObjectRequest,
  'ObjectLockMode' | 'ObjectLockRetainUntilDate' | 'ObjectLockLegalHoldStatus'
>;

/** The retention of a version that is put now: its caller's, or else the bucket's default. */
export function retentionOf(
  { lock }: Bucket,
  { ObjectLockMode: mode, ObjectLockRetainUntilDate: date, ObjectLockLegalHoldStatus: hold }: Lock,
  now: Instant,
): Retention | null {
  if (lock === null && (mode ?? date ?? hold) !== undefined) {
    throw new WireError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
  if (mode === undefined && date === undefined) {
    const usual = lock?.retention ?? null;
    return usual === null ? null : { mode: usual.mode, until: usualEnd(usual, now) };
  }
  if (mode === undefined || date === undefined) {
    throw invalid('x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied');
  }
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw invalid('Unknown wormMode directive.');
  if (date.getTime() <= now) throw invalid('The retain until date must be in the future!');
  return { mode, until: date.getTime() };
}

function usualEnd({ days, years }: DefaultRetention, now: Instant): Instant {
  if (days !== null) return now + days * DAY;
  const end = new Date(now);
  return end.setUTCFullYear(end.getUTCFullYear() + (years ?? 0));
}

/**
 * Whether a version must not be deleted now. A legal hold gives way to nobody, compliance to time alone, governance also
 * to a caller who says so; that this caller may (s3:BypassGovernanceRetention) is taken for granted, as no policies are
 * kept here.
 */
export function isLocked({ legalHold, retention }: Content, now: Instant, bypass: boolean): boolean {
  if (legalHold) return true;
  if (retention === null || now >= retention.until) return false;
  return retention.mode === 'COMPLIANCE' || !bypass;
}

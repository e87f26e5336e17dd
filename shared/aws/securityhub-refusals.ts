import { Refusal, type RefusalKind } from '../domain/refusal';
import type { HubRefused } from '../ports/security-hub';
import { translate } from './errors';

/** The codes of single findings, in calls that succeed; those of whole calls are in `errors.ts`. */
const CODES: Readonly<Record<string, RefusalKind>> = {
  ConcurrentUpdateError: 'busy',
  DuplicatedFindingIdentifier: 'invalid',
  FindingNotFound: 'gone',
  FindingSizeExceeded: 'invalid',
  InternalFailure: 'unreachable',
  InvalidAccess: 'denied',
  InvalidInput: 'invalid',
};

/** What Security Hub says of one finding. */
export function refusedOf(
  id: string,
  { ErrorCode = '', ErrorMessage }: { ErrorCode?: string | undefined; ErrorMessage?: string | undefined },
  region: string,
): HubRefused {
  const kind = CODES[ErrorCode] ?? 'unknown';
  return { id, refusal: new Refusal(kind, `${id}: ${ErrorCode}: ${ErrorMessage}`, hintOf(kind, region)) };
}

/** What it says of a whole call. */
export function refusalOf(error: unknown, doing: string, region: string): Refusal {
  const { kind, message, hint } = translate(error, doing);
  return new Refusal(kind, message, hintOf(kind, region) ?? hint, { cause: error });
}

/** Where Security Hub is off it says the same as where a role may not: that the account has no access. */
function hintOf(kind: RefusalKind, region: string): string | undefined {
  if (kind === 'denied')
    return `enable Security Hub in ${region}, or set compliance.securityHub: false in the policy; where it is enabled, compare the function's role in deploy/ with the action`;
  return kind === 'throttled' || kind === 'quota'
    ? 'nothing to do if it passes: the next daily pass hands in what is missing'
    : undefined;
}

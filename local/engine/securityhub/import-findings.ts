import type {
  AwsSecurityFinding,
  BatchImportFindingsRequest,
  BatchImportFindingsResponse,
  ImportFindingsError,
} from '@aws-sdk/client-securityhub';
import { WireError } from '../../wire/service';
import { isTooLarge, misfit } from './format';
import { type Hub, invalid } from './hub';
import { created, updated } from './merge';

const MOST = 100;

/** "Up to 6 MB per batch" (Security Hub: BatchImportFindings); which code it refuses more with is not said. */
const MOST_BYTES = 6 * 1024 * 1024;

/**
 * Each finding passes or fails by itself, and the call succeeds: even where Security Hub is not on. Only a finding of
 * another account, region or product has the whole call refused.
 */
export function batchImportFindings(
  hub: Hub,
  { Findings: findings = [] }: BatchImportFindingsRequest,
): BatchImportFindingsResponse {
  if (findings.length < 1 || findings.length > MOST) {
    throw invalid(`Invalid parameter 'Findings': it takes from 1 to ${MOST}, not ${findings.length}`);
  }
  for (const finding of findings) mustBeOwn(hub, finding);
  if (Buffer.byteLength(JSON.stringify(findings)) > MOST_BYTES) throw invalid('The batch is above 6 MB');
  const failed = findings.flatMap((finding) => take(hub, finding) ?? []);
  return {
    FailedCount: failed.length,
    SuccessCount: findings.length - failed.length,
    FailedFindings: failed,
  };
}

/** What a finding cannot be named or placed without is missed in the call as a whole. */
function mustBeOwn(hub: Hub, { Id, ProductArn, AwsAccountId }: AwsSecurityFinding): void {
  if (!Id) throw invalid('Invalid parameter: each finding needs an Id');
  if (!/^arn:aws[a-z-]*:securityhub:[a-z0-9-]+:(\d{12})?:product\/[^/]+\/[^/]+$/.test(ProductArn ?? '')) {
    throw invalid(`productArn: "${ProductArn}"`);
  }
  if (ProductArn === hub.product && (AwsAccountId === undefined || AwsAccountId === hub.place.account))
    return;
  throw new WireError(
    'AccessDeniedException',
    `User: arn:aws:iam::${hub.place.account}:root is not authorized to perform: securityhub:BatchImportFindings on resource: ${ProductArn}`,
    403,
  );
}

function take(hub: Hub, finding: AwsSecurityFinding): ImportFindingsError | null {
  const failure = (ErrorCode: string, ErrorMessage: string) => ({ Id: finding.Id, ErrorCode, ErrorMessage });
  if (hub.enabled === null) {
    return failure('InvalidAccess', `Account ${hub.place.account} is not subscribed to AWS Security Hub`);
  }
  const wrong = misfit(finding);
  if (wrong !== null) {
    return failure('InvalidInput', `Finding does not adhere to Amazon Finding Format. ${wrong}.`);
  }
  if (isTooLarge(finding)) return failure('FindingSizeExceeded', 'Finding size exceeded 240 KB');
  const known = hub.find(finding);
  if (known === null) {
    hub.keep({ content: created(hub, finding), overruled: new Set() });
  } else if (isNewer(finding, known.content)) {
    hub.keep({ ...known, content: updated(hub, finding, known) });
  }
  return null;
}

/** An update that is not newer is ignored, and counts as a success (Security Hub: create or update). */
function isNewer(update: AwsSecurityFinding, known: AwsSecurityFinding): boolean {
  return Date.parse(update.UpdatedAt ?? '') > Date.parse(known.UpdatedAt ?? '');
}

import type {
  AwsSecurityFinding,
  AwsSecurityFindingIdentifier,
  BatchUpdateFindingsRequest,
  BatchUpdateFindingsResponse,
  BatchUpdateFindingsUnprocessedFinding,
} from '@aws-sdk/client-securityhub';
import { isTooLarge, misfit } from './format';
import { type Hub, invalid, mustBeOn, OVERRULED } from './hub';
import { completed } from './severity';

const MOST = 100;

/** What the customer makes of findings. `UpdatedAt` stays: it is the provider's. */
export function batchUpdateFindings(
  hub: Hub,
  input: BatchUpdateFindingsRequest,
): BatchUpdateFindingsResponse {
  mustBeOn(hub);
  const { FindingIdentifiers: ids = [], ...update } = input;
  if (ids.length < 1 || ids.length > MOST) {
    throw invalid(`Invalid parameter 'FindingIdentifiers': it takes from 1 to ${MOST}, not ${ids.length}`);
  }
  const seen = new Set<string>();
  const unprocessed: BatchUpdateFindingsUnprocessedFinding[] = [];
  const processed: AwsSecurityFindingIdentifier[] = [];
  for (const id of ids) {
    const key = `${id.ProductArn} ${id.Id}`;
    const failure = seen.has(key)
      ? ['DuplicatedFindingIdentifier', 'Finding Identifier is duplicated']
      : change(hub, id, update);
    seen.add(key);
    if (failure === null) processed.push(id);
    else {
      const [ErrorCode, ErrorMessage] = failure;
      unprocessed.push({ FindingIdentifier: id, ErrorCode, ErrorMessage });
    }
  }
  return { ProcessedFindings: processed, UnprocessedFindings: unprocessed };
}

type Update = Omit<BatchUpdateFindingsRequest, 'FindingIdentifiers'>;

/** The code and the words of a failure; `null` where there is none. */
function change(hub: Hub, id: AwsSecurityFindingIdentifier, update: Update): readonly string[] | null {
  const known = hub.find(id);
  if (known === null) return ['FindingNotFound', 'Finding Not Found'];
  const { Note, Severity, ...plain } = update;
  const given = Object.entries(plain).filter(([, value]) => value !== undefined);
  const content: AwsSecurityFinding = {
    ...known.content,
    ...(Object.fromEntries(given) as Partial<AwsSecurityFinding>),
    ...(Note !== undefined && { Note: { ...Note, UpdatedAt: hub.now() } }),
    ...(Severity !== undefined && { Severity: completed(Severity) }),
  };
  // Security Hub adds product fields of its own, which do not count against their limit.
  if (misfit({ ...content, ProductFields: {} }) !== null) return ['InvalidInput', 'Invalid Input'];
  if (isTooLarge(content)) return ['FindingSizeExceeded', 'Finding size exceeded 240 KB'];
  const overruled = OVERRULED.filter((name) => update[name] !== undefined);
  hub.keep({ content, overruled: new Set([...known.overruled, ...overruled]) });
  return null;
}

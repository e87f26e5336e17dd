import type { GetFindingsRequest, GetFindingsResponse } from '@aws-sdk/client-securityhub';
import { WireError } from '../../wire/service';
import { keyOf, takePage } from '../paging';
import { filterOf } from './filters';
import { type Hub, invalid, mustBeOn } from './hub';

/** The largest page. What a page holds unless asked AWS does not say; a small one makes callers turn it. */
const MOST = 100;
const USUAL = 10;

/** In the order of their products and ids; AWS promises none, unless asked for one. */
export function getFindings(
  hub: Hub,
  { Filters = {}, SortCriteria, NextToken, MaxResults = USUAL }: GetFindingsRequest,
): GetFindingsResponse {
  mustBeOn(hub);
  if (SortCriteria !== undefined && SortCriteria.length > 0) {
    throw new WireError('NotImplemented', 'SortCriteria is not spoken here', 501);
  }
  if (MaxResults < 1 || MaxResults > MOST) throw invalid(`MaxResults must be from 1 to ${MOST}`);
  const passes = filterOf(Filters);
  const after = keyOf(NextToken, () => invalid('NextToken is not one that this operation gave'));
  const rest = [...hub.entries()]
    .filter(([key, finding]) => (after === null || key > after) && passes(finding))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { items, marker } = takePage(rest, MaxResults);
  return { Findings: items, ...(marker !== undefined && { NextToken: marker }) };
}

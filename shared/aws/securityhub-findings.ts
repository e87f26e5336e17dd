import {
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { Refusal } from '../domain/refusal';
import type {
  HubFinding,
  HubMove,
  HubQuestion,
  HubRefused,
  HubWorkflow,
  SecurityHub,
} from '../ports/security-hub';
import { type ClientOptions, once } from './clients';
import { refusalOf, refusedOf } from './securityhub-refusals';

/** Of one call, in findings (all three) and in bytes (Security Hub: BatchImportFindings, 6 MB a batch). */
const MOST = 100;
const MOST_BYTES = 5 * 2 ** 20;

/** Values of one filter. */
const MOST_VALUES = 20;

/** In this order: what somebody must look at again comes first. */
const WAYS: readonly HubWorkflow[] = ['NEW', 'SUPPRESSED', 'RESOLVED'];

export class SecurityHubFindings implements SecurityHub {
  readonly #clients = new Map<string, SecurityHubClient>();

  constructor(private readonly options: ClientOptions = {}) {}

  async *active(region: string, question: HubQuestion): AsyncGenerator<HubFinding[]> {
    for (const Filters of filtersOf(question)) {
      let NextToken: string | undefined;
      do {
        const asked = new GetFindingsCommand({ Filters, MaxResults: MOST, NextToken });
        const page = await this.#client(region)
          .send(asked)
          .catch((error: unknown) => {
            throw refusalOf(error, `list findings ${question.ids}* of Security Hub in ${region}`, region);
          });
        yield (page.Findings ?? []).map(named);
        NextToken = page.NextToken === '' ? undefined : page.NextToken;
      } while (NextToken !== undefined);
    }
  }

  async take(region: string, findings: Iterable<HubFinding>): Promise<HubRefused[]> {
    return allOf(batchesOf(findings), async (batch) => {
      const doing = `hand ${batch.length} findings in to Security Hub in ${region}`;
      // The SDK types what is required of a finding; the formats' own tests hold it against the published schema.
      const Findings = batch as unknown as AwsSecurityFinding[];
      const command = new BatchImportFindingsCommand({ Findings });
      const { FailedFindings = [] } = await this.#client(region)
        .send(command)
        .catch((error: unknown) => {
          throw refusalOf(error, doing, region);
        });
      return FailedFindings.map(({ Id = '', ...why }) => refusedOf(Id, why, region));
    });
  }

  async move(region: string, moves: readonly HubMove[]): Promise<HubRefused[]> {
    const refused = await this.#move(region, moves);
    // Somebody was at the same finding at the same moment: once more is enough, mostly, and the next pass repairs it.
    const busy = new Set(refused.flatMap(({ id, refusal }) => (refusal.kind === 'busy' ? [id] : [])));
    if (busy.size === 0) return refused;
    return [
      ...refused.filter(({ id }) => !busy.has(id)),
      ...(await this.#move(
        region,
        moves.filter(({ Id }) => busy.has(Id)),
      )),
    ];
  }

  async #move(region: string, moves: readonly HubMove[]): Promise<HubRefused[]> {
    return allOf(waysOf(moves), async (batch) => {
      const to = batch[0]?.to;
      const command = new BatchUpdateFindingsCommand({
        FindingIdentifiers: batch.map(({ Id, ProductArn }) => ({ Id, ProductArn })),
        Workflow: { Status: to },
      });
      const { UnprocessedFindings = [] } = await this.#client(region)
        .send(command)
        .catch((error: unknown) => {
          throw refusalOf(
            error,
            `move ${batch.length} findings of Security Hub in ${region} to ${to}`,
            region,
          );
        });
      return UnprocessedFindings.map(({ FindingIdentifier, ...why }) =>
        refusedOf(FindingIdentifier?.Id ?? '', why, region),
      ).filter(({ refusal }) => refusal.kind !== 'gone');
    });
  }

  #client(region: string): SecurityHubClient {
    return once(this.#clients, region, () => new SecurityHubClient({ ...this.options, region }));
  }
}

/**
 * Every batch. What is wrong with one of them (`invalid`) says nothing of the others. Any other refusal is what the next
 * one would hear too, after as many attempts of the SDK, and there may be 400: they are not tried any more.
 */
async function allOf<T extends { readonly Id: string }>(
  batches: Iterable<readonly T[]>,
  call: (batch: readonly T[]) => Promise<readonly HubRefused[]>,
): Promise<HubRefused[]> {
  const refused: HubRefused[] = [];
  let last: Refusal | null = null;
  for (const batch of batches) {
    try {
      if (last !== null) throw last;
      for (const one of await call(batch)) refused.push(one);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      for (const { Id } of batch) refused.push({ id: Id, refusal: error });
      if (error.kind !== 'invalid') last = error;
    }
  }
  return refused;
}

function* filtersOf({ product, generators, ids, only }: HubQuestion): Generator<AwsSecurityFindingFilters> {
  const ours: AwsSecurityFindingFilters = {
    // Of an administrator's account or an aggregating region, Security Hub shows those of all members and regions.
    ProductArn: [{ Comparison: 'EQUALS', Value: product }],
    GeneratorId: [{ Comparison: 'PREFIX', Value: generators }],
    RecordState: [{ Comparison: 'EQUALS', Value: 'ACTIVE' }],
  };
  if (only === null) yield { ...ours, Id: [{ Comparison: 'PREFIX', Value: ids }] };
  for (let from = 0; from < (only?.length ?? 0); from += MOST_VALUES) {
    const some = only?.slice(from, from + MOST_VALUES) ?? [];
    yield { ...ours, Id: some.map((Value) => ({ Comparison: 'EQUALS', Value })) };
  }
}

function named(finding: AwsSecurityFinding): HubFinding {
  const { Id = '', ProductArn = '', GeneratorId = '' } = finding;
  return { ...finding, Id, ProductArn, GeneratorId };
}

/** A finding may have 240 KB: a hundred of the largest are four times what a batch takes. */
function* batchesOf(findings: Iterable<HubFinding>): Generator<HubFinding[]> {
  let batch: HubFinding[] = [];
  let bytes = 0;
  for (const finding of findings) {
    const size = Buffer.byteLength(JSON.stringify(finding)) + 1;
    if (batch.length === MOST || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(finding);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function* waysOf(moves: readonly HubMove[]): Generator<HubMove[]> {
  for (const way of WAYS) {
    const its = moves.filter(({ to }) => to === way);
    for (let from = 0; from < its.length; from += MOST) yield its.slice(from, from + MOST);
  }
}

import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { Refusal, type RefusalKind } from '../domain/refusal';
import type { HubFinding, SecurityHub } from '../ports/security-hub';
import { type ClientOptions, once } from './clients';
import { calling, translate } from './errors';
import { everyPage } from './paging';

/** Of one call, in findings (both ways) and in bytes (Security Hub: BatchImportFindings, 6 MB a batch). */
const MOST = 100;
const MOST_BYTES = 5 * 2 ** 20;

/** So many of the refused ones are named; what was wrong with one is mostly wrong with all. */
const NAMED = 3;

/** What Security Hub says of one finding, beside the errors of a whole call. */
const CODES: Readonly<Record<string, RefusalKind>> = {
  InvalidAccess: 'denied',
  InvalidInput: 'invalid',
  FindingSizeExceeded: 'invalid',
};

export class SecurityHubFindings implements SecurityHub {
  readonly #clients = new Map<string, SecurityHubClient>();

  constructor(private readonly options: ClientOptions = {}) {}

  async take(region: string, findings: readonly HubFinding[]): Promise<void> {
    const doing = `hand ${findings.length} findings in to Security Hub in ${region}`;
    const refused: { readonly kind: RefusalKind; readonly what: string; readonly count: number }[] = [];
    for (const batch of batchesOf(findings)) {
      try {
        const { FailedFindings = [] } = await this.#client(region).send(
          // The SDK types what is required of a finding; the formats' own tests hold it against the published schema.
          new BatchImportFindingsCommand({ Findings: batch as unknown as AwsSecurityFinding[] }),
        );
        for (const { Id, ErrorCode = '', ErrorMessage } of FailedFindings) {
          const kind = CODES[ErrorCode] ?? 'unknown';
          refused.push({ kind, what: `${Id}: ${ErrorCode}: ${ErrorMessage}`, count: 1 });
        }
      } catch (error) {
        const { kind, message } = translate(error, `a batch of ${batch.length}`);
        refused.push({ kind, what: message, count: batch.length });
      }
    }
    const [first] = refused;
    if (first === undefined) return;
    const count = refused.reduce((sum, one) => sum + one.count, 0);
    const more = refused.length - NAMED;
    const named = refused.slice(0, NAMED).map(({ what }) => what);
    throw new Refusal(
      first.kind,
      `${doing}: ${count} not taken: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
      first.kind === 'denied'
        ? "switch Security Hub on in that region, and compare the function's role in deploy/ with the action"
        : undefined,
    );
  }

  async active(region: string, generators: string): Promise<HubFinding[]> {
    return calling(`list findings ${generators}* of Security Hub in ${region}`, async () => {
      const found = await everyPage(async (NextToken) => {
        const page = await this.#client(region).send(
          new GetFindingsCommand({
            Filters: {
              GeneratorId: [{ Comparison: 'PREFIX', Value: generators }],
              RecordState: [{ Comparison: 'EQUALS', Value: 'ACTIVE' }],
            },
            MaxResults: MOST,
            NextToken,
          }),
        );
        return { items: page.Findings, marker: page.NextToken };
      });
      return found.map(
        (finding): HubFinding => ({
          ...finding,
          Id: finding.Id ?? '',
          ProductArn: finding.ProductArn ?? '',
          GeneratorId: finding.GeneratorId ?? '',
        }),
      );
    });
  }

  #client(region: string): SecurityHubClient {
    return once(this.#clients, region, () => new SecurityHubClient({ ...this.options, region }));
  }
}

/** A finding may have 240 KB: a hundred of the largest are four times what a batch takes. */
function* batchesOf(findings: readonly HubFinding[]): Generator<HubFinding[]> {
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

import { type AsffFinding, GENERATOR, idPrefix, productArn } from './asff';
import type { Compliance } from './compliance';

/** What BatchImportFindings takes: findings a call, bytes a finding, bytes a call. */
const MOST_FINDINGS = 100;
const MOST_BYTES = 240 * 1024;
const MOST_BYTES_TOGETHER = 6 * 1024 * 1024;

const utf8 = new TextEncoder();

/** In as few calls as Security Hub allows, in their order. One that no call takes is refused: nothing is left out in silence. */
export function asffBatches(findings: readonly AsffFinding[]): AsffFinding[][] {
  const batches: AsffFinding[][] = [];
  let bytes = 0;
  for (const finding of findings) {
    const its = utf8.encode(JSON.stringify(finding)).length;
    if (its > MOST_BYTES)
      throw new Error(`${finding.Id} is ${its} bytes, and Security Hub takes ${MOST_BYTES}`);
    const last = batches.at(-1);
    if (last === undefined || last.length === MOST_FINDINGS || bytes + its > MOST_BYTES_TOGETHER) {
      batches.push([finding]);
      bytes = its;
    } else {
      last.push(finding);
      bytes += its;
    }
  }
  return batches;
}

/** How Security Hub names a finding. */
export interface AsffIdentifier {
  readonly Id: string;
  readonly ProductArn: string;
}

export interface WorkflowUpdate {
  readonly FindingIdentifiers: readonly AsffIdentifier[];
  readonly Workflow: { readonly Status: AsffFinding['Workflow']['Status'] };
}

/**
 * Calls of BatchUpdateFindings, which alone moves the workflow of a finding that is there: RESOLVED what passed again,
 * SUPPRESSED what is waived, NEW what a person or an ended waiver must look at again. At most 100 findings a call.
 */
export function workflowUpdates(
  findings: readonly AsffFinding[],
  known: readonly Pick<AsffFinding, 'Id' | 'ProductArn' | 'Workflow'>[],
): WorkflowUpdate[] {
  const before = new Map(known.map((one) => [one.Id, one.Workflow.Status]));
  return (['RESOLVED', 'SUPPRESSED', 'NEW'] as const).flatMap((Status) => {
    const moved = findings.filter(({ Id, Workflow }) => {
      const was = before.get(Id);
      return was !== undefined && was !== Status && Workflow.Status === Status;
    });
    return inHundreds(moved).map((some) => ({
      FindingIdentifiers: some.map(({ Id, ProductArn }) => ({ Id, ProductArn })),
      Workflow: { Status },
    }));
  });
}

function inHundreds<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / MOST_FINDINGS) }, (_, at) =>
    all.slice(at * MOST_FINDINGS, (at + 1) * MOST_FINDINGS),
  );
}

/** A finding as GetFindings returns it: what is needed to tell whose it is, and to send it back archived. */
export type KnownFinding = Pick<AsffFinding, 'Id' | 'ProductArn' | 'GeneratorId' | 'RecordState'>;

/**
 * Of the findings that Security Hub has, those that this installation made and does not judge any more. Product,
 * generator and Id all have to be ours: another tool of the account shares the product, and another installation of ours
 * the generators. Without a single judgment nothing is archived: that run saw nothing.
 */
export function toArchive<F extends KnownFinding>(
  known: readonly F[],
  current: readonly AsffFinding[],
  { account, home, installation }: Pick<Compliance, 'account' | 'home' | 'installation'>,
): F[] {
  if (current.length === 0) return [];
  const judged = new Set(current.map(({ Id }) => Id));
  return known.filter(
    ({ Id, ProductArn, GeneratorId, RecordState }) =>
      ProductArn === productArn(account, home) &&
      GeneratorId.startsWith(GENERATOR) &&
      Id.startsWith(idPrefix(installation)) &&
      RecordState === 'ACTIVE' &&
      !judged.has(Id),
  );
}

/** The finding as it is sent once more: nobody judges it any more, and so it is neither passed nor failed. */
export function archived(finding: AsffFinding, at: string): AsffFinding {
  return {
    ...finding,
    UpdatedAt: at,
    RecordState: 'ARCHIVED',
    Compliance: { ...finding.Compliance, Status: 'NOT_AVAILABLE' },
  };
}

import { type Instant, parseInstant } from '../../domain/time';
import type { HubFinding } from '../../ports/security-hub';
import { type AsffFinding, SUPPRESSED } from './asff';
import { GENERATOR, idPrefix, productArn } from './asff-names';
import type { Compliance } from './compliance';

/** What is kept in mind of a finding that Security Hub has. There may be 40,000. */
export interface KnownFinding {
  readonly Id: string;
  readonly passed: boolean;
  /** As somebody left it; a person may also have made it `NOTIFIED`. */
  readonly workflow: string;
  /** As we said last, in a product field. */
  readonly standing: string | null;
  /** Suppressed by a waiver, and not by a person. */
  readonly byWaiver: boolean;
  readonly updated: Instant | null;
}

/**
 * Whether this installation made a finding. Product, generator and Id all have to be ours: another tool of the account
 * shares the product, and another installation of ours the generators.
 */
export function isOurs(
  { Id, ProductArn, GeneratorId }: HubFinding,
  about: Pick<Compliance, 'account' | 'home' | 'installation'>,
): boolean {
  return (
    ProductArn === productArn(about) && GeneratorId.startsWith(GENERATOR) && Id.startsWith(idPrefix(about))
  );
}

export function knownFinding({
  Id,
  Workflow,
  Compliance,
  ProductFields,
  UpdatedAt,
}: HubFinding): KnownFinding {
  const workflow = text(membersOf(Workflow).Status) ?? 'NEW';
  const fields = membersOf(ProductFields);
  return {
    Id,
    passed: membersOf(Compliance).Status === 'PASSED',
    workflow,
    standing: text(fields['holdfast/standing']),
    byWaiver: workflow === 'SUPPRESSED' && text(fields[SUPPRESSED]) !== null,
    updated: parseInstant(text(UpdatedAt) ?? ''),
  };
}

/** The members that are ours to write; the others are the customer's, or Security Hub's own. */
const WRITTEN: readonly (keyof AsffFinding)[] = [
  ...(['SchemaVersion', 'Id', 'ProductArn', 'ProductName', 'CompanyName', 'GeneratorId'] as const),
  ...(['AwsAccountId', 'Region', 'Types', 'FirstObservedAt', 'LastObservedAt', 'CreatedAt'] as const),
  ...(['Severity', 'Title', 'Description', 'Remediation', 'Resources', 'FindingProviderFields'] as const),
];

/**
 * The finding as it is sent once more: nobody judges it any more, and so it is neither passed nor failed. One that has
 * passed stays so: a change from that would make its workflow NEW again.
 */
export function archived(finding: HubFinding, at: string): HubFinding {
  const { Id, ProductArn, GeneratorId, Compliance, ProductFields } = finding;
  const its = membersOf(Compliance);
  // Names that begin with aws/ are kept for AWS, and Security Hub has added some.
  const fields = Object.entries(membersOf(ProductFields)).filter(([name]) => name.startsWith(GENERATOR));
  return {
    ...Object.fromEntries(WRITTEN.map((name) => [name, finding[name]])),
    Id,
    ProductArn,
    GeneratorId,
    UpdatedAt: at,
    RecordState: 'ARCHIVED',
    ProductFields: Object.fromEntries(fields),
    Compliance: { ...its, Status: its.Status === 'PASSED' ? 'PASSED' : 'NOT_AVAILABLE' },
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

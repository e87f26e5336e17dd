import type { AwsSecurityFinding, FindingProviderFields, Workflow } from '@aws-sdk/client-securityhub';
import { type Finding, type Hub, INVESTIGATION, OVERRULED } from './hub';
import { completed } from './severity';

/** A new finding: what its provider prefers goes before what it says at the top. */
export function created(hub: Hub, finding: AwsSecurityFinding): AwsSecurityFinding {
  const given = provided(finding);
  return {
    ...stamped(hub, finding),
    ...given,
    ...severityOf(given),
    FindingProviderFields: fields(given),
    Workflow: finding.Workflow ?? { Status: 'NEW' },
  };
}

/** A finding that is there, as its provider sees it now; what is the customer's stays (Security Hub: BatchImportFindings). */
export function updated(
  hub: Hub,
  update: AwsSecurityFinding,
  { content, overruled }: Finding,
): AwsSecurityFinding {
  const given = provided(update);
  const top = { ...given, ...pick(update, OVERRULED), ...pick(content, [...overruled]) };
  const next = { ...stamped(hub, update), ...top, ...severityOf(top) };
  return {
    ...without(next, INVESTIGATION),
    ...pick(content, INVESTIGATION),
    FindingProviderFields: fields(given),
    Workflow: reopened(content, next),
  };
}

/** What Security Hub itself says of a finding. */
function stamped(hub: Hub, finding: AwsSecurityFinding): AwsSecurityFinding {
  const ProductName = finding.ProductName ?? 'Default';
  const CompanyName = finding.CompanyName ?? 'Personal';
  return {
    ...finding,
    ProductName,
    CompanyName,
    Region: hub.place.region,
    RecordState: finding.RecordState ?? 'ACTIVE',
    WorkflowState: 'NEW',
    ProcessedAt: hub.now(),
    ProductFields: {
      ...finding.ProductFields,
      'aws/securityhub/FindingId': `${finding.ProductArn}/${finding.Id}`,
      'aws/securityhub/ProductName': ProductName,
      'aws/securityhub/CompanyName': CompanyName,
    },
  };
}

/** FindingProviderFields, and from the top what is not among them. */
function provided(finding: AwsSecurityFinding) {
  return { ...pick(finding, OVERRULED), ...pick(finding.FindingProviderFields ?? {}, OVERRULED) };
}

function severityOf({ Severity }: Pick<AwsSecurityFinding, 'Severity'>) {
  return Severity === undefined ? {} : { Severity: completed(Severity) };
}

function fields(given: Pick<AwsSecurityFinding, (typeof OVERRULED)[number]>): FindingProviderFields {
  const { Severity, ...rest } = given;
  if (Severity === undefined) return rest;
  const { Label, Original } = completed(Severity);
  return { ...rest, Severity: { Label, ...(Original !== undefined && { Original }) } };
}

/** Who had done with a finding sees it again when it comes back or fails again; one that is suppressed stays so. */
function reopened(before: AwsSecurityFinding, after: AwsSecurityFinding): Workflow {
  const { Status = 'NEW' } = before.Workflow ?? {};
  const back = before.RecordState === 'ARCHIVED' && after.RecordState === 'ACTIVE';
  const worse =
    before.Compliance?.Status === 'PASSED' &&
    after.Compliance?.Status !== undefined &&
    after.Compliance.Status !== 'PASSED';
  return { Status: Status !== 'SUPPRESSED' && (back || worse) ? 'NEW' : Status };
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  const found = names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]);
  return Object.fromEntries(found) as Partial<Pick<T, K>>;
}

function without<T extends object, K extends keyof T>(from: T, names: readonly K[]): Omit<T, K> {
  const rest = Object.entries(from).filter(([name]) => !names.some((one) => one === name));
  return Object.fromEntries(rest) as Omit<T, K>;
}

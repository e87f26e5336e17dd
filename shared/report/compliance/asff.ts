import type { Severity } from '../../domain/controls/control';
import { cut, GENERATOR, hubId, productArn } from './asff-names';
import { clean } from './clean';
import type { Assessed, Compliance, Standing } from './compliance';
import { regionsOfDatabases, resourceOf } from './resources';
import { runbookAddress } from './runbooks';
import { standing } from './verdict';

/** The part of AWS's finding format (AwsSecurityFinding, 2018-10-08) that is written here. */
export interface AsffFinding {
  readonly SchemaVersion: '2018-10-08';
  readonly Id: string;
  readonly ProductArn: string;
  readonly ProductName: string;
  readonly CompanyName: string;
  readonly GeneratorId: string;
  readonly AwsAccountId: string;
  readonly Region: string;
  readonly Types: readonly string[];
  readonly FirstObservedAt: string;
  readonly LastObservedAt: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Severity: { readonly Label: AsffSeverity; readonly Original: string };
  readonly Title: string;
  readonly Description: string;
  readonly Remediation: { readonly Recommendation: { readonly Text: string; readonly Url?: string } };
  readonly ProductFields: Readonly<Record<string, string>>;
  readonly Resources: readonly {
    readonly Type: string;
    readonly Id: string;
    readonly Partition: 'aws' | 'aws-cn' | 'aws-us-gov';
    readonly Region: string;
  }[];
  readonly Compliance: {
    readonly Status: 'PASSED' | 'FAILED' | 'WARNING' | 'NOT_AVAILABLE';
    readonly RelatedRequirements: readonly string[];
  };
  readonly Workflow: { readonly Status: 'NEW' | 'SUPPRESSED' | 'RESOLVED' };
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
  readonly FindingProviderFields: {
    readonly Severity: { readonly Label: AsffSeverity; readonly Original: string };
    readonly Types: readonly string[];
  };
}

export type AsffSeverity = 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

const MOST_TEXT = 512;

const TYPES = ['Software and Configuration Checks/Industry and Regulatory Standards/Holdfast'];

const LABELS: Readonly<Record<Severity, AsffSeverity>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
};

/**
 * Of the verdict: a waiver suppresses, and makes nothing better. Missing information is what AWS's WARNING means;
 * NOT_AVAILABLE is kept for what is no longer judged (`archived`).
 */
const STATUS = { passed: 'PASSED', failed: 'FAILED', unknown: 'WARNING' } as const;

/** The product field of what a waiver has suppressed: its suppression ends with the waiver, a person's does not. */
export const SUPPRESSED = 'holdfast/suppressed';

/**
 * Every assessment as a finding for Security Hub of the home region. Which of them it gets: `asff-delivery.ts`.
 *
 * @param docs where the runbooks can be read, `https://.../blob/main/`; null where nowhere on the net
 */
export function asffFindings(compliance: Compliance, docs: string | null = null): AsffFinding[] {
  const cleaned = clean(compliance);
  const about = { ...cleaned, databases: regionsOfDatabases(cleaned) };
  return cleaned.assessments.map((one) => {
    const its = standing(one, cleaned.at);
    const resource = resourceOf(one, about);
    const label = its === 'passed' ? 'INFORMATIONAL' : LABELS[one.severity];
    const severity = { Label: label, Original: one.severity } as const;
    const first = one.since ?? cleaned.at;
    return {
      SchemaVersion: '2018-10-08',
      Id: hubId(cleaned, one.id),
      ProductArn: productArn(cleaned),
      ProductName: 'Holdfast',
      CompanyName: 'Holdfast',
      GeneratorId: cut(`${GENERATOR}${one.control}`, 512),
      AwsAccountId: cleaned.account,
      Region: cleaned.home,
      Types: TYPES,
      FirstObservedAt: first,
      LastObservedAt: one.lastSeen ?? cleaned.at,
      // Security Hub keeps the first one that it was told, whatever later updates say.
      CreatedAt: first,
      UpdatedAt: cleaned.at,
      Severity: severity,
      Title: cut(one.title, 256),
      Description: cut(describe(one), 1_024),
      Remediation: { Recommendation: recommendation(one, docs) },
      ProductFields: productFields(one, its),
      Resources: [
        {
          Type: resource.type,
          Id: cut(resource.id, 512),
          Partition: resource.partition,
          Region: resource.region,
        },
      ],
      Compliance: {
        Status: STATUS[one.verdict],
        RelatedRequirements: [...one.requirements, ...one.frameworks].slice(0, 32),
      },
      // Taken at a finding's creation alone: later the workflow moves by BatchUpdateFindings (`asff-delivery.ts`).
      Workflow: { Status: its === 'waived' ? 'SUPPRESSED' : its === 'passed' ? 'RESOLVED' : 'NEW' },
      RecordState: 'ACTIVE',
      FindingProviderFields: { Severity: severity, Types: TYPES },
    };
  });
}

function describe({ found, expected, cost, unseen }: Assessed): string {
  return [
    `Found: ${found}`,
    `Expected: ${expected}`,
    ...(cost === null ? [] : [`If disaster comes now: ${cost}`]),
    ...(unseen === null ? [] : [`Not seen now: ${unseen}`]),
  ].join('. ');
}

function recommendation({ remedy, command, runbook }: Assessed, docs: string | null) {
  // Half a command is worse than none: the whole of it stands in the report.
  const both = command === null ? remedy : `${remedy}. Next: ${command}`;
  const text = both.length <= MOST_TEXT ? both : cut(remedy, MOST_TEXT);
  const address = runbookAddress(runbook, docs);
  return address === null ? { Text: text } : { Text: text, Url: address };
}

function productFields({ id, waiver, runbook, evidence }: Assessed, its: Standing): Record<string, string> {
  const fields: Record<string, string> = {
    'holdfast/id': id,
    'holdfast/standing': its,
    'holdfast/runbook': runbook,
    'holdfast/evidence': evidence.join(' '),
    'holdfast/waiver': waiver === null ? '' : `until ${waiver.until}: ${waiver.reason}`,
    [SUPPRESSED]: its === 'waived' ? 'by its waiver' : '',
  };
  const told = Object.entries(fields).filter(([, value]) => value.trim() !== '');
  return Object.fromEntries(told.map(([name, value]) => [name, cut(value, 2_048)]));
}

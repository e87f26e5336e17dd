import type { Severity } from '../../domain/controls/control';
import { clean } from './clean';
import type { Assessed, Compliance } from './compliance';
import { partitionOf, regionsOfDatabases, resourceOf } from './resources';
import { type Standing, standing } from './verdict';

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

/** What all GeneratorIds of ours begin with. */
export const GENERATOR = 'holdfast/';

const TYPES = ['Software and Configuration Checks/Industry and Regulatory Standards/Holdfast'];

const LABELS: Readonly<Record<Severity, AsffSeverity>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
};

/** Missing information is what AWS's WARNING means; NOT_AVAILABLE is kept for what is no longer judged (`archived`). */
const STATUS = { passed: 'PASSED', failed: 'FAILED', waived: 'FAILED', unknown: 'WARNING' } as const;

/** The account's own product: findings that an account sends about itself need no other. */
export function productArn(account: string, region: string): string {
  return `arn:${partitionOf(region)}:securityhub:${region}:${account}:product/${account}/default`;
}

/** What the Ids of one installation's findings begin with. */
export function idPrefix(installation: string): string {
  return `${GENERATOR}${installation}/`;
}

/**
 * Every assessment as a finding for Security Hub of the home region, passed ones too: it counts them.
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
      Id: cut(`${idPrefix(cleaned.installation)}${one.id}`, 512),
      ProductArn: productArn(cleaned.account, cleaned.home),
      ProductName: 'Holdfast',
      CompanyName: 'Holdfast',
      GeneratorId: cut(`${GENERATOR}${one.control}`, 512),
      AwsAccountId: cleaned.account,
      Region: cleaned.home,
      Types: TYPES,
      FirstObservedAt: first,
      LastObservedAt: cleaned.at,
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
        Status: STATUS[its],
        RelatedRequirements: [...one.requirements, ...one.frameworks].slice(0, 32),
      },
      // Taken at a finding's creation alone: later the workflow moves by BatchUpdateFindings (`resolutions`).
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
  const text = cut(command === null ? remedy : `${remedy}. Next: ${command}`, 512);
  return docs === null ? { Text: text } : { Text: text, Url: `${docs}${runbook}` };
}

function productFields({ id, waiver, runbook, evidence }: Assessed, its: Standing): Record<string, string> {
  const fields: Record<string, string> = {
    'holdfast/id': id,
    'holdfast/standing': its,
    'holdfast/runbook': runbook,
    'holdfast/evidence': evidence.join(' '),
    'holdfast/waiver': waiver === null ? '' : `until ${waiver.until}: ${waiver.reason}`,
  };
  const told = Object.entries(fields).filter(([, value]) => value.trim() !== '');
  return Object.fromEntries(told.map(([name, value]) => [name, cut(value, 2_048)]));
}

/** A text of at most so many characters: a longer one ends with a number made of all of it, so that no two become one. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most && text.length <= most) return text.trim() === '' ? '–' : text;
  const end = `…${fingerprint(text)}`;
  let kept = '';
  for (const character of characters) {
    if (kept.length + character.length + end.length > most) break;
    kept += character;
  }
  return kept + end;
}

/** FNV-1a of 32 bits, in hexadecimal: enough to tell two texts apart that begin alike; no protection against anyone. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

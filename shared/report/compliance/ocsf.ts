import type { Severity } from '../../domain/controls/control';
import type { Verdict } from '../../domain/inspection/check';
import { parseInstant } from '../../domain/time';
import { clean } from './clean';
import type { Assessed, Compliance, Standing } from './compliance';
import { regionsOfDatabases, resourceOf } from './resources';
import { inSlices } from './slices';
import { standing } from './verdict';

/** The part of OCSF 1.6.0, Compliance Finding (2003) with the cloud profile, that is written here. */
export interface OcsfFinding {
  readonly class_uid: 2003;
  readonly class_name: 'Compliance Finding';
  readonly category_uid: 2;
  readonly category_name: 'Findings';
  readonly type_uid: number;
  readonly type_name: string;
  readonly activity_id: 1 | 2 | 3;
  readonly activity_name: string;
  readonly severity_id: 1 | 2 | 3 | 4 | 5;
  readonly severity: string;
  readonly status_id?: 1 | 3 | 4;
  readonly status?: string;
  /** Milliseconds since 1970, as all times are here. */
  readonly time: number;
  readonly message: string;
  readonly comment?: string;
  readonly metadata: {
    readonly version: '1.6.0';
    readonly product: { readonly name: string; readonly vendor_name: string };
    readonly profiles: readonly ['cloud'];
    readonly uid: string;
  };
  readonly cloud: {
    readonly provider: 'AWS';
    readonly region: string;
    readonly account: { readonly uid: string; readonly type: 'AWS Account'; readonly type_id: 10 };
  };
  readonly finding_info: {
    readonly uid: string;
    readonly title: string;
    readonly desc: string;
    readonly first_seen_time?: number;
    readonly last_seen_time: number;
  };
  readonly compliance: {
    readonly control: string;
    readonly desc: string;
    readonly requirements: readonly string[];
    readonly standards: readonly string[];
    readonly status_id: 1 | 2 | 3;
    readonly status: 'Pass' | 'Warning' | 'Fail';
    readonly status_details: readonly string[];
  };
  readonly remediation: { readonly desc: string; readonly references: readonly string[] };
  readonly resources: readonly {
    readonly uid: string;
    readonly name: string;
    readonly type: string;
    readonly region: string;
    readonly cloud_partition: string;
  }[];
  readonly unmapped?: Readonly<Record<string, unknown>>;
}

const ACTIVITIES = { 1: 'Create', 2: 'Update', 3: 'Close' } as const;

const SEVERITIES = {
  critical: [5, 'Critical'],
  high: [4, 'High'],
  medium: [3, 'Medium'],
  low: [2, 'Low'],
} as const satisfies Record<Severity, unknown>;

/** Of the verdict: a waiver suppresses, and makes nothing better. */
const RESULTS = {
  passed: [1, 'Pass'],
  unknown: [2, 'Warning'],
  failed: [3, 'Fail'],
} as const satisfies Record<Verdict, unknown>;

const STATUSES = { 1: 'New', 3: 'Suppressed', 4: 'Resolved' } as const;

/** Every assessment as an event, for whoever collects evidence from many tools. */
export function ocsfFindings(compliance: Compliance): OcsfFinding[] {
  const cleaned = clean(compliance);
  const about = { ...cleaned, databases: regionsOfDatabases(cleaned) };
  const { installation, account, home, at } = cleaned;
  const time = parseInstant(at) ?? 0;
  return cleaned.assessments.map((one) => {
    const its = standing(one, at);
    const activity = activityOf(one, its, at);
    const [severityId, severity] =
      its === 'passed' ? ([1, 'Informational'] as const) : SEVERITIES[one.severity];
    const [statusId, status] = RESULTS[one.verdict];
    const { type, id, region, partition } = resourceOf(one, about);
    const first = one.since === null ? null : parseInstant(one.since);
    return {
      class_uid: 2003,
      class_name: 'Compliance Finding',
      category_uid: 2,
      category_name: 'Findings',
      type_uid: 2003 * 100 + activity,
      type_name: `Compliance Finding: ${ACTIVITIES[activity]}`,
      activity_id: activity,
      activity_name: ACTIVITIES[activity],
      severity_id: severityId,
      severity,
      ...lifecycle(one, its),
      time,
      message: `${one.title}: ${one.found}`,
      ...(one.waiver !== null && { comment: `waived until ${one.waiver.until}: ${one.waiver.reason}` }),
      metadata: {
        version: '1.6.0',
        product: { name: 'Holdfast', vendor_name: 'Holdfast' },
        profiles: ['cloud'],
        uid: `${installation}/${one.id}/${at}`,
      },
      cloud: { provider: 'AWS', region: home, account: { uid: account, type: 'AWS Account', type_id: 10 } },
      finding_info: {
        uid: `${installation}/${one.id}`,
        title: one.title,
        desc: `Found: ${one.found}. Expected: ${one.expected}`,
        ...(first !== null && { first_seen_time: first }),
        last_seen_time: (one.lastSeen === null ? null : parseInstant(one.lastSeen)) ?? time,
      },
      compliance: {
        control: one.control,
        desc: one.expected,
        requirements: one.requirements,
        standards: one.frameworks,
        status_id: statusId,
        status,
        status_details: [one.found, ...(one.unseen === null ? [] : [`not seen now: ${one.unseen}`])],
      },
      remediation: { desc: one.remedy, references: [one.runbook] },
      resources: [{ uid: id, name: nameOf(one), type, region, cloud_partition: partition }],
      ...unmapped(one),
    };
  });
}

function activityOf({ since, resolved }: Assessed, its: Standing, at: string): 1 | 2 | 3 {
  if (its === 'passed') return resolved === null ? 1 : 3;
  return since === null || since === at ? 1 : 2;
}

/** What never failed is no case that anybody opened or closed: it has a result, and no status. */
function lifecycle({ resolved }: Assessed, its: Standing): Pick<OcsfFinding, 'status_id' | 'status'> {
  if (its === 'passed' && resolved === null) return {};
  const id = its === 'passed' ? 4 : its === 'waived' ? 3 : 1;
  return { status_id: id, status: STATUSES[id] };
}

function nameOf({ subject }: Assessed): string {
  return subject.database === '*' ? (subject.resource ?? 'installation') : subject.database;
}

/** What OCSF has no place for. */
function unmapped({ cost, command, evidence }: Assessed): Pick<OcsfFinding, 'unmapped'> {
  const told = {
    ...(cost !== null && { cost }),
    ...(command !== null && { command }),
    ...(evidence.length > 0 && { evidence }),
  };
  return Object.keys(told).length === 0 ? {} : { unmapped: told };
}

/** So many events are made at a time: a fleet's are 60 MB of text. */
const TOGETHER = 500;

/** One event a line, as collectors read them. In pieces. */
export function* ocsfLines(compliance: Compliance): Generator<string> {
  for (const some of inSlices(compliance, TOGETHER))
    yield ocsfFindings(some)
      .map((finding) => `${JSON.stringify(finding)}\n`)
      .join('');
}

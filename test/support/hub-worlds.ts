import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { inProcess } from '../../local/wire/in-process';
import { SecurityHubFindings } from '../../shared/aws/securityhub-findings';
import { findingId } from '../../shared/domain/findings/id';
import { type Duration, formatInstant } from '../../shared/domain/time';
import type { HandedIn, HubFinding } from '../../shared/ports/security-hub';
import { asffDelivery, type Delivering } from '../../shared/report/compliance/asff-delivery';
import { hubId, productArn } from '../../shared/report/compliance/asff-names';
import { complianceOf } from '../../shared/report/compliance/assemble';
import type { Assessed, Compliance } from '../../shared/report/compliance/compliance';
import { handIn } from '../../shared/runtime/compliance/hand-in';
import { ACCOUNT, HOME } from './builders';
import { World } from './world';

export const OURS = { installation: 'holdfast', account: ACCOUNT, home: HOME };

const CONTROL = 'recovery-point-home';

/** What Security Hub calls the finding of a database. */
export function idOf(database: string): string {
  return hubId(OURS, findingId(CONTROL, { database, region: HOME }));
}

/** What one control says of a database; open since the world began. */
export function judged(
  database: string,
  verdict: Assessed['verdict'],
  over: Partial<Assessed> = {},
): Assessed {
  const subject = { database, region: HOME };
  return {
    id: findingId(CONTROL, subject),
    control: CONTROL,
    title: 'The newest recovery point at home is as new as promised',
    severity: 'critical',
    requirements: ['REC-1'],
    frameworks: [],
    subject,
    verdict,
    found: `it is ${verdict}`,
    expected: 'no older than 60 minutes (recovery.point)',
    cost: null,
    remedy: 'Take one',
    command: null,
    runbook: 'docs/controls.md#recovery-point-home',
    since: verdict === 'passed' ? null : '2026-03-01T09:00:00Z',
    resolved: null,
    unseen: null,
    lastSeen: null,
    waiver: null,
    evidence: [],
    ...over,
  };
}

/** Failed, and borne for so long. */
export function waivedUntil(database: string, until: string): Assessed {
  return judged(database, 'failed', { waiver: { reason: 'the move', until } });
}

/** Security Hub on the local cloud, and reports that are handed in to it by the real adapter. */
export class HubWorld {
  readonly world: World;
  readonly #hub: SecurityHubFindings;

  constructor(start: number) {
    this.world = new World({ start });
    this.#hub = new SecurityHubFindings({
      requestHandler: inProcess(this.world.router),
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  }

  static async enabled(start: number): Promise<HubWorld> {
    const made = new HubWorld(start);
    await made.#engine.EnableSecurityHub({});
    return made;
  }

  advance(time: Duration): Promise<void> {
    return this.world.advance(time);
  }

  report(assessments: readonly Assessed[]): Compliance {
    const databases: Compliance['databases'] = [];
    return complianceOf({ ...OURS, copyRegions: [], assessments, databases, keys: [] }, this.world.now);
  }

  daily(assessments: readonly Assessed[], how: Partial<Delivering> = {}): Promise<HandedIn> {
    return this.#handIn(this.report(assessments), { pass: 'daily', sawAll: true, docs: null, ...how });
  }

  light(...changed: readonly Assessed[]): Promise<HandedIn> {
    return this.#handIn(this.report(changed), { pass: 'light', sawAll: true, docs: null });
  }

  /** What somebody does in the console. */
  async person(database: string, Status: 'NEW' | 'NOTIFIED' | 'SUPPRESSED' | 'RESOLVED'): Promise<void> {
    const FindingIdentifiers = [{ Id: idOf(database), ProductArn: productArn(OURS) }];
    await this.#engine.BatchUpdateFindings({ FindingIdentifiers, Workflow: { Status } });
  }

  async put(...findings: readonly Partial<HubFinding>[]): Promise<void> {
    const Findings = findings.map((one) => ({ ...BARE, ...one }) as unknown as AwsSecurityFinding);
    const { FailedFindings = [] } = await this.#engine.BatchImportFindings({ Findings });
    if (FailedFindings.length > 0) throw new Error(JSON.stringify(FailedFindings));
  }

  /** All that Security Hub has, as it has it. */
  async has(): Promise<AwsSecurityFinding[]> {
    const all: AwsSecurityFinding[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#engine.GetFindings({ MaxResults: 100, NextToken });
      all.push(...(page.Findings ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return all;
  }

  /** `FAILED NEW` by database; `ARCHIVED` besides. */
  async standing(): Promise<Record<string, string>> {
    const all = (await this.has()).map(({ Id = '', Compliance, Workflow, RecordState }) => {
      const state = RecordState === 'ACTIVE' ? [] : [RecordState];
      return [Id.split('/').at(-2) ?? Id, [Compliance?.Status, Workflow?.Status, ...state].join(' ')];
    });
    return Object.fromEntries(all);
  }

  /** The calls of what is done, by operation. */
  async calls(what: () => Promise<unknown>): Promise<Record<string, number>> {
    this.world.router.log.reset();
    await what();
    const table = this.world.router.log.table();
    return Object.fromEntries(Object.entries(table).map(([call, count]) => [call.split(' ')[2], count]));
  }

  get #engine() {
    return this.world.region(HOME).securityhub;
  }

  #handIn(compliance: Compliance, how: Delivering): Promise<HandedIn> {
    return handIn({ hub: this.#hub, region: compliance.home }, asffDelivery(compliance, how));
  }
}

/** As little as Security Hub takes. */
const BARE = {
  SchemaVersion: '2018-10-08',
  Id: 'scan/1',
  ProductArn: productArn(OURS),
  GeneratorId: 'scanner/rds',
  AwsAccountId: ACCOUNT,
  CreatedAt: formatInstant(0),
  UpdatedAt: formatInstant(0),
  Title: 'Something else',
  Description: 'Of somebody else.',
  Types: ['Software and Configuration Checks'],
  Severity: { Label: 'HIGH' },
  Resources: [{ Type: 'Other', Id: 'qrosity-db' }],
} as const;

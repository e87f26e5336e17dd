import type { Pass } from '../../shared/domain/controls/control';
import type { Seen } from '../../shared/domain/controls/seen';
import type { Entry, Report } from '../../shared/domain/decision';
import type { FindingsDocument } from '../../shared/domain/findings/document';
import type { Verdict } from '../../shared/domain/inspection/check';
import type { Policy } from '../../shared/domain/policy';
import { agesKey, agesOf } from '../../shared/domain/recovery-ages';
import { Refusal } from '../../shared/domain/refusal';
import { DAY, type Duration, formatInstant, HOUR, type Instant } from '../../shared/domain/time';
import type { Happenings } from '../../shared/ports/happenings';
import type { Notices } from '../../shared/ports/notices';
import type { SecurityHub } from '../../shared/ports/security-hub';
import { complianceMarkdown } from '../../shared/report/compliance/markdown';
import { type ObservePorts, observe } from '../../shared/runtime/compliance/observe';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { report } from '../../shared/runtime/report';
import { deploymentOf } from '../../shared/runtime/surroundings';
import { type OpenFindings, openIn, unknownWaivers } from './judge';
import { type Store, sharingBefore } from './run-files';
import { handInTo } from './run-hub';
import { makeReport, reportOf } from './run-report';
import { tell, wouldTell } from './run-tell';

export interface Ports extends Omit<ObservePorts, 'evidence'> {
  readonly evidence: Store;
  readonly notices: Notices;
  readonly happenings: Happenings;
  readonly hub: SecurityHub;
}

export interface Asked {
  /** Answers with the report of this database, and neither keeps nor tells anything: who asks to see does not ask to act. */
  readonly database?: string | undefined;
  /** `daily` unless the schedule says otherwise. */
  readonly pass?: Pass | undefined;
}

export interface Answer extends Report {
  readonly pass: Pass;
  /** As findings stand after this run; null where they could not be kept. */
  readonly open: OpenFindings | null;
  /** That of the report; null where none was made. */
  readonly verdict: Verdict | null;
  /** Key of the report's record in the evidence store; null where none was kept. */
  readonly report: string | null;
  /** The report of the database that was asked for. */
  readonly markdown?: string;
}

const NAME = 'report-compliance';

/**
 * Looks, judges, tells what changed, and keeps what it saw: findings and the age of every recovery point at each pass, and
 * the report once a day. What fails on the way stops nothing else, and fails the run at its end.
 */
export async function run(ports: Ports, context: RunContext, asked: Asked): Promise<Answer> {
  const { policy } = context;
  const pass = asked.pass ?? 'daily';
  const looks = new Looks();
  const seen = await look(ports, context, deploymentOf(context), pass, looks);
  const head = { function: NAME, installation: policy.name };
  if (context.dryRun || asked.database !== undefined) {
    const { entries, now, ...answer } = await show(ports, context, seen, pass, asked.database, looks);
    return {
      ...report({ ...head, now, dryRun: true }, [...looks.failed, ...entries]),
      pass,
      report: null,
      ...answer,
    };
  }
  const told = await tell(ports, context, seen, pass);
  // From here on all is of the moment that findings are of.
  const { now } = told.judged.seen;
  const entries = [
    ...told.entries,
    ...settingsUnheeded(context),
    ...dailyMissed(policy, told.document, now),
    ...(await keepAges(ports, told.judged.seen)),
  ];
  const made = pass === 'daily' ? await makeReport(ports.evidence, context, told, looks) : null;
  const handed = policy.compliance.securityHub
    ? await handInTo(ports.hub, context, told, made?.compliance ?? null)
    : [];
  return {
    ...report({ ...head, now, dryRun: false }, [
      ...looks.failed,
      ...entries,
      ...handed,
      ...(made?.entries ?? []),
    ]),
    pass,
    open: told.document === null ? null : openIn(told.document),
    verdict: made?.compliance?.verdict ?? null,
    report: made?.key ?? null,
  };
}

async function look(
  ports: Ports,
  context: RunContext,
  deployment: string,
  pass: Pass,
  looks: Looks,
): Promise<Seen> {
  const { policy, now } = context;
  const sharing =
    pass === 'daily' ? await sharingBefore(ports.evidence, policy, now, looks) : new Map<string, never>();
  const installed = { deployment, allowedAccounts: policy.compliance.sharedWith, sharing };
  return observe(ports, context, pass, installed, looks);
}

interface Shown extends Pick<Answer, 'open' | 'verdict' | 'markdown'> {
  readonly now: Instant;
  readonly entries: readonly Entry[];
}

/** What would be told, and how one database stands. Nothing is kept. */
async function show(
  ports: Ports,
  context: RunContext,
  seen: Seen,
  pass: Pass,
  database: string | undefined,
  looks: Looks,
): Promise<Shown> {
  const { document, judged, entries } = await wouldTell(ports.evidence, context, seen, pass);
  const answer = { open: openIn(document), now: judged.seen.now };
  if (database === undefined) return { ...answer, verdict: null, entries };
  const shown = await reportOf(ports.evidence, context, judged, document, database, looks);
  if (shown !== null)
    return { ...answer, verdict: shown.verdict, markdown: complianceMarkdown(shown), entries: [] };
  const unknown: Entry = {
    subject: { database, region: context.policy.home },
    action: 'nothing',
    reason: 'unknown-database',
    outcome: 'refused',
    detail: 'unknown database: no policy selects it, and no snapshot of ours is of it',
    hint: 'correct the identifier',
  };
  return { ...answer, verdict: null, entries: [unknown] };
}

/** What somebody set, or forgot to, and believes in: that a finding is borne, that people are told. */
function settingsUnheeded({ policy, topics }: RunContext): Entry[] {
  const refused = (database: string, reason: string, detail: string, hint: string): Entry => {
    const subject = { database, region: policy.home };
    return { subject, action: 'nothing', reason, outcome: 'refused', detail, hint };
  };
  const waivers = unknownWaivers(policy.compliance.waivers).map(({ control, database }) =>
    refused(
      database ?? '*',
      'waiver-unknown-control',
      `compliance.waivers: there is no control ${JSON.stringify(control)}`,
      'write the id of a control as docs/controls.md lists it',
    ),
  );
  if (topics.length > 0) return waivers;
  const hint = "name one in NOTICES_TOPIC; serverless.yml sets it to the stack's own";
  return [...waivers, refused('*', 'no-topic', 'no topic is named: nobody is told', hint)];
}

/** A day, and what a daily pass may be late by: Scheduler tries for an hour. */
const DAILY_LATE: Duration = DAY + 2 * HOUR;

/** Light passes keep the alarm for runs quiet, so they have to tell when the daily one does not come about. */
function dailyMissed(policy: Policy, document: FindingsDocument | null, now: Instant): Entry[] {
  const last = document?.lastDaily ?? null;
  // Where there never was one, one is due since there are findings.
  const since = last ?? document?.begun ?? now;
  if (now - since <= DAILY_LATE) return [];
  const missed =
    last === null
      ? `there was no daily pass since findings began at ${formatInstant(since)}`
      : `the newest daily pass was at ${formatInstant(since)}`;
  return [
    {
      subject: { database: '*', region: policy.home },
      action: 'nothing',
      reason: 'daily-late',
      outcome: 'refused',
      detail: `${missed}: controls that are judged daily are not judged`,
      hint: 'see whether its schedule is enabled and its last run failed; then invoke it by hand with {}',
    },
  ];
}

async function keepAges({ evidence }: Ports, seen: Seen): Promise<Entry[]> {
  const ages = agesOf(seen);
  // The look that failed tells why.
  if (ages === null) return [];
  try {
    await evidence.keep(agesKey(ages), ages);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Another look at the same second is as good as this one.
    if (error.kind === 'taken') return [];
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return [
      {
        subject: { database: '*', region: seen.policy.home },
        action: 'keep',
        reason: 'ages-not-kept',
        outcome: 'failed',
        detail: error.message,
        ...hint,
      },
    ];
  }
}

/** What dashboards draw: open findings by severity. A run that could not keep them says nothing rather than none. */
export function watched({ open }: Answer): Readonly<Record<string, number>> {
  if (open === null) return {};
  const { critical, high, medium, low, waived } = open;
  return {
    criticalFindings: critical,
    highFindings: high,
    mediumFindings: medium,
    lowFindings: low,
    waivedFindings: waived,
  };
}

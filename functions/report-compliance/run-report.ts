import type { Seen } from '../../shared/domain/controls/seen';
import type { Entry } from '../../shared/domain/decision';
import {
  type EncryptionReport,
  encryptionReport,
  type Unseen,
  unseenOf,
} from '../../shared/domain/encryption';
import type { FindingsDocument } from '../../shared/domain/findings/document';
import { findingsKey } from '../../shared/domain/findings/record';
import { accountOf } from '../../shared/domain/key';
import type { KeysSeen } from '../../shared/domain/key-use';
import { type AgesByHour, agesKey } from '../../shared/domain/recovery-ages';
import { Refusal } from '../../shared/domain/refusal';
import { regionsOf } from '../../shared/domain/selection';
import { type Duration, formatInstant, MINUTE } from '../../shared/domain/time';
import type { Compliance } from '../../shared/report/compliance/compliance';
import { ENCRYPTION } from '../../shared/report/compliance/files';
import { type Facts, gather } from '../../shared/report/compliance/gather';
import { ofDatabase } from '../../shared/report/compliance/of-database';
import { OUT_OF_TIME } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import type { Looks } from '../../shared/runtime/observe';
import type { Judged } from './judge';
import { reportName } from './report-record';
import { agesSeen, keepReport, type Store } from './run-files';
import type { Told } from './run-tell';

/** With less than this left no report is begun: that of a thousand databases takes less. */
const ENOUGH: Duration = MINUTE;

export interface Made {
  readonly compliance: Compliance | null;
  /** Key of the report's record; null where it could not be kept. */
  readonly key: string | null;
  readonly entries: readonly Entry[];
}

/** Makes the report and keeps it. Where findings could not be kept there is none: it would tell of no history. */
export async function makeReport(
  store: Store,
  context: RunContext,
  { document, judged }: Pick<Told, 'document' | 'judged'>,
  looks: Looks,
): Promise<Made> {
  const { policy, run, timeLeft } = context;
  const line = { subject: { database: '*', region: policy.home }, action: 'report' };
  const none = (entry: Pick<Entry, 'reason' | 'outcome' | 'detail' | 'hint'>): Made => ({
    compliance: null,
    key: null,
    entries: [{ ...line, ...entry }],
  });
  if (document === null) {
    const detail = 'without findings there is nothing to report by';
    return none({ reason: 'findings-not-kept', outcome: 'postponed', detail });
  }
  if (timeLeft() < ENOUGH) {
    // Nobody else makes one until tomorrow, and day after day it may be so: somebody has to hear of it.
    const detail = 'too little time was left: this day has no report';
    const hint = 'raise the memory of report-compliance, and its CPU with it; then invoke it by hand with {}';
    return none({ reason: OUT_OF_TIME, outcome: 'failed', detail, hint });
  }
  const { seen } = judged;
  const name = reportName(formatInstant(seen.now), run);
  const ages = await agesSeen(store, seen, looks);
  const compliance = gather(factsOf(context, judged, document, ages, `${name}/${ENCRYPTION}`));
  try {
    const key = await keepReport(store, name, {
      compliance,
      encryption: encryptionOf(seen, looks),
      sharing: seen.sharing,
      run,
      findings: findingsKey(document.number),
    });
    const detail = `${compliance.verdict}: ${name}/`;
    return { compliance, key, entries: [{ ...line, reason: 'due', outcome: 'done', detail }] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const failed: Entry = {
      ...line,
      reason: 'report-not-kept',
      outcome: 'failed',
      detail: error.message,
      ...hint,
    };
    return { compliance, key: null, entries: [failed] };
  }
}

/** The report of one database, which nobody keeps; null where there is none of that name. */
export async function reportOf(
  store: Store,
  context: RunContext,
  judged: Judged,
  document: FindingsDocument,
  database: string,
  looks: Looks,
): Promise<Compliance | null> {
  const ages = await agesSeen(store, judged.seen, looks);
  return ofDatabase(gather(factsOf(context, judged, document, ages, null)), database);
}

/** The account that everything lies in, by the ARN of anything; where nothing was seen, by the topic's. */
export function accountIn({ topics }: RunContext, { keys }: Seen): string {
  return ('seen' in keys ? keys.seen.account : null) ?? accountOf(topics[0] ?? '') ?? 'unknown';
}

function factsOf(
  context: RunContext,
  { seen, assessments }: Judged,
  document: FindingsDocument,
  ages: AgesByHour,
  encryption: string | null,
): Facts {
  const at = encryption === null ? null : agesKey({ at: formatInstant(seen.now) });
  return {
    seen,
    account: accountIn(context, seen),
    assessments,
    document,
    ages,
    kept: { ages: at, encryption },
  };
}

/**
 * What is encrypted under which key, as far as it was seen, and what was not: what is kept is locked for years, and an
 * empty report would say that nothing stands there.
 */
function encryptionOf(seen: Seen, { failed }: Looks): EncryptionReport {
  const { databases, snapshots, keys, policy } = seen;
  const unseen = unseenOf(failed);
  if ('seen' in keys) return encryptionReport(keys.seen, policy, { unseen });
  const known = new Set(unseen.map(({ region, what }) => `${region} ${what}`));
  const missing = (region: string, what: string, why: string): Unseen[] =>
    known.has(`${region} ${what}`) ? [] : [{ region, what, why }];
  const regions = regionsOf(policy);
  const live = 'seen' in databases ? databases.seen.map(({ database }) => database) : [];
  const standing = [...snapshots.values()].flatMap((part) => ('seen' in part ? part.seen : []));
  const [one] = [...live, ...standing];
  const part: KeysSeen = {
    databases: live,
    snapshots: standing,
    topics: [],
    stores: [],
    hidden: new Set(),
    aliases: new Map(),
    keys: new Map(),
    account: one === undefined ? null : accountOf(one.arn),
  };
  return encryptionReport(part, policy, {
    unseen: [
      ...unseen,
      ...('unseen' in databases ? missing(policy.home, 'databases', databases.unseen) : []),
      // Of the other regions' instances a look hands on nothing but their keys.
      ...regions
        .filter((region) => region !== policy.home)
        .flatMap((region) => missing(region, 'databases', keys.unseen)),
      ...regions.flatMap((region) => {
        const there = snapshots.get(region);
        return there !== undefined && 'unseen' in there ? missing(region, 'snapshots', there.unseen) : [];
      }),
      // Keys are not looked at where it is not known which are in use.
      ...regions.flatMap((region) => missing(region, 'keys', keys.unseen)),
    ],
  });
}

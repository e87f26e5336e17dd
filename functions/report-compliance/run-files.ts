import type { Seen, Sharing } from '../../shared/domain/controls/seen';
import type { EncryptionReport } from '../../shared/domain/encryption';
import type { Policy } from '../../shared/domain/policy';
import {
  AGES_SHOWN,
  AgesByHour,
  agesBefore,
  agesOf,
  EVERY_AGE,
  readAges,
} from '../../shared/domain/recovery-ages';
import { Refusal } from '../../shared/domain/refusal';
import type { Instant } from '../../shared/domain/time';
import type { Evidence, EvidenceFiles } from '../../shared/ports/evidence';
import type { Compliance } from '../../shared/report/compliance/compliance';
import { reportFiles } from '../../shared/report/compliance/files';
import { standing } from '../../shared/report/compliance/verdict';
import { bytesOf, sha256, textOf } from '../../shared/runtime/compliance/files';
import { Failed, severalAtOnce } from '../../shared/runtime/compliance/observe-part';
import type { Looks } from '../../shared/runtime/observe';
import { type FileRecord, REPORTS, type ReportRecord, reportRecord } from './report-record';
import { sharingLines, sharingOf } from './sharing';

export type Store = Evidence & EvidenceFiles;

export interface ToKeep {
  readonly compliance: Compliance;
  readonly encryption: EncryptionReport;
  readonly sharing: ReadonlyMap<string, Sharing>;
  readonly run: string;
  /** Key of the document of findings. */
  readonly findings: string;
}

/**
 * Keeps the report in every format, one after the other, and its record last: seven calls. Killed on the way, a run leaves
 * files that no record names.
 *
 * @param name the folder (`reportName`)
 * @returns the key of the record
 */
export async function keepReport(
  store: Store,
  name: string,
  { compliance, encryption, sharing, run, findings }: ToKeep,
): Promise<string> {
  const files: FileRecord[] = [];
  const keep = async (key: string, type: string, text: Iterable<string>, compressed: boolean) => {
    const bytes = await bytesOf(text, compressed);
    await store.keepFile(key, { bytes, type });
    return { key, type, bytes: bytes.length, sha256: sha256(bytes) };
  };
  for (const { name: file, type, text, compressed } of reportFiles(compliance, encryption))
    files.push(await keep(`${name}/${file}`, type, text(), compressed));
  const shared = await keep(`${name}/sharing.jsonl.gz`, 'application/gzip', sharingLines(sharing), true);
  const { installation, account, at, verdict, checklist } = compliance;
  const record: ReportRecord = {
    schema: 'holdfast.report/1',
    installation,
    account,
    at,
    run,
    verdict,
    counts: countsOf(compliance),
    checklist: checklist.map((item) => ({
      question: item.question,
      verdict: item.verdict,
      answer: item.answer,
    })),
    findings,
    files,
    sharing: shared.key,
  };
  await store.keep(`${name}.json`, record);
  return `${name}.json`;
}

function countsOf({ assessments, at }: Compliance): ReportRecord['counts'] {
  const counts = { passed: 0, failed: 0, waived: 0, unknown: 0 };
  for (const one of assessments) counts[standing(one, at)] += 1;
  return counts;
}

/**
 * Whom snapshots are shared with, as the newest report tells: a listing and two reads. Without a report nobody was asked.
 * Where what it knew is gone or damaged, nothing is known either: that fails the run, which makes the next report, and by
 * that one all is known again.
 */
export async function sharingBefore(
  store: Store,
  policy: Policy,
  now: Instant,
  looks: Looks,
): Promise<ReadonlyMap<string, Sharing>> {
  const found = await looks.at(policy.home, 'report-unseen', async () => {
    const key = await store.newest(REPORTS, now);
    const record = key === null ? null : reportRecord(await store.read(key), policy.name);
    if (record === null) return new Map<string, Sharing>();
    const { known, strange } = sharingOf(sharingText(record.sharing, await store.readFile(record.sharing)));
    if (strange > 0)
      looks.missing(
        policy.home,
        'report-unseen',
        `${strange} lines of ${record.sharing} are none of ours`,
        STRANGER,
      );
    return known;
  });
  return found ?? new Map();
}

const STRANGER =
  'look for who else writes into this bucket; those snapshots are asked about again, and the next report is whole';

function sharingText(key: string, bytes: Uint8Array | null): string {
  if (bytes === null) throw new Refusal('damaged', `read ${key}: it is gone`, STRANGER);
  try {
    return textOf(bytes);
  } catch (error) {
    throw new Refusal('damaged', `read ${key}: it cannot be unpacked`, STRANGER, { cause: error });
  }
}

/**
 * How old recovery points were in the last days, and are at this look: a call for each look, 1,008 a week, and one per
 * 1,000 to list them.
 */
export async function agesSeen(store: Store, seen: Seen, looks: Looks): Promise<AgesByHour> {
  const { policy, now } = seen;
  const ages = new AgesByHour();
  const own = agesOf(seen);
  if (own !== null) ages.add(own);
  const listed = await looks.at(policy.home, 'ages-unseen', () =>
    store.list(EVERY_AGE, { after: agesBefore(now - AGES_SHOWN) }),
  );
  const last = agesBefore(now);
  const keys = (listed ?? []).filter((key) => key <= `${last}.json`);
  const failed = new Failed();
  // Added up as they come: a week of them for a thousand databases is 60 MB.
  await severalAtOnce(keys, (key) =>
    failed.part(async () => {
      const record = readAges(await store.read(key), policy.name);
      if (record !== null) ages.add(record);
    }),
  );
  failed.tell(looks, policy.home, 'ages-unseen');
  return ages;
}

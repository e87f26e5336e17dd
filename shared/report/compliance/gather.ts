import { CONTROLS } from '../../domain/controls/all';
import type { Assessment } from '../../domain/controls/control';
import type { Seen } from '../../domain/controls/seen';
import { ownSnapshots } from '../../domain/controls/snapshots-seen';
import { type EncryptionReport, encryptionReport } from '../../domain/encryption';
import type { Finding, FindingsDocument } from '../../domain/findings/document';
import { findingId } from '../../domain/findings/id';
import type { Protection } from '../../domain/policy';
import type { AgesByHour } from '../../domain/recovery-ages';
import { regionsOf } from '../../domain/selection';
import type { Snapshot } from '../../domain/snapshot';
import { type Instant, parseInstant, SECOND } from '../../domain/time';
import { measuredAges } from './ages';
import { complianceOf } from './assemble';
import { assessed, outOfSight } from './assessed';
import type { AgeSeries, Assessed, Compliance, DatabaseStanding } from './compliance';
import { type Reported, reportedDatabases } from './databases';
import { evidenceOf, type OfThisRun } from './evidence-of';
import { slotHistory } from './slots';
import { inspected, promised, restoreTested, trends } from './standing';

/** What a run knows when it has judged, and told what changed. */
export interface Facts {
  readonly seen: Seen;
  readonly account: string;
  readonly assessments: readonly Assessment[];
  /** As it stands after this run; null where nothing was ever kept. */
  readonly document: FindingsDocument | null;
  /** Of the last days. */
  readonly ages: AgesByHour;
  readonly kept: OfThisRun;
}

/** Why the keys were not seen, the assessments say. */
const NOTHING_SEEN: EncryptionReport = { unseen: [], resources: [], keys: [] };

/** Everything that the report says, from what was seen, judged and found. */
export function gather({ seen, account, assessments, document, ages, kept }: Facts): Compliance {
  const { policy, now } = seen;
  const encryption = 'seen' in seen.keys ? encryptionReport(seen.keys.seen, policy) : NOTHING_SEEN;
  return complianceOf(
    {
      installation: policy.name,
      account,
      home: policy.home,
      copyRegions: regionsOf(policy).filter((region) => region !== policy.home),
      runbooks: policy.compliance.runbooks,
      assessments: assessedAll(seen, assessments, document, kept),
      databases: reportedDatabases(seen).map((one) => standingOf(one, seen, ages, encryption)),
      keys: encryption.keys,
    },
    now,
  );
}

/**
 * The part of a report that a light pass can make: the findings whose state has changed in it.
 *
 * @param changed their ids
 */
export function gatherChanges(
  { seen, account, assessments, document }: Pick<Facts, 'seen' | 'account' | 'assessments' | 'document'>,
  changed: ReadonlySet<string>,
): Compliance {
  const { policy, now } = seen;
  const some = assessments.filter((one) => changed.has(findingId(one.control, one.subject)));
  const findings = document?.findings.filter(({ id }) => changed.has(id)) ?? [];
  const about = document && { ...document, findings };
  return complianceOf(
    {
      installation: policy.name,
      account,
      home: policy.home,
      copyRegions: [],
      assessments: assessedAll(seen, some, about, { ages: null, encryption: null }),
      databases: [],
      keys: [],
    },
    now,
  );
}

/** What was judged, in the order of the controls; then what is open and was out of sight of this look. */
function assessedAll(
  seen: Seen,
  assessments: readonly Assessment[],
  document: FindingsDocument | null,
  kept: OfThisRun,
): Assessed[] {
  const findings = new Map((document?.findings ?? []).map((finding) => [finding.id, finding]));
  const controls = new Map(CONTROLS.map((control) => [control.id, control]));
  const judged = assessments.map((assessment): Assessed => {
    const control = controls.get(assessment.control);
    if (control === undefined) throw new Error(`there is no control ${assessment.control}`);
    const id = findingId(control.id, assessment.subject);
    const finding = findings.get(id) ?? null;
    findings.delete(id);
    return assessed(control, assessment, finding, evidenceOf(control.id, assessment.subject, seen, kept));
  });
  const missing = [...findings.values()].filter(isOpen).flatMap((finding): Assessed[] => {
    const control = controls.get(finding.control);
    return control === undefined ? [] : [outOfSight(control, finding)];
  });
  return [...judged, ...missing];
}

function isOpen({ state }: Finding): boolean {
  return state === 'open';
}

function standingOf(
  one: Reported,
  seen: Seen,
  ages: AgesByHour,
  { resources }: EncryptionReport,
): DatabaseStanding {
  const { policy, now } = seen;
  const { id, region, database, protection, unprotected } = one;
  const snapshots = new Map<string, readonly Snapshot[]>();
  const places = [policy.home, ...(protection?.copies ?? []).map((copy) => copy.region)];
  for (const place of places) {
    const part = ownSnapshots(seen, place, database ?? { id, resource: '' });
    if ('seen' in part) snapshots.set(place, part.seen);
  }
  const points = protection === null ? [] : recoveryPoints(id, protection, policy.home, ages, now);
  const restoreTests = testsOf(seen, id);
  const look = seen.inspections.get(id);
  const record = look !== undefined && 'seen' in look ? look.seen : null;
  return {
    database: id,
    region,
    unprotected,
    promise: protection === null ? null : promised(protection),
    slots:
      protection !== null && snapshots.has(policy.home)
        ? slotHistory(
            protection,
            {
              home: policy.home,
              created: database?.created ?? null,
              looked: firstLook(points),
              goesOn: unprotected === null,
              snapshots,
            },
            now,
          )
        : null,
    recoveryPoints: points,
    restoreTests,
    trends: protection === null ? [] : trends(restoreTests, protection.recovery.time / SECOND, now),
    inspection: record === null ? null : inspected(record, record.evidence ?? null),
    keys: [
      ...new Set(
        resources.flatMap((resource) =>
          resource.database === id && resource.key !== null ? [resource.key] : [],
        ),
      ),
    ],
  };
}

function recoveryPoints(
  id: string,
  { recovery, copies }: Protection,
  home: string,
  ages: AgesByHour,
  now: Instant,
): AgeSeries[] {
  const series = (region: string, of: string, promise: number) =>
    measuredAges({ region, of, promiseSeconds: promise / SECOND, ages: ages.of(id, region) }, now);
  return [
    series(home, 'transaction logs and snapshots', recovery.point),
    ...copies.map(({ region, point }) => series(region, 'copies', point)),
  ];
}

/** The first one that anything is kept of. */
function firstLook(series: readonly AgeSeries[]): Instant | null {
  const first = series.flatMap(({ points }) => parseInstant(points[0]?.at ?? '') ?? []);
  return first.length === 0 ? null : Math.min(...first);
}

/** Oldest first, as they are drawn. */
function testsOf({ restoreTests }: Seen, id: string) {
  const part = restoreTests.get(id);
  if (part === undefined || 'unseen' in part) return [];
  return part.seen.map(restoreTested).sort((a, b) => (a.requested < b.requested ? -1 : 1));
}

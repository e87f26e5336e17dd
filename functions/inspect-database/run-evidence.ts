import { evidenceKey, evidenceSeries, evidenceTime } from '../../shared/domain/evidence';
import type { Earlier } from '../../shared/domain/inspection/completeness';
import { INSPECTIONS, overAt, rowsOf } from '../../shared/domain/inspection/record';
import type { Refusal } from '../../shared/domain/refusal';
import { type UnableRecord, unableKey } from '../../shared/domain/restore-test';
import { formatInstant, type Instant, SECOND } from '../../shared/domain/time';
import type { Evidence } from '../../shared/ports/evidence';
import { type InspectAction, UNABLE } from './look';

/** A late look is rare, and two in a row are rarer. */
const LATE_LOOKS = 5;

/** The rows at the look at the live database that this one is held against; null where there was none. */
export async function earlierLook(
  evidence: Evidence,
  { database, notAfter }: InspectAction,
  home: string,
): Promise<Earlier | null> {
  const series = evidenceSeries(INSPECTIONS, database, home);
  let before = notAfter;
  for (let late = 0; late <= LATE_LOOKS; late += 1) {
    const key = await evidence.newest(series, before);
    const time = key === null ? null : evidenceTime(key);
    if (key === null || time === null) return null;
    const record = await evidence.read(key);
    // One that was meant for a moment before the backup, and took place after it, counted rows that the backup cannot have.
    if ((overAt(record) ?? time) <= notAfter) return rowsOf(record);
    before = time - SECOND;
  }
  return null;
}

/**
 * Leaves the reason: to a restore test the first of each kind, since it may pass and the next tick looks again; of a live
 * database one a day and kind, which tells the next run that it was tried.
 */
export async function keepUnable(
  evidence: Evidence,
  { test, database, region }: InspectAction,
  { kind, message }: Refusal,
  now: Instant,
): Promise<void> {
  const at = formatInstant(now);
  const key = test === null ? evidenceKey(UNABLE, database, region, now, kind) : unableKey(test, kind);
  const today = `${evidenceSeries(UNABLE, database, region)}${at.slice(0, 'YYYY-MM-DD'.length)}`;
  const kept = await evidence.list(test === null ? today : key);
  if (kept.some((one) => one.endsWith(`-${kind}.json`))) return;
  const record: UnableRecord = { schema: 'holdfast.inspection-unable/1', at, kind, why: message };
  await evidence.keep(key, record);
}

/** In one call, and without reading what may be megabytes. */
export async function isKept(evidence: Evidence, key: string): Promise<boolean> {
  return (await evidence.list(key, { most: 1 })).length > 0;
}

import Table from 'cli-table3';
import { count } from '../../shared/domain/controls/figures';
import { formatDuration, formatInstant } from '../../shared/domain/time';
import type { Outcome } from './outcome';

/** No colors of the table's own, no line between rows. */
const LOOK = { style: { head: [], border: [], compact: true } };

/** The end of the story for a person: what was lost, what was kept, what stands, and whether every promise held. */
export function summary(
  outcome: Outcome,
  color: { green: (text: string) => string; red: (text: string) => string },
): string {
  const {
    database,
    lostRegion,
    lostAt,
    from,
    rowsWritten,
    runs,
    apiCalls,
    recoveries,
    minutesWithoutDatabase,
  } = outcome;
  const lines = [
    '',
    `${database}, ${outcome.tenants} tenants, ${from} to ${lostAt}: ${rowsWritten} rows confirmed, ${count(minutesWithoutDatabase, 'minute')} without the database`,
    `${Object.entries(runs)
      .map(([name, { runs, failed }]) => `${name} ran ${runs} times (${failed} failed)`)
      .join(', ')}; ${apiCalls} API calls`,
    ...planted(outcome),
    '',
  ];
  for (const { region, snapshot, recoveryPoint, took, lostTime, lostRows, keptRows } of recoveries) {
    lines.push(
      `${lostRegion} lost at ${lostAt}; restored in ${region} from ${snapshot}`,
      `  recovery point ${formatInstant(recoveryPoint)}, answering after ${formatDuration(took)} (assumed by the local AWS: see docs/rehearsal.md)`,
      `  lost: ${lostRows} rows, ${formatDuration(lostTime)}; kept: ${keptRows} rows`,
      '',
    );
  }
  const keys = new Table({
    head: ['region', 'key', 'state', 'rotated by KMS', 'on demand', 'oldest material'],
    ...LOOK,
  });
  for (const { region, key, state, automatic, onDemand, oldest } of outcome.keys) {
    keys.push([region, key, state, right(automatic), right(onDemand), formatDuration(oldest)]);
  }
  const standing = new Table({ head: ['region', 'snapshots standing', ''], ...LOOK });
  for (const [region, tiers] of Object.entries(outcome.standing)) {
    for (const [tier, count] of Object.entries(tiers)) standing.push([region, tier, right(count)]);
  }
  const verdicts = new Table({ head: ['promise', 'limit', 'measured', ''], ...LOOK });
  for (const { promise, limit, measured, held } of outcome.verdicts) {
    verdicts.push([promise, limit, measured, held ? color.green('held') : color.red('BROKEN')]);
  }
  lines.push(keys.toString(), standing.toString(), verdicts.toString(), '');
  lines.push(...reported(outcome));
  lines.push(outcome.held ? color.green('every promise held') : color.red('a promise was broken'));
  return lines.join('\n');
}

/** Where the report is; a promise that it finds broken is no promise of the rehearsal's. */
function reported({ report }: Outcome): string[] {
  if (report === null) return [];
  const { verdict, counts, files, notices, told } = report;
  return [
    `report: ${files[0]} (${verdict}: ${Object.entries(counts)
      .map(([word, count]) => `${count} ${word}`)
      .join(', ')})`,
    `notices: ${notices} (${told}, as on call got them)`,
    '',
  ];
}

/** The runs that failed over these faults had to. */
function planted({ planted: all, restoreTests }: Outcome): string[] {
  const faults = all.filter(({ expected }) => expected !== null);
  if (all.length === 0) return [];
  const found = faults.filter(({ held }) => held).length;
  return [
    `${count(restoreTests.length, 'restore test')} by the schedule, ${all.length} by hand: ${found} of ${faults.length} planted faults found`,
  ];
}

function right(count: number) {
  return { content: count, hAlign: 'right' } as const;
}

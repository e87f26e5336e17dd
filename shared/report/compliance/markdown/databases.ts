import type { AgeSeries, Compliance, DatabaseStanding } from '../compliance';
import { fleetRows, MOST_PICTURED, picturedWords } from '../fleet-order';
import { NO_SLOTS, NO_TESTS, promises } from '../promises';
import { recoveryWords, worstWords, written } from '../recovery-words';
import { gapsIn, slotsInWords, stateWords } from '../slot-words';
import { forecastWords, pointWords, restoresInWords, restoreWords, tookWords } from '../standing-words';
import { agesIn, lateStretches } from '../stretches';
import { agreement, bytes, counted, lasting, moment } from '../words';
import { code, list, table, text } from './marks';

/** One table of all; then what the pictures of the page show, in words. */
export function databases(compliance: Compliance): string[] {
  const { at } = compliance;
  const rows = fleetRows(compliance);
  if (rows.length === 0) return ['## Databases', 'None: no database was found that a policy selects.'];
  const left = picturedWords(rows.length);
  return [
    '## Databases',
    table(
      [
        'database',
        'verdict',
        'policy',
        'objectives',
        'RPO',
        'RTO',
        'recovery point',
        'copies',
        'gaps',
        'last restore',
        'forecast',
      ],
      rows.map(({ standing, verdict }) =>
        [
          standing.unprotected === null ? standing.database : `${standing.database}: ${standing.unprotected}`,
          verdict,
          standing.promise?.policy ?? 'none',
          standing.promise === null ? 'none' : agreement(standing.promise.agreed),
          standing.promise === null ? '–' : lasting(standing.promise.pointSeconds),
          standing.promise === null ? '–' : lasting(standing.promise.timeSeconds),
          pointWords(standing),
          copies(standing),
          gaps(standing),
          restoreWords(standing),
          standing.trends.map((trend) => `${trend.region}: ${forecastWords(trend, at)}`).join('; ') || '–',
        ].map(text),
      ),
    ),
    ...(left === null ? [] : [left]),
    ...rows.slice(0, MOST_PICTURED).flatMap(({ standing }) => database(standing, at)),
  ];
}

/** `us-west-2: 1h30m of 2h`: the age of the newest copy now, of what is promised. */
function copies({ recoveryPoints }: DatabaseStanding): string {
  const told = recoveryPoints.slice(1).map(({ region, points, promiseSeconds }) => {
    const now = points.at(-1)?.seconds ?? null;
    const age = typeof now === 'number' ? lasting(now) : (now ?? 'unknown');
    return `${region}: ${age} of ${lasting(promiseSeconds)}`;
  });
  return told.join('; ') || '–';
}

function gaps({ slots }: DatabaseStanding): string {
  if (slots === null) return 'unknown';
  const sums = new Map<string, number>();
  for (const { region, run } of gapsIn(slots)) sums.set(region, (sums.get(region) ?? 0) + run.count);
  return [...sums].map(([region, count]) => `${region}: ${counted(count, 'slot')}`).join('; ') || 'none';
}

function database(standing: DatabaseStanding, at: string): string[] {
  const { database, region, unprotected, promise, recoveryPoints, keys } = standing;
  const point = recoveryPoints.flatMap(recoveryPart);
  return [
    `### ${text(database)} in ${text(region)}`,
    ...(unprotected === null ? [] : [text(`Nothing new is known to be backed up: ${unprotected}.`)]),
    promise === null
      ? 'No policy promises anything of it.'
      : list(promises(promise).map(([name, value]) => `${name}: ${text(value)}`)),
    ...slotsPart(standing),
    ...(point.length === 0 ? [] : ['#### Recovery point over time', ...point]),
    ...restoresPart(standing, at),
    ...(keys.length === 0 ? [] : [`Keys that it hangs on: ${keys.map(code).join(', ')}`]),
    ...insidePart(standing),
  ];
}

function slotsPart({ slots }: DatabaseStanding): string[] {
  if (slots === null) return [NO_SLOTS];
  const lost = gapsIn(slots).map(({ region, home, run }) =>
    [moment(run.from), `${run.count}`, region, stateWords(run.state, home)].map(text),
  );
  return [
    '#### Slots, copies and gaps',
    text(slotsInWords(slots)),
    ...(lost.length === 0 ? [] : [table(['gap from', 'slots', 'region', 'state'], lost)]),
  ];
}

const MOST_STRETCHES = 50;

function recoveryPart(series: AgeSeries): string[] {
  const words = recoveryWords(series);
  if (words === null) return [];
  const late = lateStretches(agesIn(series), series.promiseSeconds);
  const rows = late
    .slice(-MOST_STRETCHES)
    .map(({ from, to, worst }) => [written(from), written(to), worstWords(worst)].map(text));
  const caption = `above the promise from${late.length > rows.length ? ` (the newest ${rows.length} of ${late.length})` : ''}`;
  return [
    text(`In ${series.region}, ${series.of}: ${words}`),
    ...(rows.length === 0 ? [] : [table([caption, 'until', 'at worst'], rows)]),
  ];
}

function restoresPart({ restoreTests, trends, promise }: DatabaseStanding, at: string): string[] {
  if (restoreTests.length === 0) return [NO_TESTS];
  return [...new Set(restoreTests.map(({ region }) => region))].flatMap((region) => {
    const tests = restoreTests
      .filter((test) => test.region === region)
      .sort((a, b) => (a.requested < b.requested ? -1 : 1));
    const trend = trends.find((one) => one.region === region) ?? null;
    return [
      `#### Restore tests in ${text(region)}`,
      text(restoresInWords(tests, trend, promise?.timeSeconds ?? null, at)),
      table(
        ['requested', 'verdict', 'took', 'of it until available', 'why', 'evidence'],
        [...tests]
          .reverse()
          .map(({ requested, verdict, seconds, availableSeconds, why, evidence }) => [
            text(moment(requested)),
            verdict,
            tookWords(seconds),
            availableSeconds === null ? '–' : lasting(availableSeconds),
            text(why),
            code(evidence),
          ]),
      ),
    ];
  });
}

function insidePart({ inspection }: DatabaseStanding): string[] {
  if (inspection === null) return ['Tenants and data: nobody has looked into it yet.'];
  const { at, verdict, tenants, newestChange, server, sizeBytes, problems, evidence } = inspection;
  return [
    '#### Inside the database',
    list([
      `looked at: ${moment(at)}, ${verdict}`,
      `tenants: ${tenants?.toLocaleString('en-US') ?? 'unknown'}`,
      `newest change: ${newestChange === null ? 'unknown' : moment(newestChange)}`,
      ...(server === null ? [] : [`PostgreSQL: ${text(server)}`]),
      ...(sizeBytes === null ? [] : [`size: ${bytes(sizeBytes)}`]),
      ...problems.map((problem) => `problem: ${text(problem)}`),
      ...(evidence === null ? [] : [`evidence: ${code(evidence)}`]),
    ]),
  ];
}

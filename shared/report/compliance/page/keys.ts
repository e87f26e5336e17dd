import { scaleUtc } from 'd3-scale';
import { h, type JSX } from 'preact';
import type { EncryptionKey } from '../../../domain/encryption';
import { DAY, type Instant, parseInstant } from '../../../domain/time';
import { counted, day } from '../words';
import { figure, legend, RIGHT, round, timeAxis } from './chart';
import { table } from './parts';

/** More rows than this are read in the table, not seen in a picture. */
const MOST_DRAWN = 12;
const ROW = 36;

export function keyName({ aliases, arn }: EncryptionKey): string {
  return aliases[0] ?? arn.replace(/^.*:key\//, '');
}

/** @param id once a page; @param used whose keys they are, for the caption */
export function keyTable(id: string, used: string, keys: readonly EncryptionKey[]): JSX.Element {
  return table(
    id,
    `Keys ${used}`,
    [
      { name: 'key', value: (key) => h('code', null, keyName(key)), kind: 'wide' },
      { name: 'region', value: ({ region }) => region, kind: 'short' },
      { name: 'state', value: ({ state }) => state },
      { name: 'managed by', value: ({ managedBy }) => managedBy },
      {
        name: 'rotated every',
        value: ({ rotationDays }) => (rotationDays === null ? '–' : `${rotationDays} days`),
        kind: 'short',
      },
      {
        name: 'last rotated',
        value: ({ lastRotated }) => (lastRotated === null ? '–' : day(lastRotated)),
        kind: 'short',
      },
      {
        name: 'next rotation',
        value: ({ nextRotation }) => (nextRotation === null ? 'none planned' : day(nextRotation)),
        kind: 'short',
      },
      {
        name: 'deleted on',
        value: ({ deletion }) => (deletion === null ? '–' : day(deletion)),
        kind: 'short',
      },
      {
        name: 'recovery points',
        value: ({ recoveryPoints }) => recoveryPoints.toLocaleString('en-US'),
        kind: 'short',
      },
    ],
    keys,
  );
}

/** A row for each key: from its last rotation to today, and on to the next one. Null where no rotation is known. */
export function rotations(id: string, keys: readonly EncryptionKey[], at: string): JSX.Element | null {
  const now = parseInstant(at) ?? 0;
  const rows = keys.filter(({ nextRotation }) => nextRotation !== null).slice(0, MOST_DRAWN);
  if (rows.length === 0) return null;
  const instants = rows.flatMap(({ lastRotated, nextRotation }) => [lastRotated, nextRotation].map(instant));
  const known = [now, ...instants.filter((one): one is Instant => one !== null)];
  const x = scaleUtc([Math.min(...known) - 14 * DAY, Math.max(...known) + 14 * DAY], [12, RIGHT]);
  const bottom = 8 + rows.length * ROW;
  const drawing = [
    rows.map((key, at) => row(key, 8 + at * ROW, (one) => round(x(one)), now)),
    h('path', { class: 'axis', d: `M12,${bottom}H${RIGHT}` }),
    timeAxis(x, bottom),
  ];
  const soonest = [...rows].sort((a, b) => ((a.nextRotation ?? '') < (b.nextRotation ?? '') ? -1 : 1))[0];
  const without = keys.length - keys.filter(({ nextRotation }) => nextRotation !== null).length;
  const tells = [
    soonest === undefined
      ? ''
      : `the next rotation is that of ${keyName(soonest)} on ${day(soonest.nextRotation ?? '')}`,
    ...(without > 0 ? [`${counted(without, 'key')} without a planned rotation`] : []),
  ].join('; ');
  return figure(id, { caption: 'Key rotations', tells }, bottom + 28, drawing, KEY);
}

function row(key: EncryptionKey, top: number, x: (at: Instant) => number, now: Instant): JSX.Element {
  const [last, next] = [instant(key.lastRotated), instant(key.nextRotation)];
  const y = top + 24;
  return h(
    'g',
    null,
    h('text', { class: 'soft', x: 12, y: top + 14 }, short(`${keyName(key)} in ${key.region}`)),
    h('path', { class: 'span', d: `M${last === null ? 12 : x(last)},${y}H${x(now)}` }),
    next === null || next < now ? null : h('path', { class: 'span rest', d: `M${x(now)},${y}H${x(next)}` }),
    h('path', { class: 'today', d: `M${x(now)},${y - 7}v14` }),
    next === null ? null : h('circle', { class: 'dot hollow', cx: x(next), cy: y, r: 5 }),
  );
}

/** What fits into the width of the picture; the table has the whole name. */
function short(name: string): string {
  return name.length > 46 ? `${name.slice(0, 45)}…` : name;
}

function instant(iso: string | null): Instant | null {
  return iso === null ? null : parseInstant(iso);
}

const KEY = legend([
  [h('path', { class: 'span', d: 'M1,8H23' }), 'since the last rotation'],
  [h('circle', { class: 'dot hollow', cx: 12, cy: 8, r: 5 }), 'next rotation'],
  [h('path', { class: 'today', d: 'M12,0V16' }), 'today'],
]);

import type { SlotHistory, SlotRow, SlotRun, SlotState } from './compliance';
import { counted, moment } from './words';

/** What each state is called where a person reads it: at home, and of a copy. */
const WORDS: Readonly<Record<SlotState, readonly [home: string, copy: string]>> = {
  taken: ['taken', 'copied'],
  pending: ['being taken', 'being copied'],
  due: ['not due yet', 'not due yet'],
  failed: ['failed', 'failed'],
  missed: ['not there: missed or deleted', 'not there: not copied or deleted'],
  pruned: ['thinned out by retention', 'thinned out by retention'],
};

export function stateWords(state: SlotState, home: boolean): string {
  return WORDS[state][home ? 0 : 1];
}

/** `since 2026-03-09 10:00 UTC; us-east-1: 25 slots taken; us-west-2: 24 slots copied, 1 slot not due yet`. */
export function slotsInWords({ from, rows }: SlotHistory): string {
  const told = rows.map((row, at) => rowWords(row, at === 0));
  return [`since ${moment(from)}`, ...told].join('; ');
}

function rowWords({ region, runs }: SlotRow, home: boolean): string {
  const sums = new Map<SlotState, number>();
  for (const { state, count } of runs) sums.set(state, (sums.get(state) ?? 0) + count);
  const told = [...sums].map(([state, count]) => {
    const word = stateWords(state, home);
    return `${counted(count, 'slot')} ${word.includes(':') ? `${word.replace(': ', ' (')})` : word}`;
  });
  return `${region}: ${told.join(', ') || 'no slot yet'}`;
}

/** Slots that should be there and are not. */
export interface Gap {
  readonly region: string;
  readonly home: boolean;
  readonly run: SlotRun;
}

export function gapsIn({ rows }: SlotHistory): Gap[] {
  return rows.flatMap(({ region, runs }, at) =>
    runs
      .filter(({ state }) => state === 'missed' || state === 'failed')
      .map((run) => ({ region, home: at === 0, run })),
  );
}

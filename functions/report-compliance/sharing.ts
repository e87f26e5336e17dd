import type { Sharing } from '../../shared/domain/controls/seen';
import { formatInstant, parseInstant } from '../../shared/domain/time';

/**
 * Whom snapshots are shared with, as it is kept between runs: RDS answers for one snapshot a call, and a fleet's are asked
 * about in the course of a week. One line of JSON for each snapshot.
 */
export function* sharingLines(sharing: ReadonlyMap<string, Sharing>): Generator<string> {
  for (const [arn, { asked, with: accounts }] of sharing)
    yield `${JSON.stringify([arn, formatInstant(asked), accounts])}\n`;
}

/**
 * What `sharingLines` wrote. Lines that are none of its own are left out and counted: those snapshots are asked about
 * again.
 */
export function sharingOf(text: string): { readonly known: Map<string, Sharing>; readonly strange: number } {
  const known = new Map<string, Sharing>();
  const lines = text.split('\n').filter((line) => line !== '');
  for (const line of lines) {
    const [arn, sharing] = readLine(line) ?? [];
    if (arn !== undefined && sharing !== undefined) known.set(arn, sharing);
  }
  return { known, strange: lines.length - known.size };
}

/** Null for a line that is none of ours. */
function readLine(line: string): [string, Sharing] | null {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return null;
  }
  const [arn, at, accounts] = Array.isArray(read) ? (read as unknown[]) : [];
  const asked = typeof at === 'string' ? parseInstant(at) : null;
  if (typeof arn !== 'string' || asked === null || !Array.isArray(accounts)) return null;
  return [arn, { asked, with: accounts.map(String) }];
}

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

/** What `sharingLines` wrote. A line that is none of its own is left out: that snapshot is asked about again. */
export function sharingOf(text: string): Map<string, Sharing> {
  const sharing = new Map<string, Sharing>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [arn, at, accounts] = JSON.parse(line) as [unknown, unknown, unknown];
    const asked = typeof at === 'string' ? parseInstant(at) : null;
    if (typeof arn === 'string' && asked !== null && Array.isArray(accounts))
      sharing.set(arn, { asked, with: accounts.map(String) });
  }
  return sharing;
}

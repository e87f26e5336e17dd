/** What fits of a list, gravest first: some in full, some in brief, and how many not at all. */
export interface Fitted {
  readonly full: number;
  readonly brief: number;
  readonly leftOut: number;
}

/**
 * As many in full as leave room for all others in brief, for which at most half of the room is kept: of a great storm the
 * gravest still are in full.
 *
 * @param full, brief what each takes; `mostFull` where nobody reads more of them
 */
export function fitInto(
  full: readonly number[],
  brief: readonly number[],
  room: number,
  mostFull = Number.POSITIVE_INFINITY,
): Fitted {
  let others = brief.reduce((sum, one) => sum + one, 0);
  let used = 0;
  let inFull = 0;
  for (const [index, size] of full.entries()) {
    const rest = others - (brief[index] ?? 0);
    if (inFull >= mostFull || used + size + Math.min(rest, room / 2) > room) break;
    used += size;
    others = rest;
    inFull += 1;
  }
  let inBrief = 0;
  for (const size of brief.slice(inFull)) {
    if (used + size > room) break;
    used += size;
    inBrief += 1;
  }
  return { full: inFull, brief: inBrief, leftOut: full.length - inFull - inBrief };
}

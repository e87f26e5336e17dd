import { Refusal } from '../../domain/refusal';
import type { HandedIn, HubDelivery, HubFinding, HubRefused, SecurityHub } from '../../ports/security-hub';

/** So many refusals are named; what was wrong with one is mostly wrong with all. */
const NAMED = 3;

/**
 * Hands a report's findings in to Security Hub: asks what it has, ends suppressions, hands in, moves workflows. What is
 * refused is left out of all that follows, and then named by one `Refusal`; the next daily pass repairs it.
 *
 * Calls: of findings that Security Hub has 1 per 100, and 1 at least (light: 1 per 20 of those that have changed, none
 * where nothing has); 1 per 100 that are handed in; 1 per 100 for each way that a workflow moves. One new finding costs 2
 * calls, one that recovers 3, a day with nothing open 1.
 */
export async function handIn<Known>(
  { hub, region }: { readonly hub: SecurityHub; readonly region: string },
  { question, remember, plan }: HubDelivery<Known>,
): Promise<HandedIn> {
  const known: Known[] = [];
  for await (const page of hub.active(region, question))
    for (const finding of page) {
      const one = remember(finding);
      if (one !== null) known.push(one);
    }
  const { lifts, findings, moves, counts } = plan(known);
  const refused = new Map<string, Refusal>();
  const note = (all: readonly HubRefused[]) => {
    for (const { id, refusal } of all) refused.set(id, refusal);
  };
  note(await hub.move(region, lifts));
  note(await hub.take(region, others(findings, refused)));
  note(
    await hub.move(
      region,
      moves.filter(({ Id }) => !refused.has(Id)),
    ),
  );
  if (refused.size > 0) throw inOne(refused, region);
  return counts;
}

function* others(
  findings: Iterable<HubFinding>,
  refused: ReadonlyMap<string, Refusal>,
): Generator<HubFinding> {
  for (const finding of findings) if (!refused.has(finding.Id)) yield finding;
}

/** The first of them gives its kind and its hint. */
function inOne(refused: ReadonlyMap<string, Refusal>, region: string): Refusal {
  const [first, ...rest] = [...new Set(refused.values())];
  if (first === undefined) throw new Error('nothing was refused');
  const named = [first, ...rest.slice(0, NAMED - 1)].map(({ message }) => message);
  const more = rest.length + 1 - named.length;
  return new Refusal(
    first.kind,
    `Security Hub in ${region} refused ${refused.size} findings: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    first.hint,
    { cause: first },
  );
}

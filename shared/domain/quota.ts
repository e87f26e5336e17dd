import { type Act, type Action, type Decision, isAct } from './decision';

/** Manual DB snapshots of an account in a region: how many there are, and how many there may be. */
export interface Quota {
  readonly used: number;
  readonly most: number;
}

/** How many more fit. */
export function room({ used, most }: Quota): number {
  return Math.max(0, most - used);
}

/**
 * Lets through as many of the planned acts as there is room for, in the order given (largest recovery-point debt
 * first), and turns the rest into what `otherwise` says. Acts that take no room (a failed one is replaced) pass.
 *
 * Invariant: of the decisions returned, at most `most` have an action that takes room.
 */
export function ration<A extends Action, R extends string>(
  plan: readonly Decision<A, R>[],
  most: number,
  takesRoom: (action: A) => boolean,
  otherwise: (act: Act<A, R>) => Decision<A, R>,
): Decision<A, R>[] {
  let left = most;
  return plan.map((decision) => {
    if (!isAct(decision) || !takesRoom(decision.action)) return decision;
    if (left === 0) return otherwise(decision);
    left -= 1;
    return decision;
  });
}

import { type Duration, formatInstant, type Instant } from '../../shared/domain/time';
import { QUEUE } from './compliance-world';
import type { World } from './world';

/** Something that goes wrong on purpose, and is put right again. */
export interface PlantedFault {
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly plant: (world: World) => unknown;
  readonly mend: (world: World) => unknown;
  /** Findings that have to open, each no later than its promise is broken plus its control's period. */
  readonly opens: readonly { readonly finding: RegExp; readonly by: Instant }[];
  /** By when all of them have to be told as resolved. */
  readonly resolvedBy: Instant;
  /** What follows from it as well, and may be told while it lasts and until then. */
  readonly mayOpen?: RegExp;
}

/** A notice as a queue got it. */
export interface Heard {
  readonly at: Instant;
  readonly kind: string;
  readonly finding: string;
}

export function heard(world: World): Heard[] {
  return world
    .region()
    .outbox.to(QUEUE)
    .flatMap(({ at, body }) => {
      const { Message } = JSON.parse(body ?? '') as { Message: string };
      const { notices, others } = JSON.parse(Message) as Record<'notices' | 'others', Omit<Heard, 'at'>[]>;
      return [...notices, ...others].map(({ kind, finding }) => ({ at, kind, finding }));
    });
}

/**
 * What is wrong with what was told: a fault that was told late or not at all, one that nobody called off in time, and
 * whatever was told that no fault explains.
 *
 * @param standing findings that are true all along
 */
export function objections(
  notices: readonly Heard[],
  faults: readonly PlantedFault[],
  standing: readonly RegExp[],
): string[] {
  const wrong: string[] = [];
  for (const { name, from, opens, resolvedBy } of faults) {
    for (const { finding, by } of opens) {
      const its = notices.filter((one) => finding.test(one.finding) && one.at >= from);
      const opened = its.find(({ kind }) => kind === 'opened');
      if (opened === undefined || opened.at > by)
        wrong.push(`${name}: ${finding} was told ${opened === undefined ? 'never' : late(opened.at - by)}`);
      const resolved = its.find(({ kind }) => kind === 'resolved');
      if (resolved === undefined || resolved.at > resolvedBy)
        wrong.push(
          `${name}: the end of ${finding} was told ${resolved === undefined ? 'never' : late(resolved.at - resolvedBy)}`,
        );
    }
  }
  const open = new Set<string>();
  for (const { at, kind, finding } of notices) {
    const why =
      standing.some((one) => one.test(finding)) ||
      faults.some(
        ({ from, resolvedBy, opens, mayOpen }) =>
          at >= from &&
          at <= resolvedBy &&
          (opens.some((one) => one.finding.test(finding)) || mayOpen?.test(finding) === true),
      );
    if (!why) wrong.push(`${formatInstant(at)} ${kind} ${finding}: nothing explains it`);
    if (kind === 'opened' && open.has(finding)) wrong.push(`${formatInstant(at)} ${finding} opened twice`);
    if (kind === 'opened') open.add(finding);
    if (kind === 'resolved' && !open.delete(finding))
      wrong.push(`${formatInstant(at)} ${finding} resolved, and never opened`);
  }
  return wrong;
}

function late(by: Duration): string {
  return `${by / 60_000} minutes late`;
}

import type { Waiver } from '../policy';
import { type Instant, SECOND } from '../time';
import type { Finding } from './document';

/** Whether it has just come out from under a waiver: who bore it until then is to hear of it. */
export function waiverEnded(before: Finding | null, { waiver }: Finding): boolean {
  return waiver === null && before !== null && before.waiver !== null;
}

/** The waiver that a finding falls under now: of several the one that holds longest. It holds through its last moment. */
export function waiverOf(
  { control, subject }: Pick<Finding, 'control' | 'subject'>,
  waivers: readonly Waiver[],
  now: Instant,
): Finding['waiver'] {
  const [longest] = waivers
    .filter(
      (waiver) =>
        waiver.control === control &&
        (waiver.database === null || waiver.database === subject.database) &&
        (waiver.region === null || waiver.region === subject.region) &&
        now <= waiver.until,
    )
    .sort((a, b) => b.until - a.until);
  // Documents tell time in whole seconds.
  return longest === undefined
    ? null
    : { reason: longest.reason, until: Math.floor(longest.until / SECOND) * SECOND };
}

import type { Severity, SeverityLabel } from '@aws-sdk/client-securityhub';

/** From the gravest, with the least number of each (ASFF: Severity). */
const LEAST: readonly (readonly [SeverityLabel, number])[] = [
  ['CRITICAL', 90],
  ['HIGH', 70],
  ['MEDIUM', 40],
  ['LOW', 1],
  ['INFORMATIONAL', 0],
];

/** Label and number, whichever of them was given. */
export function completed(severity: Severity): Severity {
  const { Label, Normalized } = severity;
  const label = Label ?? LEAST.find(([, least]) => (Normalized ?? 0) >= least)?.[0];
  return { ...severity, Label: label, Normalized: Normalized ?? LEAST.find(([name]) => name === label)?.[1] };
}

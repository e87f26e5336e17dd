/**
 * A finding in AWS's own format (ASFF): the members that it is named and found again by, and whatever else belongs to
 * it. Which members that are, and of what form, is for those to know who write and check the format.
 */
export interface HubFinding {
  readonly Id: string;
  readonly ProductArn: string;
  readonly GeneratorId: string;
  readonly [member: string]: unknown;
}

export interface SecurityHub {
  /**
   * Hands findings in, one call per 100; those that are there already are updated, where their UpdatedAt is newer. All
   * are tried; then a `Refusal` names the first of those that were not taken. Handing the same ones in again does no
   * harm.
   */
  take(region: string, findings: readonly HubFinding[]): Promise<void>;
  /** The active ones whose GeneratorId begins so, whole: one call per 100. */
  active(region: string, generators: string): Promise<HubFinding[]>;
}

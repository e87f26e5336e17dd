import type { Refusal } from '../domain/refusal';

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

/** Which of the active findings are asked for: what is said here, all of it. */
export interface HubQuestion {
  /** The product that they come from, an ARN. */
  readonly product: string;
  /** What their GeneratorId begins with. */
  readonly generators: string;
  /** What their Id begins with. */
  readonly ids: string;
  /** These alone; null for all. */
  readonly only: readonly string[] | null;
}

/** Where the work on a finding stands. Only a person says `NOTIFIED`. */
export type HubWorkflow = 'NEW' | 'SUPPRESSED' | 'RESOLVED';

export interface HubMove {
  readonly Id: string;
  readonly ProductArn: string;
  readonly to: HubWorkflow;
}

export interface HubRefused {
  /** The finding's. */
  readonly id: string;
  /** Of a whole call it is one for all of its findings. */
  readonly refusal: Refusal;
}

export interface SecurityHub {
  /** Active findings, whole, page after page: one call per 100, and one per 20 where they are asked for one by one. */
  active(region: string, question: HubQuestion): AsyncIterable<readonly HubFinding[]>;
  /**
   * Hands findings in, one call per 100; answers those that were not taken. One that is there already is updated, where
   * its UpdatedAt is newer, but for its workflow. Handing the same ones in again does no harm.
   */
  take(region: string, findings: Iterable<HubFinding>): Promise<readonly HubRefused[]>;
  /**
   * Moves the workflow, one call per 100 that go the same way; answers those that were not moved. One that is not there
   * has none, and is passed over.
   */
  move(region: string, moves: readonly HubMove[]): Promise<readonly HubRefused[]>;
}

/** How many findings a pass is about. */
export interface HandedIn {
  /** Open ones. */
  readonly taken: number;
  /** Those that pass now and that Security Hub had as open. */
  readonly resolved: number;
  /** Those that nobody judges any more. */
  readonly archived: number;
}

/** What is to be done, in this order. */
export interface HubPlan {
  /** Suppressions that end. They come first: what is handed in after them no longer says whose they were. */
  readonly lifts: readonly HubMove[];
  /** Made one by one as they are taken: all at once they are 60 MB. */
  readonly findings: Iterable<HubFinding>;
  readonly moves: readonly HubMove[];
  readonly counts: HandedIn;
}

/** What one pass has to say, in terms of what Security Hub has already. `Known` is what has to be kept of that. */
export interface HubDelivery<Known> {
  readonly question: HubQuestion;
  /** Null: it is none of ours, or nothing has to be known of it. */
  readonly remember: (finding: HubFinding) => Known | null;
  readonly plan: (known: readonly Known[]) => HubPlan;
}

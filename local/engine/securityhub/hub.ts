import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { DAY, type Instant } from '../../../shared/domain/time';
import type { VirtualClock } from '../../clock';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';

/** "Security Hub deletes findings 90 days after the most recent update" (ASFF: UpdatedAt). */
const FINDINGS_KEPT = 90 * DAY;

/** The members that a provider hands in under FindingProviderFields and that the customer may overrule. */
export const OVERRULED = ['Confidence', 'Criticality', 'RelatedFindings', 'Severity', 'Types'] as const;

/** The members that are the customer's once the finding is there: no import changes them (BatchImportFindings). */
export const INVESTIGATION = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow'] as const;

export interface Finding {
  readonly content: AwsSecurityFinding;
  /** Which of the overruled members the customer has set. */
  readonly overruled: ReadonlySet<(typeof OVERRULED)[number]>;
  readonly touched: Instant;
}

/** Security Hub of one account in one region. */
export class Hub {
  /** Since when it is on; `null` while it is not. */
  enabled: Instant | null = null;
  readonly #findings = new Map<string, Finding>();

  constructor(
    readonly place: Place,
    readonly clock: VirtualClock,
  ) {}

  get arn(): string {
    return `arn:aws:securityhub:${this.place.region}:${this.place.account}:hub/default`;
  }

  /** The product that an account's own findings come from. */
  get product(): string {
    const { account, region } = this.place;
    return `arn:aws:securityhub:${region}:${account}:product/${account}/default`;
  }

  now(): string {
    return new Date(this.clock.now()).toISOString();
  }

  find(id: Pick<AwsSecurityFinding, 'Id' | 'ProductArn'>): Finding | null {
    const finding = this.#findings.get(keyOf(id));
    return finding === undefined || this.#isOver(finding) ? null : finding;
  }

  keep(finding: Omit<Finding, 'touched'>): void {
    this.#findings.set(keyOf(finding.content), { ...finding, touched: this.clock.now() });
  }

  /** All that are left, by their keys. */
  *entries(): Generator<readonly [string, AwsSecurityFinding]> {
    for (const [key, finding] of this.#findings) if (!this.#isOver(finding)) yield [key, finding.content];
  }

  #isOver({ touched }: Finding): boolean {
    return this.clock.now() >= touched + FINDINGS_KEPT;
  }
}

function keyOf({ ProductArn = '', Id = '' }: Pick<AwsSecurityFinding, 'Id' | 'ProductArn'>): string {
  return `${ProductArn} ${Id}`;
}

export function invalid(message: string): WireError {
  return new WireError('InvalidInputException', message);
}

/** All but EnableSecurityHub and BatchImportFindings are refused where it is not on. */
export function mustBeOn({ enabled, place }: Hub): Instant {
  if (enabled !== null) return enabled;
  throw new WireError(
    'InvalidAccessException',
    `Account ${place.account} is not subscribed to AWS Security Hub`,
    401,
  );
}

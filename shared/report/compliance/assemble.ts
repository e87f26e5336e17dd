import type { EncryptionKey } from '../../domain/encryption';
import { formatInstant, type Instant } from '../../domain/time';
import { checklist } from './checklist';
import type { Assessed, Compliance, DatabaseStanding } from './compliance';
import { reportVerdict } from './verdict';

/** What a run has found, before it is summed up. */
export interface Gathered {
  readonly installation: string;
  readonly account: string;
  readonly home: string;
  readonly copyRegions: readonly string[];
  /** Null where runbooks are nowhere on the net. */
  readonly runbooks?: string | null;
  readonly assessments: readonly Assessed[];
  readonly databases: readonly DatabaseStanding[];
  readonly keys: readonly EncryptionKey[];
}

/** The verdict and the checklist follow from the assessments: no caller can say otherwise. */
export function complianceOf(gathered: Gathered, now: Instant): Compliance {
  const at = formatInstant(now);
  const answered = {
    at,
    runbooks: null,
    ...gathered,
    checklist: checklist(gathered.assessments, at),
  };
  return { schema: 'holdfast.compliance/1', ...answered, verdict: reportVerdict(answered) };
}

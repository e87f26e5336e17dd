import type { Entry } from '../../shared/domain/decision';
import { sawAll } from '../../shared/domain/findings/saw-all';
import { Refusal } from '../../shared/domain/refusal';
import type { SecurityHub } from '../../shared/ports/security-hub';
import { asffDelivery } from '../../shared/report/compliance/asff-delivery';
import type { Compliance } from '../../shared/report/compliance/compliance';
import { gatherChanges } from '../../shared/report/compliance/gather';
import { handIn } from '../../shared/runtime/compliance/hand-in';
import type { RunContext } from '../../shared/runtime/lambda';
import { accountIn } from './run-report';
import type { Told } from './run-tell';

/**
 * Hands findings in to Security Hub of the home region: all that are or were open on a daily pass, on a light one those
 * that changed. Without findings, or without the daily report, there is nothing that could be said for sure.
 *
 * @param compliance the report; null on a light pass, or where there is none
 */
export async function handInTo(
  hub: SecurityHub,
  context: RunContext,
  { document, changed, judged }: Told,
  compliance: Compliance | null,
): Promise<Entry[]> {
  const { home, compliance: rules } = context.policy;
  const { seen, pass, assessments } = judged;
  if (document === null || (pass === 'daily' && compliance === null)) return [];
  const line = { subject: { database: '*', region: home }, action: 'hand-in', reason: 'security-hub' };
  const account = accountIn(context, seen);
  const about = compliance ?? gatherChanges({ seen, account, assessments, document }, changed);
  try {
    const { taken, resolved, archived } = await handIn(
      { hub, region: home },
      asffDelivery(about, { pass, sawAll: sawAll(seen), docs: rules.runbooks }),
    );
    if (taken + resolved + archived === 0) return [];
    const detail = `${taken} taken, ${resolved} resolved, ${archived} archived`;
    return [{ ...line, outcome: 'done', detail }];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return [{ ...line, outcome: 'failed', detail: error.message, ...hint }];
  }
}

import { newestGood } from '../../shared/domain/snapshot';
import type { Instant } from '../../shared/domain/time';
import { type Ledger, total } from '../qrosity/counts';
import { lossOf, measure } from '../qrosity/measure';
import type { Operator } from './operator';
import type { Recovery } from './promises';

export interface Lost {
  readonly database: string;
  readonly login: { readonly user: string; readonly password: string; readonly database: string };
  /** What had been confirmed, and since when there was anything. */
  readonly ledger: Ledger;
  readonly begin: Instant;
  readonly lostAt: Instant;
}

/** Restores the newest copy in a region and measures, in the data, what is missing; null where there is none. */
export async function recoverIn(operator: Operator, lost: Lost): Promise<Recovery | null> {
  const { database, login, ledger, begin, lostAt } = lost;
  const newest = newestGood(await operator.snapshots(database));
  if (newest?.recoveryPoint == null) return null;
  const requested = operator.now;
  const connection = await operator.restore(newest.id, `${database}-restored`, login);
  const found = await measure(connection);
  const loss = lossOf(ledger, found);
  return {
    region: operator.region,
    snapshot: newest.id,
    recoveryPoint: newest.recoveryPoint,
    took: operator.now - requested,
    // Until the disaster, not until the last row: a quiet minute before it is lost as well.
    lostTime: lostAt - (found.newest ?? begin),
    lostRows: loss.rows,
    keptRows: total(found.rows),
    missingTenants: loss.tenants,
    tornTables: loss.torn,
  };
}

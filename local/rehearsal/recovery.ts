import { RDSServiceException } from '@aws-sdk/client-rds';
import { newestGood } from '../../shared/domain/snapshot';
import type { Instant } from '../../shared/domain/time';
import { type Ledger, total } from '../qrosity/counts';
import type { Connection } from '../qrosity/create';
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

/** Why nothing could be had from a region, in words that follow its name. */
export interface Unrecovered {
  readonly nothing: string;
}

/**
 * Restores the newest copy in a region and measures, in the data, what is missing. That RDS refuses is no fault of the
 * rehearsal: a key that nobody saved is what it is about.
 */
export async function recoverIn(operator: Operator, lost: Lost): Promise<Recovery | Unrecovered> {
  const { database, login, ledger, begin, lostAt } = lost;
  const newest = newestGood(await operator.snapshots(database));
  if (newest?.recoveryPoint == null) return { nothing: 'holds no copy' };
  const requested = operator.now;
  let connection: Connection;
  try {
    connection = await operator.restore(newest.id, `${database}-restored`, login);
  } catch (error) {
    if (!(error instanceof RDSServiceException)) throw error;
    return { nothing: `refuses to restore ${newest.id} (${error.name})` };
  }
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

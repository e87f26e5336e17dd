import type {
  DescribePendingMaintenanceActionsMessage,
  PendingMaintenanceAction,
  PendingMaintenanceActionsMessage,
} from '@aws-sdk/client-rds';
import type { Instant } from '../../../shared/domain/time';
import { WireError } from '../../wire/service';
import { idOf, listed, readFilters } from './listing';
import type { RdsRegion } from './region';

const FILTERS = ['db-instance-id', 'db-cluster-id'] as const;

/** What AWS is about to do to an instance, as a test has planned it. */
export interface Planned {
  /** RDS's word: `system-update`, `db-upgrade`. */
  readonly action: string;
  /** From when RDS uses the instance's maintenance windows, whether anyone agreed or not. */
  readonly window?: Instant;
  /** When it waits for no window any more. */
  readonly forced?: Instant;
  readonly description?: string;
}

/** By the identifier of the instance: those that are gone have nothing pending. */
const planned = new WeakMap<RdsRegion, Map<string, Planned[]>>();

export function planMaintenance(region: RdsRegion, id: string, action: Planned): void {
  const { id: known } = region.instance(id);
  const own = planned.get(region) ?? new Map<string, Planned[]>();
  planned.set(region, own);
  own.set(known, [...(own.get(known) ?? []), action]);
}

/** Only what has something pending is in the list. */
export function describePendingMaintenanceActions(
  region: RdsRegion,
  input: DescribePendingMaintenanceActionsMessage,
): PendingMaintenanceActionsMessage {
  const filters = readFilters(input.Filters, FILTERS);
  const asked = input.ResourceIdentifier;
  const all = [...region.instances.values()];
  if (asked !== undefined && !all.some(({ arn }) => arn === asked)) {
    throw new WireError('ResourceNotFoundFault', `The specified resource ${asked} was not found.`, 404);
  }
  const ids = filters['db-instance-id']?.map(idOf);
  const clusters = filters['db-cluster-id']?.map(idOf);
  const entries = all
    .filter(({ id, arn }) => (asked === undefined || arn === asked) && (ids?.includes(id) ?? true))
    .filter(({ cluster }) => clusters?.includes(cluster ?? '') ?? true)
    .flatMap(({ id, arn }) => {
      const actions = planned.get(region)?.get(id) ?? [];
      return actions.length === 0 ? [] : [[arn, { arn, actions }] as const];
    });
  const { items, marker } = listed(entries, input);
  return {
    PendingMaintenanceActions: items.map(({ arn, actions }) => ({
      ResourceIdentifier: arn,
      PendingMaintenanceActionDetails: actions.map(describe),
    })),
    ...(marker !== undefined && { Marker: marker }),
  };
}

function describe({ action, window, forced, description }: Planned): PendingMaintenanceAction {
  const dates = [window, forced].flatMap((date) => date ?? []);
  return {
    Action: action,
    Description: description ?? action,
    ...(window !== undefined && { AutoAppliedAfterDate: new Date(window) }),
    ...(forced !== undefined && { ForcedApplyDate: new Date(forced) }),
    ...(dates.length > 0 && { CurrentApplyDate: new Date(Math.min(...dates)) }),
  };
}

import type { Alarm } from '../domain/controls/seen';

export interface Alarms {
  /** Alarms whose names begin so: one call per 100. */
  list(region: string, prefix: string): Promise<Alarm[]>;
}

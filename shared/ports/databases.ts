import type { Database } from '../domain/database';

export interface Databases {
  /** Every DB instance of the region, whatever its engine and state. */
  list(region: string): Promise<Database[]>;
  /** The names of the options that a copy cannot do without: persistent and permanent ones of an option group. */
  bindingOptions(region: string, optionGroup: string): Promise<string[]>;
}

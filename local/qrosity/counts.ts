import type { Instant } from '../../shared/domain/time';

/** Rows per table, by schema and table: `tenant_bramble.sales_order`. */
export type Counts = Map<string, number>;

export function count(counts: Counts, schema: string, table: string, rows: number): void {
  const name = `${schema}.${table}`;
  counts.set(name, (counts.get(name) ?? 0) + rows);
}

export function total(counts: ReadonlyMap<string, number>): number {
  let rows = 0;
  for (const some of counts.values()) rows += some;
  return rows;
}

/** What the database has confirmed, and of which moment it is. */
export class Ledger {
  private readonly entries: { readonly at: Instant; readonly rows: Counts }[] = [];

  private confirmed: number;

  constructor(
    private readonly start: Instant,
    private readonly initial: Counts,
  ) {
    this.confirmed = total(initial);
  }

  add(at: Instant, rows: Counts): void {
    this.entries.push({ at, rows });
    this.confirmed += total(rows);
  }

  /** How many rows are confirmed in all. */
  get size(): number {
    return this.confirmed;
  }

  /** The newest moment of which anything is confirmed. */
  get newest(): Instant {
    return this.entries.at(-1)?.at ?? this.start;
  }

  /** What is confirmed of the time up to `instant`, included. */
  until(instant: Instant): Counts {
    const sum: Counts = new Map(this.initial);
    for (const { at, rows } of this.entries) {
      if (at > instant) break;
      for (const [name, some] of rows) sum.set(name, (sum.get(name) ?? 0) + some);
    }
    return sum;
  }
}

import pg from 'pg';
import { type Instant, MINUTE } from '../../shared/domain/time';
import { Chance } from './chance';
import { type Counts, count, Ledger } from './counts';
import { CUSTOMERS, emailOf, PRODUCTS, type Qrosity, skuOf, type Tenant, WAREHOUSES } from './create';

/** What one tenant does within a minute. */
interface Deal {
  readonly tenant: Tenant;
  readonly number: string;
  readonly customer: string;
  readonly warehouse: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

interface Batch {
  readonly minute: Instant;
  /** Never empty. */
  readonly orders: readonly [Deal, ...Deal[]];
  readonly delivery: Deal;
}

/**
 * Qrosity's users at work: every minute one to three tenants sell something and one takes in goods, in one
 * transaction whose rows carry that minute. What happens in a minute depends on the seed and the minute alone.
 *
 * A minute in which the database cannot be reached is lost business: nothing is written, and it is not made up for.
 */
export class Shop {
  /** What was confirmed. */
  readonly ledger: Ledger;
  /** The minutes in which nothing could be written, in the order in which that was certain. */
  readonly missed: Instant[] = [];
  private client: pg.Client | null = null;
  /** Sent, and the connection broke before the answer: it may have been committed. */
  private doubtful: Batch | null = null;
  private next: Instant;

  constructor(private readonly qrosity: Qrosity) {
    this.ledger = new Ledger(qrosity.created, qrosity.rows);
    this.next = Math.floor(qrosity.created / MINUTE) * MINUTE + MINUTE;
  }

  /** Writes every minute that has come since the last call, up to `instant`, included. */
  async writeUntil(instant: Instant): Promise<void> {
    for (; this.next <= instant; this.next += MINUTE) await this.write(this.batchOf(this.next));
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = null;
    await client?.end();
  }

  private async write(batch: Batch): Promise<void> {
    // Twice: the connection of before may belong to a server that was restarted since.
    for (let attempt = 1; attempt <= 2; attempt++) {
      const client = await this.connected();
      if (client === null) break;
      if (this.ledger.newest === batch.minute) return;
      try {
        const results = await client.query(statements(client, batch));
        confirm(batch, results as unknown as pg.QueryResult[]);
        this.ledger.add(batch.minute, rowsOf(batch));
        return;
      } catch (error) {
        if (!isDisconnect(error)) throw error;
        this.forget(client);
        this.doubtful = batch;
      }
    }
    if (this.doubtful !== batch) this.missed.push(batch.minute);
  }

  /** `null` when the database cannot be reached. */
  private async connected(): Promise<pg.Client | null> {
    if (this.client !== null) return this.client;
    const client = new pg.Client({ ...this.qrosity.connection, connectionTimeoutMillis: 5_000 });
    client.on('error', () => this.forget(client));
    try {
      await client.connect();
      await client.query(preparation(client, this.qrosity.tenants));
      await this.resolveDoubt(client);
    } catch (error) {
      if (isDisconnect(error)) return null;
      throw error;
    }
    this.client = client;
    return client;
  }

  /** Finds out by the number of its first order whether a batch without an answer was committed. */
  private async resolveDoubt(client: pg.Client): Promise<void> {
    const batch = this.doubtful;
    if (batch === null) return;
    const [{ tenant, number }] = batch.orders;
    const { rowCount } = await client.query(
      `SELECT FROM ${client.escapeIdentifier(tenant.schema)}.sales_order WHERE number = $1`,
      [number],
    );
    this.doubtful = null;
    if (rowCount === 1) this.ledger.add(batch.minute, rowsOf(batch));
    else if (batch.minute !== this.next) this.missed.push(batch.minute);
  }

  private forget(client: pg.Client): void {
    if (this.client === client) this.client = null;
    client.end().catch(() => {}); // It is broken already; this frees the socket.
  }

  private batchOf(minute: Instant): Batch {
    const { tenants, seed } = this.qrosity;
    const chance = new Chance(seed, minute / MINUTE);
    const stamp = new Date(minute).toISOString().slice(0, 16).replace(/[-T:]/g, '');
    const dealOf = (tenant: Tenant, letters: string, low: number, high: number): Deal => ({
      tenant,
      number: `${letters}-${stamp}`,
      customer: emailOf(chance.between(0, CUSTOMERS - 1)),
      warehouse: chance.pick(WAREHOUSES),
      items: chance
        .several(chance.between(1, 3), PRODUCTS)
        .map((product) => ({ sku: skuOf(product), quantity: chance.between(low, high) })),
    });
    const [first, ...others] = chance.several(chance.between(1, 3), tenants.length).map((index) => {
      return dealOf(tenants[index] as Tenant, 'SO', 1, 5);
    });
    if (first === undefined) throw new Error('a shop without tenants has nothing to write');
    const receiver = tenants[chance.between(0, tenants.length - 1)] as Tenant;
    return { minute, orders: [first, ...others], delivery: dealOf(receiver, 'PO', 5, 40) };
  }
}

/**
 * Statements per tenant, planned once a connection: planned anew each time they cost more than all else. They find
 * everything by its natural key, as the seed knows it.
 */
function preparation(client: pg.Client, tenants: readonly Tenant[]): string {
  const prepared = tenants.map(({ schema }) => {
    const [name, s] = [schema, client.escapeIdentifier(schema)];
    const items = `
      SELECT product.id AS product_id, price, stock.id AS stock_id, item.quantity
      FROM jsonb_to_recordset($1) AS item (sku text, quantity integer)
      JOIN ${s}.catalog_product AS product USING (sku)
      JOIN ${s}.inventory_stock AS stock ON stock.product_id = product.id
      JOIN ${s}.inventory_warehouse AS warehouse ON warehouse.id = stock.warehouse_id AND warehouse.code = $2`;
    const move = (sign: '-' | '+') => `
      UPDATE ${s}.inventory_stock AS stock
      SET quantity = stock.quantity ${sign} items.quantity, updated_at = $3
      FROM items WHERE stock.id = items.stock_id`;
    return `
    PREPARE ${client.escapeIdentifier(`sell_${name}`)} (jsonb, text, timestamptz, text, text) AS
    WITH items AS MATERIALIZED (${items}),
    placed AS (
      INSERT INTO ${s}.sales_order (number, customer_id, status, total, created_at)
      SELECT $4, id, 'paid', (SELECT sum(price * quantity) FROM items), $3
      FROM ${s}.sales_customer WHERE email = $5 RETURNING id
    ),
    lines AS (
      INSERT INTO ${s}.sales_orderline (order_id, product_id, quantity, unit_price, created_at)
      SELECT placed.id, product_id, quantity, price, $3 FROM placed, items
    ),
    moved AS (${move('-')})
    INSERT INTO ${s}.inventory_movement (stock_id, change, reason, created_at)
    SELECT stock_id, -quantity, 'sale', $3 FROM placed, items;
    PREPARE ${client.escapeIdentifier(`receive_${name}`)} (jsonb, text, timestamptz) AS
    WITH items AS MATERIALIZED (${items}),
    moved AS (${move('+')})
    INSERT INTO ${s}.inventory_movement (stock_id, change, reason, created_at)
    SELECT stock_id, quantity, 'delivery', $3 FROM items;`;
  });
  return `SET plan_cache_mode = force_generic_plan; ${prepared.join('')}`;
}

/** Sent as one message, which PostgreSQL runs as one transaction: one round trip a minute. */
function statements(client: pg.Client, { minute, orders, delivery }: Batch): string {
  const at = client.escapeLiteral(new Date(minute).toISOString());
  const goods = ({ items, warehouse }: Deal) =>
    `${client.escapeLiteral(JSON.stringify(items))}, ${client.escapeLiteral(warehouse)}, ${at}`;
  const sales = orders.map((order) => {
    const who = `${client.escapeLiteral(order.number)}, ${client.escapeLiteral(order.customer)}`;
    return `EXECUTE ${client.escapeIdentifier(`sell_${order.tenant.schema}`)} (${goods(order)}, ${who});`;
  });
  return `${sales.join('')} EXECUTE ${client.escapeIdentifier(`receive_${delivery.tenant.schema}`)} (${goods(delivery)});`;
}

/** Each statement ends in the movements, one per item; an item or a customer that was not found would show there. */
function confirm({ minute, orders, delivery }: Batch, results: readonly pg.QueryResult[]): void {
  for (const [index, deal] of [...orders, delivery].entries()) {
    const written = results[index]?.rowCount ?? 0;
    if (written === deal.items.length) continue;
    throw new Error(
      `${deal.number} of ${deal.tenant.schema} wrote ${written} movements for ${deal.items.length} items ` +
        `(${new Date(minute).toISOString()})`,
    );
  }
}

function rowsOf({ orders, delivery }: Batch): Counts {
  const rows: Counts = new Map();
  for (const { tenant, items } of orders) {
    count(rows, tenant.schema, 'sales_order', 1);
    count(rows, tenant.schema, 'sales_orderline', items.length);
    count(rows, tenant.schema, 'inventory_movement', items.length);
  }
  count(rows, delivery.tenant.schema, 'inventory_movement', delivery.items.length);
  return rows;
}

/** The server went away, or is not up: as opposed to a mistake of ours, which must come out. */
function isDisconnect(error: unknown): boolean {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|57P0[123]|08...)$/.test(code)) return true;
  // pg's own, which carry no code.
  return /^(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed)/.test(
    message,
  );
}

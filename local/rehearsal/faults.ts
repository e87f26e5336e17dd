import type { Protection } from '../../shared/domain/policy';
import type { Tenant } from '../qrosity/create';

/** A fault that an instance restored from it is `available` with all the same. */
export interface Fault {
  /** Part of the names of its clone and snapshot. */
  readonly id: string;
  readonly name: string;
  /** The check that has to find it, and what it has to name. */
  readonly check: string;
  readonly subject: string;
  /** An hour before the snapshot, with business going on after it, or just before it. */
  readonly when: 'an hour before' | 'just before';
  readonly damage: Damage;
}

export type Damage =
  | { readonly kind: 'sql'; readonly statements: readonly string[] }
  /** A page of this table, by its name with the schema. */
  | { readonly kind: 'page'; readonly table: string };

/** Into the first page of 8,192 bytes: rows fill a page from its end. */
export const INTO_THE_PAGE = 8_000;

export interface Faults {
  readonly found: readonly Fault[];
  /** What no check of this policy could find, and why. */
  readonly left: readonly string[];
}

/** The faults that a restore test under this policy has to find. Each strikes another tenant. */
export function faultsOf(
  { tenants, extensions }: Pick<Protection, 'tenants' | 'extensions'>,
  all: readonly Tenant[],
): Faults {
  const [, dropped, halfMigrated, emptied, damaged] = all.map(({ schema }) => schema);
  if (dropped === undefined || halfMigrated === undefined || emptied === undefined || damaged === undefined)
    throw new Error(`${all.length} tenants are too few to plant a fault in each of four`);
  const [extension] = extensions;
  const found: (Fault | null)[] = [
    {
      id: 'dropped-schema',
      name: 'a dropped tenant schema',
      // Where the policy does not know the tenants' table, what was there at the last look tells.
      check: tenants === null ? 'completeness.tenants' : 'tenants.schemas',
      subject: dropped,
      when: 'just before',
      damage: { kind: 'sql', statements: [`DROP SCHEMA ${dropped} CASCADE`] },
    },
    extension === undefined
      ? null
      : {
          id: 'missing-extension',
          name: 'a missing extension',
          check: 'extensions.installed',
          subject: extension,
          when: 'just before',
          damage: { kind: 'sql', statements: [`DROP EXTENSION "${extension}" CASCADE`] },
        },
    tenants === null
      ? null
      : {
          id: 'half-migrated',
          name: 'a half-migrated tenant',
          check: 'tenants.migrations',
          subject: halfMigrated,
          when: 'just before',
          damage: { kind: 'sql', statements: migrate(all, halfMigrated) },
        },
    {
      id: 'emptied-table',
      name: 'a table emptied an hour before the snapshot',
      check: 'completeness.tables',
      subject: `${emptied}.accounts_profile`,
      when: 'an hour before',
      damage: { kind: 'sql', statements: [`TRUNCATE ${emptied}.accounts_profile`] },
    },
    {
      id: 'damaged-page',
      name: 'a damaged data page',
      check: 'server.pages',
      subject: `${damaged}.sales_customer`,
      when: 'just before',
      damage: { kind: 'page', table: `${damaged}.sales_customer` },
    },
  ];
  return {
    found: found.filter((fault) => fault !== null),
    left: [
      ...(extension === undefined ? ['a missing extension: the policy wants none'] : []),
      ...(tenants === null ? ['a half-migrated tenant: the policy names no table of tenants'] : []),
    ],
  };
}

/** A release of two migrations, tenant by tenant. In one it broke off after the first, and nobody noticed. */
function migrate(tenants: readonly Tenant[], halfWay: string): string[] {
  const column = (schema: string, migration: string, definition: string) => [
    `ALTER TABLE ${schema}.catalog_product ADD COLUMN ${definition}`,
    `INSERT INTO ${schema}.django_migrations (app, name, applied)
     SELECT 'catalog', '${migration}', max(applied) FROM ${schema}.django_migrations`,
  ];
  return tenants.flatMap(({ schema }) => [
    ...column(schema, '0002_brand', `brand varchar(100) NOT NULL DEFAULT ''`),
    ...(schema === halfWay ? [] : column(schema, '0003_barcode', 'barcode varchar(14)')),
  ]);
}

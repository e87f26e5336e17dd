/*
 * The queries that one look asks, each of the whole database at once: a thousand schemas must not cost a thousand
 * queries. Names are compared with `COLLATE "C"`, as PostgreSQL compares them.
 */

/** Schemas that are PostgreSQL's own, or a session's. */
const OURS = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

export const SERVER = `
SELECT current_setting('server_version') AS version,
       pg_is_in_recovery() AS in_recovery,
       current_setting('data_checksums') = 'on' AS checksums,
       pg_database_size(current_database())::text AS size,
       (extract(epoch FROM now()) * 1000)::float8 AS at,
       (SELECT (extract(epoch FROM backend_start) * 1000)::float8
        FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS connected,
       (SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries') AS preloaded`;

/** The server's clock, when the look is over. */
export const CLOCK = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at';

export const EXTENSIONS = `
SELECT e.extname AS name, e.extversion AS version, quote_ident(n.nspname) AS schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY 1`;

/** Tables of the policy in public: which are there. */
export const PRESENT = `
SELECT name, to_regclass('public.' || quote_ident(name)) IS NOT NULL AS present FROM unnest($1::text[]) AS name`;

/**
 * Every schema with its tables, and a digest of each table's columns: names, types, whether they may be null. Types by
 * their names without a schema: an enum is made in each tenant's own.
 */
export const SCHEMAS = `
WITH shape AS (
  SELECT c.oid, c.relname, c.relnamespace,
         md5(coalesce(string_agg(a.attname || ' ' || t.typname || '.' || a.atttypmod || '.' || a.attnotnull, ','
                                 ORDER BY a.attname COLLATE "C"), '')) AS digest
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_type t ON t.oid = a.atttypid
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${OURS}
  GROUP BY c.oid, c.relname, c.relnamespace
)
SELECT n.nspname AS name,
       coalesce(array_agg(s.relname::text ORDER BY s.relname) FILTER (WHERE s.oid IS NOT NULL), '{}') AS tables,
       coalesce(array_agg(s.digest ORDER BY s.relname) FILTER (WHERE s.oid IS NOT NULL), '{}') AS digests
FROM pg_namespace n LEFT JOIN shape s ON s.relnamespace = n.oid
WHERE ${OURS} GROUP BY n.nspname ORDER BY n.nspname`;

/** Of the schemas given: which roles, but superusers and PostgreSQL's and RDS's own, may use more than one. */
export const REACHING = `
SELECT r.rolname AS role, count(*)::int AS schemas,
       bool_or(n.nspowner = r.oid) OR r.rolname = current_user AS own
FROM pg_roles r JOIN pg_namespace n ON n.nspname = ANY($1::text[])
WHERE NOT r.rolsuper AND r.rolname !~ '^(pg_|rds)' AND has_schema_privilege(r.oid, n.oid, 'USAGE')
GROUP BY r.oid, r.rolname HAVING count(*) > 1 ORDER BY 1`;

/** Of the schemas given: what everybody (grantee 0) may do there. */
export const GRANTED = `
SELECT n.nspname AS schema, 'schema: ' || a.privilege_type AS what
FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.grantee = 0 AND n.nspname = ANY($1::text[])
UNION ALL
SELECT n.nspname, c.relname || ': ' || a.privilege_type
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE a.grantee = 0 AND n.nspname = ANY($1::text[])
ORDER BY 1, 2`;

/** Views and foreign keys that lead from any schema into another one of those given. */
export const CROSSING = `
SELECT DISTINCT vn.nspname AS "from", tn.nspname AS "to", 'view ' || v.relname AS by
FROM pg_depend d
JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
JOIN pg_class v ON v.oid = w.ev_class JOIN pg_namespace vn ON vn.oid = v.relnamespace
JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE vn.oid <> tn.oid AND tn.nspname = ANY($1::text[])
UNION
SELECT fn.nspname, tn.nspname, 'foreign key ' || k.conname
FROM pg_constraint k
JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE k.contype = 'f' AND fn.oid <> tn.oid AND tn.nspname = ANY($1::text[])
ORDER BY 1, 2, 3`;

/**
 * Tables, and what they are parts of, with PostgreSQL's estimate of their rows (-1: never analyzed) and pages. Both are of
 * the last VACUUM or ANALYZE: to ask for the size itself would wait for whoever holds a lock on any one of them.
 */
export const ESTIMATES = `
SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS "table",
       coalesce(wn.nspname, n.nspname) AS "wholeSchema", coalesce(w.relname, c.relname) AS "wholeTable",
       c.relkind = 'p' AS partitioned, c.reltuples::float8 AS rows, c.relpages AS pages
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class w ON w.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid) END
LEFT JOIN pg_namespace wn ON wn.oid = w.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ${OURS} ORDER BY 2, 3`;

/** Columns of the names given, wherever they are: `schema`, `table`, `column`. */
export const COLUMNS = `
SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column"
FROM unnest($1::text[], $2::text[]) AS wanted(relname, attname)
JOIN pg_class c ON c.relname = wanted.relname AND c.relkind IN ('r', 'p') AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace AND ${OURS}
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = wanted.attname AND NOT a.attisdropped
ORDER BY 1, 2`;

/** A sample of valid B-tree indexes and of tables, of 256 MiB at most: always the same one for the same seed. */
export const SAMPLE = `
SELECT c.oid::regclass::text AS relation, c.relkind::text AS kind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_am a ON a.oid = c.relam
WHERE c.relpersistence = 'p' AND ${OURS} AND c.relpages <= 256 * 1024 * 1024 / current_setting('block_size')::int
  AND (c.relkind = 'r' OR (c.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid))
ORDER BY md5(c.oid::regclass::text || $1) LIMIT $2`;

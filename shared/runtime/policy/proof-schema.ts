import * as z from 'zod/mini';
import { DAY, HOUR } from '../../domain/time';
import { complaint, duration, fields, saying, text } from './fields';
import { described, region, share } from './vocabulary';

/* What proves a backup: how a database is looked into, where one is restored for a test, and from where it is reached. */

const table = text(
  /^[a-z_][a-z0-9_$]{0,62}$/,
  'a table name',
  'write the name of a table in schema public, in lower case and without the schema',
);

const anyTable = text(
  /^[a-z_][a-z0-9_$]{0,62}$/,
  'a table name',
  'write the name of a table, in lower case and without a schema',
);

const role = text(/^[a-z_][a-z0-9_$-]{0,62}$/, 'a role', 'write it as PostgreSQL lists it, in lower case');
const column = text(/^[a-z_][a-z0-9_$]{0,62}$/, 'a column name', 'write the name of a column, in lower case');
const number = z.number(complaint('a number', 'write a number, without quotes'));

/** As JSON Schema has it, which knows no flags: each letter in both cases. */
const inEitherCase = (words: string) => words.replace(/[a-z]/g, (one) => `[${one.toUpperCase()}${one}]`);

export const ownCheck = fields('a check', {
  name: described(
    text(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'the name of a check',
      'use 1 to 63 lower case letters, digits and hyphens',
    ),
    'what findings call it',
  ),
  sql: described(
    text(
      new RegExp(`^\\s*(${inEitherCase('select|with|values|table|show')})\\b[\\s\\S]*$`),
      'a query',
      'write one SELECT: its first value is judged',
    ),
    'one query that reads; the first column of its first row is judged',
  ),
  expect: described(
    z.optional(
      z.union(
        [z.string(), z.number(), z.boolean()],
        complaint('a value', 'write what the query shall answer'),
      ),
    ),
    'the value as PostgreSQL writes it; true or false for a boolean',
  ),
  min: described(z.optional(number), 'the least that it may be'),
  max: described(z.optional(number), 'the most that it may be'),
}).check(
  z.refine(({ expect, min, max }) => (expect === undefined) !== (min === undefined && max === undefined), {
    error: saying('expects nothing, or two things', 'give it expect, or min or max or both of these'),
  }),
);

export const inspection = fields('the inspection', {
  database: described(
    text(/^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/, 'the name of a database', 'write it as PostgreSQL lists it'),
    'the PostgreSQL database that is looked into',
  ),
  user: described(
    z.prefault(role, 'holdfast_inspector'),
    'a role that signs in by IAM and only reads (docs/deploy.md has its GRANTs)',
  ),
  freshness: described(
    z.prefault(
      z.array(
        fields('a column that shows changes', {
          table: described(anyTable, 'a table, in whichever schema has it'),
          column: described(column, 'its column that holds the time of a change'),
        }),
        complaint('a list of columns', 'write a list, as [{ table: sales_order, column: created_at }]'),
      ),
      [],
    ),
    'REC-1: columns that show how new the data is',
  ),
  quiet: described(
    z.prefault(duration(), '24h'),
    'the longest that the business writes nothing, as over a night',
  ),
  shrink: described(
    z.prefault(share, '20%'),
    "the share of a table's rows that may be gone from one look to the next",
  ),
  volatile: described(
    z.prefault(
      z.array(anyTable, complaint('a list of tables', 'write a list, as [django_session, outbox]')),
      [],
    ),
    'tables, in whichever schema, that may shrink to nothing: queues, sessions',
  ),
  checks: described(
    z.prefault(z.array(ownCheck, complaint('a list of checks', 'begin each check with "- "')), []),
    'checks of your own',
  ),
});

export const tenants = fields('the tenant tables', {
  table: described(table, 'the table of tenants, in schema public'),
  domains: described(table, 'the table of their domains, in schema public'),
  roles: described(
    z.prefault(z.array(role, complaint('a list of roles', 'write a list, as [reporting]')), []),
    "TEN-3: roles that are meant to reach several tenants' schemas, beside their owner",
  ),
});

const groupName = (what: string) =>
  text(
    /^[a-z](?=.{0,254}$)[a-z0-9]*([-._ ][a-z0-9]+)*$/,
    what,
    'write its name as RDS lists it, in lower case',
  );

export const securityGroup = text(
  /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
  'a security group',
  'write its id, as sg-0a1b2c3d',
);
export const subnet = text(
  /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/,
  'a subnet',
  'write its id, as subnet-0a1b2c3d',
);

const testPlace = fields('a place', {
  region: described(region, 'home, or a region of copies'),
  subnetGroup: described(
    groupName('a DB subnet group'),
    'a DB subnet group of subnets that lead nowhere: jobs and triggers of a restored database must reach nobody',
  ),
  securityGroups: described(
    z
      .array(securityGroup, complaint('a list of security groups', 'write a list, as [sg-0a1b2c3d]'))
      .check(z.minLength(1, { error: saying('is an empty list', 'name one group or more') })),
    'they let inspect-database in at the port of the database, and nobody else',
  ),
  parameterGroup: described(
    text(
      /^[a-z](?=.{0,254}$)[a-z0-9]*([-._ ]([a-z0-9]+|\{family\}))*$/,
      'a DB parameter group',
      'write its name as RDS lists it, in lower case; {family} in it stands for postgres17 and the like',
    ),
    'a DB parameter group of the engine that does not preload pg_cron: jobs must not fire in a test. {family} in it stands for the family of the backup: tests-{family}',
  ),
});

export const restoreTest = fields('the restore test', {
  every: described(
    duration({ least: DAY, most: 366 * DAY, because: 'a test costs hours of an instance: use a value' }),
    'how often a backup is restored and looked into',
  ),
  giveUpAfter: described(
    z.prefault(
      duration({ least: HOUR, most: 3 * DAY, because: 'a restore takes its time: use a value' }),
      '8h',
    ),
    'when a test without a verdict is given up and cleaned away; longer than recovery.time',
  ),
  class: described(
    z.optional(text(/^db\.[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a DB instance class', 'write it as db.t4g.medium')),
    "class of the restored instance; without it, the source's",
  ),
  places: described(
    z
      .array(testPlace, complaint('a list of places', 'begin each place with "- region: "'))
      .check(z.minLength(1, { error: saying('is an empty list', 'name one place or more') })),
    'where backups are restored for a test, one place for each region',
  ),
});

export const network = fields('the network', {
  subnets: described(
    z
      .array(subnet, complaint('a list of subnets', 'write a list, as [subnet-0a1b2c3d, subnet-4e5f6a7b]'))
      .check(z.minLength(1, { error: saying('is an empty list', 'name one subnet or more') })),
    'subnets at home from which databases, S3 and the RDS API can be reached',
  ),
  securityGroups: described(
    z
      .array(securityGroup, complaint('a list of security groups', 'write a list, as [sg-0a1b2c3d]'))
      .check(z.minLength(1, { error: saying('is an empty list', 'name one group or more') })),
    'what the function wears; those of the databases let it in',
  ),
});

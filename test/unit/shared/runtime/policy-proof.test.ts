import { DAY, HOUR } from '../../../../shared/domain/time';
import { PolicyError } from '../../../../shared/runtime/policy/problem';
import { parsePolicy, readPolicy } from '../../../../shared/runtime/policy-file';

// What a policy says about proving backups: how databases are looked into, and where backups are restored for a test.

const FULL = `home: us-east-1
databases:
  - match: { identifiers: [qrosity-db] }
    policy: gold
policies:
  gold:
    recovery: { point: 2h, time: 4h }
    snapshots: { every: 1h }
    retention: { daily: 30 }
    copies: [{ region: us-west-2, point: 2h }]
    restoreTest:
      every: 7d
      giveUpAfter: 9h
      class: db.t4g.medium
      places:
        - { region: us-east-1, subnetGroup: tests, securityGroups: [sg-0a1b2c3d], parameterGroup: quiet }
        - { region: us-west-2, subnetGroup: tests, securityGroups: [sg-4e5f6a7b], parameterGroup: quiet }
    inspection:
      database: Qrosity_1
      user: looker
      freshness: [{ table: sales_order, column: created_at }]
      quiet: 2h
      shrink: "5%"
      volatile: [django_session, outbox]
      checks:
        - { name: products, sql: SELECT count(*) FROM products, min: 1, max: 9 }
        - { name: name, sql: "  values ('a')", expect: true }
    tenants: { table: tenants_tenant, domains: tenants_domain, roles: [reporting] }
network: { subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d4e5f60718] }
limits: { restoreTests: 1, spareInstances: 0 }
`;

const words = (text: string): string => {
  try {
    parsePolicy(text, 'p.yml');
    return 'accepted';
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
};
const warnings = (text: string) =>
  readPolicy(text, 'p.yml').warnings.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}; ${hint}`,
  );

/** The full policy with one place changed; a place that is not there would make the test a lie. */
const having = (place: string, change: string): string => {
  if (!FULL.includes(place)) throw new Error(`not in the policy: ${place}`);
  return FULL.replace(place, change);
};

/** Without all lines from the one that begins so to the next of the same depth. */
const without = (key: string): string => {
  const lines = FULL.split('\n');
  const from = lines.findIndex((line) => line.trimStart().startsWith(`${key}:`));
  const depth = (lines[from] ?? '').search(/\S/);
  const after = lines.findIndex((line, at) => at > from && line.search(/\S/) <= depth && line.trim() !== '');
  if (from === -1 || after === -1) throw new Error(`not in the policy: ${key}`);
  return [...lines.slice(0, from), ...lines.slice(after)].join('\n');
};

it('is read in full, without a warning', () => {
  expect(warnings(FULL)).toEqual([]);
  const { policies, network, limits } = parsePolicy(FULL, 'p.yml');
  expect(network).toEqual({ subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d4e5f60718'] });
  expect(limits).toMatchObject({ restoreTests: 1, spareInstances: 0 });
  const place = { subnetGroup: 'tests', parameterGroup: 'quiet' };
  expect(policies.gold?.restoreTest).toEqual({
    every: 7 * DAY,
    giveUpAfter: 9 * HOUR,
    class: 'db.t4g.medium',
    places: [
      { region: 'us-east-1', securityGroups: ['sg-0a1b2c3d'], ...place },
      { region: 'us-west-2', securityGroups: ['sg-4e5f6a7b'], ...place },
    ],
  });
  expect(policies.gold?.inspection).toEqual({
    database: 'Qrosity_1',
    user: 'looker',
    freshness: [{ table: 'sales_order', column: 'created_at' }],
    quiet: 2 * HOUR,
    shrink: 0.05,
    volatile: ['django_session', 'outbox'],
    checks: [
      { name: 'products', sql: 'SELECT count(*) FROM products', expect: null, min: 1, max: 9 },
      // Compared as text, whatever YAML takes it for.
      { name: 'name', sql: "  values ('a')", expect: 'true', min: null, max: null },
    ],
  });
  expect(policies.gold?.tenants?.roles).toEqual(['reporting']);
});

it('needs no more than the database, the period and the places', () => {
  const least = having('      giveUpAfter: 9h\n      class: db.t4g.medium\n', '').replace(
    /database: Qrosity_1[\s\S]*(?= {4}tenants)/,
    'database: qrosity\n',
  );
  const { gold } = parsePolicy(least.replace(', roles: [reporting]', ''), 'p.yml').policies;
  expect(gold?.restoreTest).toMatchObject({ giveUpAfter: 8 * HOUR, class: null });
  expect(gold?.inspection).toEqual({
    database: 'qrosity',
    user: 'holdfast_inspector',
    freshness: [],
    quiet: 24 * HOUR,
    shrink: 0.2,
    volatile: [],
    checks: [],
  });
  expect(gold?.tenants?.roles).toEqual([]);
});

it.each<[string, string, string, string]>([
  [
    'a test that is given up before the promise is broken, and so could never find it broken',
    'giveUpAfter: 9h',
    'giveUpAfter: 4h',
    `p.yml:13:20: policies.gold.restoreTest.giveUpAfter: 4h is no longer than recovery.time, 4h
  hint: give a test longer than that, as 8h: else it could not find the promise broken`,
  ],
  [
    'a place where no backups of the policy lie',
    'region: us-west-2, subnetGroup',
    'region: eu-central-1, subnetGroup',
    `p.yml:17:21: policies.gold.restoreTest.places[1].region: 'eu-central-1' holds no backups of this policy
  hint: places of this policy can be in us-east-1, us-west-2`,
  ],
  [
    'two places in one region',
    'region: us-west-2, subnetGroup',
    'region: us-east-1, subnetGroup',
    `p.yml:17:21: policies.gold.restoreTest.places[1].region: 'us-east-1' is listed twice, first in places[0]
  hint: keep one place per region`,
  ],
  [
    'a test more often than a day',
    'every: 7d',
    'every: 12h',
    `p.yml:12:14: policies.gold.restoreTest.every: '12h' is less than 1d
  hint: a test costs hours of an instance: use a value from 1d to 366d`,
  ],
  [
    'a class that is none',
    'class: db.t4g.medium',
    'class: t4g.medium',
    `p.yml:14:14: policies.gold.restoreTest.class: 't4g.medium' is not a DB instance class
  hint: write it as db.t4g.medium`,
  ],
  [
    'a security group by its name',
    '[sg-4e5f6a7b]',
    '[tests]',
    `p.yml:17:69: policies.gold.restoreTest.places[1].securityGroups[0]: 'tests' is not a security group
  hint: write its id, as sg-0a1b2c3d`,
  ],
  [
    'a role in upper case',
    'user: looker',
    'user: Looker',
    `p.yml:20:13: policies.gold.inspection.user: 'Looker' is not a role
  hint: write it as PostgreSQL lists it, in lower case`,
  ],
  [
    'a table that may shrink, by its schema',
    '[django_session, outbox]',
    '[public.outbox]',
    `p.yml:24:18: policies.gold.inspection.volatile[0]: 'public.outbox' is not a table name
  hint: write the name of a table, in lower case and without a schema`,
  ],
  [
    'a check that expects nothing',
    ', min: 1, max: 9',
    '',
    `p.yml:26:11: policies.gold.inspection.checks[0]: expects nothing, or two things
  hint: give it expect, or min or max or both of these`,
  ],
  [
    'a check that expects two things',
    'expect: true',
    'expect: true, min: 1',
    `p.yml:27:11: policies.gold.inspection.checks[1]: expects nothing, or two things
  hint: give it expect, or min or max or both of these`,
  ],
  [
    'a check that writes',
    'SELECT count(*) FROM products',
    'DELETE FROM products',
    `p.yml:26:34: policies.gold.inspection.checks[0].sql: 'DELETE FROM products' is not a query
  hint: write one SELECT: its first value is judged`,
  ],
  [
    'an empty network',
    'subnets: [subnet-0a1b2c3d]',
    'subnets: []',
    `p.yml:29:21: network.subnets: is an empty list
  hint: name one subnet or more`,
  ],
])('refuses %s', (_, place, change, said) => {
  expect(words(having(place, change))).toBe(said);
});

it('refuses restore tests of what nobody looks into: a backup counts once it has been looked into', () => {
  expect(words(without('inspection'))).toBe(
    `p.yml:12:7: policies.gold.restoreTest: nobody would look into what is restored
  hint: add inspection: { database: <its name> }: a backup counts once it has been looked into`,
  );
  expect(words(without('restoreTest'))).toBe('accepted');
});

it('takes a test that is given up just after the promise is broken', () => {
  expect(words(having('giveUpAfter: 9h', 'giveUpAfter: 241m'))).toBe('accepted');
});

it('warns of a region whose backups are never restored for a test', () => {
  const home = having(
    '        - { region: us-west-2, subnetGroup: tests, securityGroups: [sg-4e5f6a7b], parameterGroup: quiet }\n',
    '',
  );
  expect(warnings(home)).toEqual([
    '16:9 no place in us-west-2: its backups are never restored for a test; add a place with region: us-west-2',
  ]);
});

it('warns of a function that runs outside of any network, where something is to be looked into', () => {
  const outside =
    'inspect-database runs outside of any network: it reaches public databases only; name subnets and security groups at home, as network: { subnets: [...], securityGroups: [...] }';
  expect(warnings(without('network'))).toEqual([`19:7 ${outside}`]);
  const nobody = without('network').replace(/ {4}restoreTest:[\s\S]*(?= {4}tenants)/, '');
  expect(warnings(nobody)).toEqual([]);
});

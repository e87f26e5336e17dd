import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY, HOUR, MINUTE } from '../../../../shared/domain/time';
import { PolicyError } from '../../../../shared/runtime/policy/problem';
import { loadPolicy, parsePolicy, policyPath, readPolicy } from '../../../../shared/runtime/policy-file';

const FULL = `home: us-east-1
databases:
  - match: { identifiers: [qrosity-db, other-db] }
    policy: gold
  - match: { tags: { holdfast: gold } }
    policy: gold
policies:
  gold:
    agreed: { by: Ada, on: 2026-03-01 }
    recovery: { point: 1h, time: 4h }
    snapshots: { every: 1h, takes: 10m }
    retention: { hourly: 24, daily: 30 }
    onDemand: { keep: 30d }
    copies:
      - { region: us-west-2, key: alias/holdfast, point: 2h, takes: 30m }
    pitr: { retention: 30d, window: "00:00-01:00" }
    keys: { rotateEvery: 365d }
    restoreTest: { every: 7d, places: [{ region: us-east-1, subnetGroup: tests, securityGroups: [sg-0a1b2c3d], parameterGroup: tests }, { region: us-west-2, subnetGroup: tests, securityGroups: [sg-0a1b2c3d], parameterGroup: tests }] }
    failoverDrill: { every: 90d, window: "Sun 03:00-04:00" }
    tenants: { table: tenants_tenant, domains: tenants_domain }
    extensions: [uuid-ossp, pg_stat_statements]
    inspection: { database: qrosity, freshness: [{ table: sales_order, column: created_at }], checks: [{ name: products, sql: SELECT 1, min: 1 }] }
network: { subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d] }
limits: { manualSnapshots: 100, copiesInFlight: 20, pruneShare: "50%" }
`;

const MINIMAL = `home: us-east-1
databases:
  - match: { identifiers: [qrosity-db] }
    policy: gold
policies:
  gold:
    recovery: { point: 2h, time: 4h }
    snapshots: { every: 1h }
    retention: { daily: 30 }
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

/** The full policy with one place changed; a place that is not there would make the test a lie. */
const having = (place: string, change: string): string => {
  if (!FULL.includes(place)) throw new Error(`not in the policy: ${place}`);
  return FULL.replace(place, change);
};

describe('a policy', () => {
  it('is accepted in full', () => {
    expect(words(FULL)).toBe('accepted');
    expect(readPolicy(FULL, 'p.yml').warnings).toEqual([]);
  });

  it('needs no more than home, databases, and per policy recovery, snapshots and retention', () => {
    expect(parsePolicy(MINIMAL, 'p.yml')).toEqual({
      name: 'holdfast',
      home: 'us-east-1',
      databases: [{ match: { identifiers: ['qrosity-db'] }, policy: 'gold' }],
      policies: {
        gold: {
          name: 'gold',
          agreed: { by: null, on: null },
          recovery: { point: 2 * HOUR, time: 4 * HOUR },
          snapshots: { every: HOUR, takes: 10 * MINUTE },
          retention: { hourly: 0, daily: 30, weekly: 0, monthly: 0, yearly: 0 },
          onDemand: { keep: 30 * DAY },
          copies: [],
          pitr: null,
          keys: { rotateEvery: 365 * DAY, rescue: false, also: [] },
          restoreTest: null,
          failoverDrill: null,
          tenants: null,
          inspection: null,
          extensions: [],
        },
      },
      network: null,
      compliance: { waivers: [], sharedWith: [], securityHub: false, runbooks: null },
      limits: {
        manualSnapshots: 100,
        copiesInFlight: 20,
        onDemandRotations: 25,
        pruneShare: 0.5,
        restoreTests: 2,
        spareInstances: 5,
      },
    });
  });

  it('takes a copy without a key: what it cannot encrypt is refused when it is copied', () => {
    const { gold } = parsePolicy(FULL.replace('key: alias/holdfast, ', ''), 'p.yml').policies;
    expect(gold?.copies[0]?.key).toBeNull();
  });

  it('keeps in a copy region what it keeps at home, unless it says otherwise', () => {
    const { gold } = parsePolicy(FULL, 'p.yml').policies;
    expect(gold?.copies).toEqual([
      {
        region: 'us-west-2',
        key: 'alias/holdfast',
        optionGroup: null,
        point: 2 * HOUR,
        takes: 30 * MINUTE,
        retention: { hourly: 24, daily: 30, weekly: 0, monthly: 0, yearly: 0 },
      },
    ]);
    const own = parsePolicy(having('takes: 30m }', 'takes: 30m, retention: { weekly: 4 } }'), 'p.yml');
    expect(own.policies.gold?.copies[0]?.retention).toEqual({
      hourly: 0,
      daily: 0,
      weekly: 4,
      monthly: 0,
      yearly: 0,
    });
  });

  it('may use anchors and aliases', () => {
    const anchored = having(
      'retention: { hourly: 24, daily: 30 }',
      'retention: &kept { hourly: 24, daily: 30 }',
    );
    const text = anchored.replace('takes: 30m }', 'takes: 30m, retention: *kept }');
    expect(parsePolicy(text, 'p.yml')).toEqual(parsePolicy(FULL, 'p.yml'));
  });

  it.each([
    ['an id', '1234abcd-12ab-34cd-56ef-1234567890ab'],
    ['a multi-region id', 'mrk-1234abcd12ab34cd56ef1234567890ab'],
    ['an ARN', 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
    ['the ARN of an alias', 'arn:aws:kms:us-west-2:111122223333:alias/holdfast'],
    ['nothing, where no database is encrypted', 'null'],
  ])('names a key by %s', (_, key) => {
    expect(words(having('alias/holdfast', key))).toBe('accepted');
  });

  it.each(['us-gov-west-1', 'ap-southeast-7', 'cn-northwest-1', 'us-isob-east-1', 'eusc-de-east-1'])(
    'may have %s for its home',
    (home) => {
      expect(words(MINIMAL.replace('us-east-1', home))).toBe('accepted');
    },
  );

  it('may let a window run past midnight', () => {
    expect(words(having('00:00-01:00', '23:45-00:15'))).toBe('accepted');
  });
});

/** place in the full policy, what stands there instead, what is said */
const REFUSED: [string, string, string, string][] = [
  [
    'an unknown key',
    'snapshots: { every: 1h,',
    'snapshots: { evry: 1h, every: 1h,',
    `p.yml:11:18: policies.gold.snapshots.evry: unknown key
  hint: did you mean 'every'?`,
  ],
  [
    'an unknown key that is like none',
    'limits: { ',
    'colour: blue\nlimits: { ',
    `p.yml:24:1: colour: unknown key
  hint: known keys here: name, home, databases, policies, network, compliance, limits`,
  ],
  [
    'a merge key, which is YAML 1.1',
    'recovery: {',
    'recovery: { <<: { point: 1h },',
    `p.yml:10:17: policies.gold.recovery['<<']: unknown key
  hint: known keys here: point, time`,
  ],
  [
    'an empty mapping',
    'retention: { hourly: 24, daily: 30 }\n    onDemand',
    'retention:\n    onDemand',
    `p.yml:12:5: policies.gold.retention: is empty
  hint: give it its keys: hourly, daily, weekly, monthly, yearly`,
  ],
  [
    'a retention that keeps nothing',
    'retention: { hourly: 24, daily: 30 }',
    'retention: { hourly: 0 }',
    `p.yml:12:16: policies.gold.retention: keeps nothing
  hint: give one tier or more a number above zero, as daily: 30`,
  ],
  [
    'a retention left out',
    '    retention: { hourly: 24, daily: 30 }\n',
    '',
    `p.yml:9:5: policies.gold.retention: is missing
  hint: give it its keys: hourly, daily, weekly, monthly, yearly`,
  ],
  [
    'a blank',
    'us-west-2',
    '" "',
    `p.yml:15:19: policies.gold.copies[0].region: is empty
  hint: write the name of a region, as us-east-1`,
  ],
  [
    'a blank number, which must not be read as zero',
    'hourly: 24',
    'hourly: ""',
    `p.yml:12:26: policies.gold.retention.hourly: is empty
  hint: write a whole number from 0 to 2160, without quotes`,
  ],
  [
    'a value of several lines, on one',
    'us-west-2',
    '"us\\nwest"',
    `p.yml:15:19: policies.gold.copies[0].region: 'us\\nwest' is not an AWS region
  hint: write the name of a region, as us-east-1`,
  ],
  [
    'a number in quotes',
    'hourly: 24',
    'hourly: "24"',
    `p.yml:12:26: policies.gold.retention.hourly: '24' is not a whole number from 0 to 2160
  hint: write a whole number from 0 to 2160, without quotes`,
  ],
  [
    'a negative number',
    'daily: 30',
    'daily: -1',
    `p.yml:12:37: policies.gold.retention.daily: -1 is not a whole number from 0 to 3660
  hint: write a whole number from 0 to 3660, without quotes`,
  ],
  [
    'a negative zero',
    'daily: 30',
    'daily: -0',
    `p.yml:12:37: policies.gold.retention.daily: -0 is not a whole number from 0 to 3660
  hint: write a whole number from 0 to 3660, without quotes`,
  ],
  [
    'a fraction',
    'daily: 30',
    'daily: 1.5',
    `p.yml:12:37: policies.gold.retention.daily: 1.5 is not a whole number from 0 to 3660
  hint: write a whole number from 0 to 3660, without quotes`,
  ],
  [
    'infinity',
    'daily: 30',
    'daily: .inf',
    `p.yml:12:37: policies.gold.retention.daily: Infinity is not a whole number from 0 to 3660
  hint: write a whole number from 0 to 3660, without quotes`,
  ],
  ...['4', '0h', '-4h', '4.5h', '4w', '4 h', 'h4', '4H'].map((time): [string, string, string, string] => [
    `the duration ${time}`,
    'time: 4h',
    `time: "${time}"`,
    `p.yml:10:34: policies.gold.recovery.time: '${time}' is not a duration
  hint: write a duration as 45m, 1h or 30d, in whole numbers above zero`,
  ]),
  [
    'a duration without a unit',
    'time: 4h',
    'time: 4',
    `p.yml:10:34: policies.gold.recovery.time: 4 is not a duration
  hint: write a duration as 45m, 1h or 30d, in whole numbers above zero`,
  ],
  [
    'a duration beyond ten years',
    'time: 4h',
    'time: 999999d',
    `p.yml:10:34: policies.gold.recovery.time: '999999d' is more than 3650d
  hint: use a value from 1s to 3650d`,
  ],
  [
    'an interval that does not divide a day',
    'every: 1h,',
    'every: 7h,',
    `p.yml:11:25: policies.gold.snapshots.every: '7h' does not divide a day, so its slots would drift through the clock
  hint: use 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 24h
p.yml:15:58: policies.gold.copies[0].point: 2h cannot be kept by a snapshot every 7h
  hint: promise 7h or longer`,
  ],
  [
    'an interval shorter than a tick',
    'every: 1h,',
    'every: 5m,',
    `p.yml:11:25: policies.gold.snapshots.every: '5m' is less than 10m
  hint: create-snapshot looks every 10 minutes, and slots are periods of a day: use a value from 10m to 1d`,
  ],
  [
    'an interval longer than a day',
    'every: 1h,',
    'every: 2d,',
    `p.yml:11:25: policies.gold.snapshots.every: '2d' is more than 1d
  hint: create-snapshot looks every 10 minutes, and slots are periods of a day: use a value from 10m to 1d
p.yml:15:58: policies.gold.copies[0].point: 2h cannot be kept by a snapshot every 2d
  hint: promise 2d or longer`,
  ],
  [
    'one identifier under two policies',
    '{ tags: { holdfast: gold } }\n    policy: gold',
    '{ identifiers: [other-db] }\n    policy: silver',
    `p.yml:5:28: databases[1].match.identifiers[0]: 'other-db' is under 'silver' here and under 'gold' in databases[0]
  hint: keep the one that it is to be under
p.yml:6:13: databases[1].policy: there is no policy 'silver'
  hint: policies here: gold`,
  ],
  [
    'an identifier named twice',
    '[qrosity-db, other-db]',
    '[qrosity-db, qrosity-db]',
    `p.yml:3:40: databases[0].match.identifiers[1]: 'qrosity-db' is named twice, first in databases[0]
  hint: name it once`,
  ],
  [
    'a policy that is not there',
    'policy: gold\n  -',
    'policy: platinum\n  -',
    `p.yml:4:13: databases[0].policy: there is no policy 'platinum'
  hint: policies here: gold`,
  ],
  [
    'a policy of a name that every object answers to',
    'policy: gold\n  -',
    'policy: constructor\n  -',
    `p.yml:4:13: databases[0].policy: there is no policy 'constructor'
  hint: policies here: gold`,
  ],
  [
    'a policy name with a space',
    '  gold:\n',
    '  "g old":\n',
    `p.yml:4:13: databases[0].policy: there is no policy 'gold'
  hint: give it under policies
p.yml:6:13: databases[1].policy: there is no policy 'gold'
  hint: give it under policies
p.yml:8:3: policies['g old']: 'g old' is not a policy name
  hint: use 1 to 63 letters, digits and hyphens, a letter first`,
  ],
  [
    'home as a copy region',
    'region: us-west-2',
    'region: us-east-1',
    `p.yml:15:19: policies.gold.copies[0].region: 'us-east-1' is home itself
  hint: copy to another region: a copy at home is lost together with it
p.yml:18:147: policies.gold.restoreTest.places[1].region: 'us-west-2' holds no backups of this policy
  hint: places of this policy can be in us-east-1`,
  ],
  [
    'a copy region of another partition',
    'region: us-west-2, key',
    'region: cn-north-1, key',
    `p.yml:15:19: policies.gold.copies[0].region: 'cn-north-1' is in another partition of AWS than 'us-east-1'
  hint: choose a region of aws: snapshots cannot be copied across partitions
p.yml:18:147: policies.gold.restoreTest.places[1].region: 'us-west-2' holds no backups of this policy
  hint: places of this policy can be in us-east-1, cn-north-1`,
  ],
  [
    'a copy region listed twice',
    'takes: 30m }',
    'takes: 30m }\n      - { region: us-west-2, key: null, point: 3h }',
    `p.yml:16:19: policies.gold.copies[1].region: 'us-west-2' is listed twice, first in copies[0]
  hint: keep one copy per region`,
  ],
  [
    'a region that cannot be one',
    'home: us-east-1',
    'home: us-eats-1',
    `p.yml:1:7: home: 'us-eats-1' is not an AWS region
  hint: write the name of a region, as us-east-1`,
  ],
  [
    'a key that is none',
    'alias/holdfast',
    'holdfast',
    `p.yml:15:35: policies.gold.copies[0].key: 'holdfast' is not a KMS key
  hint: write alias/<name>, a key id, or the ARN of a key`,
  ],
  [
    'a key of another region than the copy',
    'alias/holdfast',
    'arn:aws:kms:us-east-1:111122223333:alias/holdfast',
    `p.yml:15:35: policies.gold.copies[0].key: the key is in 'us-east-1', and the copy in 'us-west-2'
  hint: a copy is encrypted under a key of its own region: name one of that region`,
  ],
  [
    'an alias of a region that nobody looks at',
    'keys: { rotateEvery: 365d }',
    'keys: { rotateEvery: 365d, also: ["arn:aws:kms:us-west-2:111122223333:alias/b", "arn:aws:kms:eu-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef", "arn:aws:kms:eu-west-1:111122223333:alias/b"] }',
    `p.yml:17:164: policies.gold.keys.also[2]: the alias is in 'eu-west-1', which is neither home nor a copy region
  hint: name the key that it stands for: arn:aws:kms:<region>:<account>:key/<id>`,
  ],
  [
    'a copy promise shorter than the interval',
    'point: 2h',
    'point: 30m',
    `p.yml:15:58: policies.gold.copies[0].point: 30m cannot be kept by a snapshot every 1h
  hint: one of these would keep it: copies[0].point: 2h`,
  ],
  [
    'a recovery point that not even PITR keeps',
    'point: 1h, time',
    'point: 4m, time',
    `p.yml:10:24: policies.gold.recovery.point: 4m cannot be kept: even PITR may lose 5m
  hint: promise 5m or longer: RDS saves the transaction logs that often`,
  ],
  ...['-db', 'db-', 'a--b', '1db', 'my_db', 'Qrosity-DB', `a${'b'.repeat(63)}`].map(
    (id): [string, string, string, string] => [
      `the identifier ${id}`,
      'other-db]',
      `"${id}"]`,
      `p.yml:3:40: databases[0].match.identifiers[1]: '${id.length > 60 ? `${id.slice(0, 60)}...` : id}' is not a DB instance identifier
  hint: write it as RDS lists it: 1 to 63 lower case letters, digits and single hyphens, a letter first`,
    ],
  ),
  ...['00:00', '24:00-25:00', '0:00-1:00', 'Sun 00:00-01:00', '00:00 - 01:00'].map(
    (window): [string, string, string, string] => [
      `the backup window ${window}`,
      '00:00-01:00',
      window,
      `p.yml:16:37: policies.gold.pitr.window: '${window}' is not a daily window
  hint: write it as "00:00-01:00", in UTC and in quotes`,
    ],
  ),
  [
    'a backup window too short for RDS',
    '00:00-01:00',
    '00:00-00:29',
    `p.yml:16:37: policies.gold.pitr.window: '00:00-00:29' is shorter than 30 minutes
  hint: let the window last 30 minutes or more`,
  ],
  [
    'a drill window without its day',
    'Sun 03:00-04:00',
    '03:00-04:00',
    `p.yml:19:42: policies.gold.failoverDrill.window: '03:00-04:00' is not a weekly window
  hint: write it as "Sun 03:00-04:00", in UTC and in quotes`,
  ],
  [
    'an agreement without a day',
    'on: 2026-03-01',
    'on: null',
    `p.yml:9:13: policies.gold.agreed: has a name and no day
  hint: say on which day, or set both to null`,
  ],
  [
    'an agreement without a name',
    'by: Ada, ',
    '',
    `p.yml:9:13: policies.gold.agreed: has a day and nobody who agreed
  hint: say by whom, or set both to null`,
  ],
  [
    'an agreement by nobody',
    'by: Ada',
    'by: ""',
    `p.yml:9:19: policies.gold.agreed.by: is empty
  hint: write who agreed, or null`,
  ],
  ...['2026-02-29', '2026-13-01', '2026-04-31', '0000-00-00'].map((day): [string, string, string, string] => [
    `the impossible day ${day}`,
    '2026-03-01',
    day,
    `p.yml:9:28: policies.gold.agreed.on: '${day}' is not a day of the calendar
  hint: write the day as 2026-03-01`,
  ]),
  [
    'a day in another form',
    '2026-03-01',
    '1.3.2026',
    `p.yml:9:28: policies.gold.agreed.on: '1.3.2026' is not a date
  hint: write the day as 2026-03-01`,
  ],
  [
    'automated backups for longer than RDS keeps them',
    'retention: 30d,',
    'retention: 36d,',
    `p.yml:16:24: policies.gold.pitr.retention: '36d' is more than 35d
  hint: RDS keeps automated backups from 1d to 35d, in whole days`,
  ],
  [
    'automated backups for a part of a day',
    'retention: 30d,',
    'retention: 36h,',
    `p.yml:16:24: policies.gold.pitr.retention: '36h' is not a whole number of days
  hint: RDS keeps automated backups from 1d to 35d, in whole days`,
  ],
  [
    'a rotation more often than KMS does',
    'rotateEvery: 365d',
    'rotateEvery: 89d',
    `p.yml:17:26: policies.gold.keys.rotateEvery: '89d' is less than 90d
  hint: KMS takes a rotation period from 90d to 2560d, in whole days`,
  ],
  [
    'a rotation more seldom than KMS does',
    'rotateEvery: 365d',
    'rotateEvery: 2561d',
    `p.yml:17:26: policies.gold.keys.rotateEvery: '2561d' is more than 2560d
  hint: KMS takes a rotation period from 90d to 2560d, in whole days`,
  ],
  [
    'a rescue that is a text: "no" must not be taken for a yes',
    'rotateEvery: 365d',
    'rescue: no',
    `p.yml:17:21: policies.gold.keys.rescue: 'no' is not true or false
  hint: write true or false, without quotes`,
  ],
  [
    'a key that is none',
    'rotateEvery: 365d',
    'also: [qrosity]',
    `p.yml:17:20: policies.gold.keys.also[0]: 'qrosity' is not a KMS key
  hint: write alias/<name>, a key id, or the ARN of a key`,
  ],
  [
    'an empty match',
    '{ tags: { holdfast: gold } }',
    '{}',
    `p.yml:5:12: databases[1].match: matches nothing
  hint: give it identifiers or tags`,
  ],
  [
    'a match by both',
    '{ tags: {',
    '{ identifiers: [third-db], tags: {',
    `p.yml:5:12: databases[1].match: has both identifiers and tags
  hint: make two entries of it: one for each`,
  ],
  [
    'no tags, which would match everything',
    '{ holdfast: gold }',
    '{}',
    `p.yml:5:20: databases[1].match.tags: names no tag, and would match every database
  hint: give one tag or more`,
  ],
  [
    'a tag that an object inherits, which would match everything',
    '{ holdfast: gold }',
    '{ __proto__: gold }',
    `p.yml:5:22: '__proto__' is not a key
  hint: remove it`,
  ],
  [
    'a tag whose value is no text',
    '{ holdfast: gold }',
    '{ holdfast: true }',
    `p.yml:5:32: databases[1].match.tags.holdfast: true is not a tag value
  hint: put it in quotes: tags hold texts, not numbers or true and false`,
  ],
  [
    'no identifiers',
    '[qrosity-db, other-db]',
    '[]',
    `p.yml:3:27: databases[0].match.identifiers: names no database
  hint: list one identifier or more`,
  ],
  [
    'an identifier that is not in a list',
    '[qrosity-db, other-db]',
    'qrosity-db',
    `p.yml:3:27: databases[0].match.identifiers: 'qrosity-db' is not a list of identifiers
  hint: write a list, as [qrosity-db]`,
  ],
  [
    'a table of another schema',
    'table: tenants_tenant',
    'table: public.tenants_tenant',
    `p.yml:20:23: policies.gold.tenants.table: 'public.tenants_tenant' is not a table name
  hint: write the name of a table in schema public, in lower case and without the schema`,
  ],
  [
    'an extension listed twice',
    '[uuid-ossp, pg_stat_statements]',
    '[uuid-ossp, uuid-ossp]',
    `p.yml:21:29: policies.gold.extensions[1]: 'uuid-ossp' is listed twice
  hint: keep it once`,
  ],
  ...['0%', '101%', '50', '0.5', '5.5%'].map((share): [string, string, string, string] => [
    `the share ${share}`,
    '50%',
    share,
    `p.yml:24:65: limits.pruneShare: '${share}' is not a share
  hint: write a whole percentage from "1%" to "100%"`,
  ]),
  [
    'a limit of nothing',
    'copiesInFlight: 20',
    'copiesInFlight: 0',
    `p.yml:24:49: limits.copiesInFlight: 0 is not a whole number from 1 to 1000
  hint: write a whole number from 1 to 1000, without quotes`,
  ],
  [
    'a name that AWS keeps for itself',
    'home: us-east-1',
    'home: us-east-1\nname: aws:holdfast',
    `p.yml:2:7: name: 'aws:holdfast' is not a name that fits an RDS tag
  hint: use letters, digits, spaces and _.:/=+-@, 256 at most; aws: and rds: are AWS's own`,
  ],
];

describe('refuses', () => {
  it.each(REFUSED)('%s', (_, place, change, said) => {
    expect(words(having(place, change))).toBe(said);
  });

  it('a recovery point shorter than the interval where there is no PITR, and names what would keep it', () => {
    expect(words(MINIMAL.replace('point: 2h', 'point: 30m'))).toBe(
      `p.yml:7:24: policies.gold.recovery.point: 30m cannot be kept by a snapshot every 1h
  hint: one of these would keep it: pitr; snapshots.every: 10m; recovery.point: 80m`,
    );
  });

  it('what is wrong in several places, all at once and in the order of the file', () => {
    const text = `home: us-eats-1
databases: []
policies:
  gold:
    recovery: { point: 1h }
    snapshots: { every: 45m }
    retention: { hourly: -1 }
    copies: { region: us-west-2 }
    pitr:
`;
    expect(words(text)).toBe(
      `p.yml:1:7: home: 'us-eats-1' is not an AWS region
  hint: write the name of a region, as us-east-1
p.yml:2:12: databases: is an empty list
  hint: name one database or more
p.yml:5:15: policies.gold.recovery.time: is missing
  hint: write a duration as 45m, 1h or 30d, in whole numbers above zero
p.yml:7:26: policies.gold.retention.hourly: -1 is not a whole number from 0 to 2160
  hint: write a whole number from 0 to 2160, without quotes
p.yml:8:13: policies.gold.copies: a mapping is not a list of copies
  hint: begin each copy with "- "
p.yml:9:5: policies.gold.pitr: is empty
  hint: give it its keys: retention, window`,
    );
  });

  it.each([
    ['an empty file', '', 'p.yml:1:1: the policy is empty\n  hint: begin with the one in docs/policy.md'],
    [
      'a file of comments',
      '# later\n',
      'p.yml:1:1: the policy is empty\n  hint: begin with the one in docs/policy.md',
    ],
    [
      'a text that is no mapping',
      'gold',
      "p.yml:1:1: 'gold' is not a policy\n  hint: give it its keys: name, home, databases, policies, network, compliance, limits",
    ],
    [
      'a second document',
      `${MINIMAL}---\nhome: us-west-2\n`,
      'p.yml:10:1: source contains multiple documents; please use YAML.parseAllDocuments()\n  hint: keep one policy in a file: remove the --- and what follows',
    ],
    [
      'a key given twice',
      `${MINIMAL}home: us-west-2\n`,
      'p.yml:10:1: map keys must be unique\n  hint: keep one of the two',
    ],
    [
      'a tag of YAML that nobody knows',
      MINIMAL.replace('1h }', '!hours 1h }'),
      'p.yml:8:25: unresolved tag: !hours\n  hint: mend the YAML: indent with spaces, and quote a value that holds ": " or " #"',
    ],
    [
      'an alias to nothing',
      MINIMAL.replace('1h }', '*hour }'),
      'p.yml:1:1: unresolved alias (the anchor must be set before the alias): hour\n  hint: write the value out where the alias (*) stands',
    ],
    [
      'another version of YAML',
      `%YAML 1.1\n---\n${MINIMAL}`,
      'p.yml:1:1: YAML 1.1 is not read\n  hint: remove the %YAML line: the policy is YAML 1.2',
    ],
    [
      'YAML that breaks off',
      'home: [us-east-1',
      'p.yml:1:17: flow sequence in block collection must be sufficiently indented and end with a ]\n  hint: mend the YAML: indent with spaces, and quote a value that holds ": " or " #"',
    ],
  ])('%s', (_, text, said) => {
    expect(words(text)).toBe(said);
  });

  it('aliases that would fill the memory', () => {
    const levels = Array.from({ length: 12 }, (_, at) =>
      at === 0
        ? 'a0: &a0 [x, x, x, x]'
        : `a${at}: &a${at} [${Array(8)
            .fill(`*a${at - 1}`)
            .join(', ')}]`,
    );
    expect(words(levels.join('\n'))).toBe(
      'p.yml:1:1: excessive alias count indicates a resource exhaustion attack\n  hint: write the value out where the alias (*) stands',
    );
  });
});

describe('warns of', () => {
  const warnings = (text: string) =>
    readPolicy(text, 'p.yml').warnings.map(
      ({ line, column, message, hint }) => `${line}:${column} ${message}; ${hint}`,
    );

  it('a policy that no database is under', () => {
    expect(warnings(`${MINIMAL}  silver:\n${MINIMAL.split('  gold:\n')[1]}`)).toEqual([
      '10:3 no database is under this policy; name it in databases, or remove it',
    ]);
  });

  it('a promise that the worst case breaks, naming each setting that would keep it', () => {
    expect(warnings(MINIMAL.replace('point: 2h', 'point: 1h'))).toEqual([
      '7:24 1h is not kept in the worst case, which loses 1h20m; one of these would keep it: pitr; snapshots.every: 30m; recovery.point: 80m',
    ]);
    expect(warnings(having('point: 2h', 'point: 90m'))).toEqual([
      '15:58 90m is not kept in the worst case, which loses 2h; one of these would keep it: copies[0].point: 2h',
    ]);
  });

  it('copies that take longer than the interval, snapshots that do, and keys that AWS manages', () => {
    expect(warnings(having('takes: 30m', 'takes: 2h').replace('point: 2h', 'point: 6h'))).toEqual([
      '15:7 copying a snapshot to all regions takes up to 2h10m, and one is taken every 1h; copies fall behind, and while they run RDS takes no automated backup: set snapshots.every: 3h',
    ]);
    expect(
      warnings(MINIMAL.replace('every: 1h', 'every: 1h, takes: 90m').replace('point: 2h', 'point: 3h')),
    ).toEqual([
      '8:36 a snapshot takes 90m, and one is due every 1h; the instance is busy when the next is due, and slots are missed: set snapshots.every to a longer one',
    ]);
    expect(warnings(having('alias/holdfast', 'alias/aws/rds'))).toEqual([
      "15:35 'alias/aws/rds' is managed by AWS; its snapshots can never be shared with another account: a key of your own leaves that open",
    ]);
  });
});

describe('the file', () => {
  it('is policy.yml, or the one that POLICY_FILE names', () => {
    expect(policyPath({})).toBe('policy.yml');
    expect(policyPath({ POLICY_FILE: 'other.yml' })).toBe('other.yml');
  });

  it.each(['', '  '])('is not guessed where POLICY_FILE is blank (%j)', (blank) => {
    expect(() => policyPath({ POLICY_FILE: blank })).toThrow(
      'POLICY_FILE: is empty\n  hint: name a file, or unset it to have policy.yml',
    );
  });

  it('is read, and named in what is wrong with it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-policy-'));
    try {
      const path = join(folder, 'p.yml');
      writeFileSync(path, MINIMAL);
      expect(loadPolicy(path)).toEqual(parsePolicy(MINIMAL, 'p.yml'));
      writeFileSync(path, 'home: 1');
      expect(() => loadPolicy(path)).toThrow(`${path}:1:7: home: 1 is not an AWS region`);
      expect(() => loadPolicy(join(folder, 'none.yml'))).toThrow(
        `${join(folder, 'none.yml')}: there is no such file\n  hint: run where policy.yml lies, or let POLICY_FILE name it`,
      );
      expect(() => loadPolicy(folder)).toThrow(`${folder}: cannot be read: EISDIR`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('in the repository is a policy without a warning', () => {
    expect(readPolicy(readFileSync('policy.yml', 'utf8'), 'policy.yml').warnings).toEqual([]);
  });
});

describe('what a compliance report is told', () => {
  const least = `
home: us-east-1
databases:
  - match: { identifiers: [qrosity-db] }
    policy: gold
policies:
  gold:
    recovery: { point: 1h, time: 4h }
    snapshots: { every: 30m }
    retention: { daily: 30 }
compliance:
  waivers:
    - { control: multi-az, reason: single zone until the move, until: "UNTIL" }
`;

  it('is a waiver that holds to the end of its last day', () => {
    const { compliance } = parsePolicy(least.replace('UNTIL', '2026-12-31'), 'p.yml');
    expect(compliance.waivers).toEqual([
      {
        control: 'multi-az',
        database: null,
        region: null,
        reason: 'single zone until the move',
        until: Date.parse('2026-12-31T23:59:59.999Z'),
      },
    ]);
  });

  it.each([
    ['2026-02-30', /is no day of the calendar/],
    ['31.12.2026', /is not a day/],
  ])('is refused with a last day of %s', (day, said) => {
    expect(() => parsePolicy(least.replace('UNTIL', day), 'p.yml')).toThrow(said);
  });

  it('is refused without a reason that an auditor could read', () => {
    expect(() =>
      parsePolicy(least.replace('UNTIL', '2026-12-31').replace('single zone until the move', 'ok'), 'p.yml'),
    ).toThrow(/says too little/);
  });
});

import * as z from 'zod/mini';
import { DAY } from '../domain/time';
import { compliance } from './policy/compliance-schema';
import { complaint, count, duration, fields, flag, saying, text } from './policy/fields';
import { show } from './policy/problem';
import { inspection, network, type ownCheck, restoreTest, tenants } from './policy/proof-schema';
import {
  backupWindow,
  described,
  drillWindow,
  every,
  identifier,
  installation,
  kmsKey,
  policyName,
  region,
  share,
  tagKey,
  tagValue,
  takes,
} from './policy/vocabulary';

/*
 * The one definition of policy.yml: what is read, the types, and the JSON Schema for editors all come from it
 * (`npm run schema`). Every description is what an editor shows beside the field.
 *
 * zod/mini, because each function's bundle carries it: 23 KB minified where the whole of zod takes 93.
 */

const retention = fields('a retention', {
  hourly: described(z.prefault(count(0, 2160), 0), 'hours that keep their newest snapshot'),
  daily: described(z.prefault(count(0, 3660), 0), 'days (UTC) that keep their newest snapshot'),
  weekly: described(z.prefault(count(0, 530), 0), 'weeks (from Monday, UTC) that keep their newest snapshot'),
  monthly: described(z.prefault(count(0, 120), 0), 'months that keep their newest snapshot'),
  yearly: described(z.prefault(count(0, 10), 0), 'years that keep their newest snapshot'),
}).check(
  // A negative number has its own complaint.
  z.refine((tiers) => Object.values(tiers).some((periods) => periods !== 0), {
    error: saying('keeps nothing', 'give one tier or more a number above zero, as daily: 30'),
  }),
);

const DATE = 'a date';
const agreedOn = z.nullable(
  text(/^\d{4}-\d{2}-\d{2}$/, DATE, 'write the day as 2026-03-01').check(
    z.refine((date) => !/^\d{4}-\d{2}-\d{2}$/.test(date) || isDay(date), {
      error: ({ input }) =>
        saying(`${show(input)} is not a day of the calendar`, 'write the day as 2026-03-01'),
    }),
  ),
);

function isDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

const agreed = fields('an agreement', {
  by: described(
    z.prefault(z.nullable(text(/^\S(.{0,198}\S)?$/, 'a name', 'write who agreed, or null')), null),
    'who of the business agreed to the two objectives; null until someone has',
  ),
  on: described(z.prefault(agreedOn, null), 'the day of the agreement, as 2026-03-01'),
});

const copy = fields('a copy', {
  region: described(region, 'where the copy goes: any region of the partition but home'),
  key: described(
    z.prefault(z.nullable(kmsKey), null),
    'alias, id or ARN of a KMS key of that region; without one, copies of encrypted databases are refused',
  ),
  point: described(
    duration(),
    'recovery point promised for the loss of the home region; no shorter than snapshots.every',
  ),
  takes: described(z.prefault(takes, '30m'), 'how long one copy is expected to take'),
  optionGroup: described(
    z.optional(
      text(/^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/, 'an option group', 'write its name in that region'),
    ),
    'option group in that region, for databases whose own has permanent or persistent options',
  ),
  retention: described(
    z.optional(retention),
    'what is kept in that region; the same as at home unless given',
  ),
});

const protection = fields('a policy', {
  agreed: described(
    z.prefault(agreed, {}),
    'REC-3: the objectives are placeholders until someone has agreed',
  ),
  recovery: described(
    fields('the recovery objectives', {
      point: described(duration(), 'REC-1: the most data ever lost, as time (RPO)'),
      time: described(duration(), 'REC-2: the longest time to have service back (RTO)'),
    }),
    'what the business is promised',
  ),
  snapshots: described(
    fields('a schedule', {
      every: described(
        every,
        'REC-5: one snapshot for each such period of the UTC day; divides a day, 10m or longer',
      ),
      takes: described(z.prefault(takes, '10m'), 'how long one snapshot is expected to take'),
    }),
    'snapshots on schedule',
  ),
  retention: described(retention, 'REC-6: for how many whole periods the newest snapshot of each is kept'),
  onDemand: described(
    z.prefault(
      fields('the on-demand settings', {
        keep: described(z.prefault(duration(), '30d'), 'how long one is kept where its caller does not say'),
      }),
      {},
    ),
    'snapshots taken by hand',
  ),
  copies: described(
    z.prefault(z.array(copy, complaint('a list of copies', 'begin each copy with "- "')), []),
    'REC-8: copies in other regions',
  ),
  pitr: described(
    z.optional(
      fields('the PITR settings', {
        retention: described(
          duration({ least: DAY, most: 35 * DAY, wholeDays: true, because: 'RDS keeps automated backups' }),
          'how long automated backups are kept: 1d to 35d',
        ),
        window: described(backupWindow, 'when RDS takes the daily automated backup, UTC'),
      }),
    ),
    'REC-4: point-in-time recovery; without it, snapshots alone carry the recovery point',
  ),
  keys: described(
    z.prefault(
      fields('the key settings', {
        rotateEvery: described(
          z.prefault(
            duration({
              least: 90 * DAY,
              most: 2560 * DAY,
              wholeDays: true,
              because: 'KMS takes a rotation period',
            }),
            '365d',
          ),
          'SEC-2: rotation period, 90d to 2560d',
        ),
        rescue: described(
          z.prefault(flag, false),
          'true: a key that backups hang on is brought back when someone disables it or schedules its deletion',
        ),
        also: described(
          z.prefault(z.array(kmsKey, complaint('a list of keys', 'write a list, as [alias/qrosity-db]')), []),
          'keys that rotate-keys may change beside those of copies and those with our tag: alias or id at home, or an ARN',
        ),
      }),
      {},
    ),
    'SEC-2: the keys that databases, snapshots and copies are encrypted under',
  ),
  restoreTest: described(z.optional(restoreTest), 'DR-7: how often a backup is restored and looked into'),
  failoverDrill: described(
    z.optional(
      fields('the failover drill', {
        every: described(duration(), 'how often a failover is practiced'),
        window: described(drillWindow, 'when it may happen, UTC'),
      }),
    ),
    'DR-4, DR-6 (recorded: nothing acts on it yet)',
  ),
  tenants: described(z.optional(tenants), 'TEN-1: where the tenants are listed'),
  inspection: described(
    z.optional(inspection),
    'DR-7: how a database is looked into, and what is expected there',
  ),
  extensions: described(
    z.prefault(
      z.array(
        text(/^[a-z_][a-z0-9_-]{0,62}$/, 'an extension', 'write it as PostgreSQL lists it, as uuid-ossp'),
        complaint('a list of extensions', 'write a list, as [uuid-ossp, pg_stat_statements]'),
      ),
      [],
    ),
    'EXT-1, EXT-2: extensions that every database has to have',
  ),
});

const match = fields('a match', {
  identifiers: described(
    z.optional(
      z
        .array(identifier, complaint('a list of identifiers', 'write a list, as [qrosity-db]'))
        .check(z.minLength(1, { error: saying('names no database', 'list one identifier or more') })),
    ),
    'DB instance identifiers',
  ),
  tags: described(
    z.optional(
      z.record(tagKey, tagValue, complaint('a mapping of tags', 'write key: "value" pairs')).check(
        z.refine((tags) => Object.keys(tags).length > 0, {
          error: saying('names no tag, and would match every database', 'give one tag or more'),
        }),
      ),
    ),
    'every one of these tags has to stand on the instance with this value',
    { minProperties: 1 },
  ),
}).check(
  z.refine(({ identifiers, tags }) => identifiers !== undefined || tags !== undefined, {
    error: saying('matches nothing', 'give it identifiers or tags'),
  }),
  z.refine(({ identifiers, tags }) => identifiers === undefined || tags === undefined, {
    error: saying('has both identifiers and tags', 'make two entries of it: one for each'),
  }),
);

const limits = fields('the limits', {
  manualSnapshots: described(
    z.prefault(count(1, 100_000), 100),
    'manual snapshots that AWS allows per region, for the arithmetic; a run asks AWS',
  ),
  copiesInFlight: described(
    z.prefault(count(1, 1000), 20),
    'cross-region copies in flight per destination region: 20, in older accounts 5',
  ),
  onDemandRotations: described(
    z.prefault(count(0, 100), 25),
    'on-demand rotations that KMS grants one key for its whole life: 25, in older accounts 10',
  ),
  pruneShare: described(
    z.prefault(share, '50%'),
    'the share of our snapshots in a region that one prune run may delete',
  ),
  restoreTests: described(z.prefault(count(1, 100), 2), 'restore tests at once, in all regions together'),
  spareInstances: described(
    z.prefault(count(0, 1000), 5),
    "DB instances of a region's quota that restore tests leave to others",
  ),
});

export const policySchema = fields('a policy', {
  name: described(
    z.prefault(installation, 'holdfast'),
    'this installation: the value of the ownership tag. Changing it disowns every snapshot taken under the old name',
  ),
  home: described(region, 'the region that the databases run in'),
  databases: described(
    z
      .array(
        fields('a selection', {
          match: described(match, 'by identifiers or by tags; an identifier beats a tag', {
            minProperties: 1,
            maxProperties: 1,
          }),
          policy: described(policyName, 'one of the policies below'),
        }),
        complaint('a list of databases', 'begin each entry with "- match: "'),
      )
      .check(z.minLength(1, { error: saying('is an empty list', 'name one database or more') })),
    'which databases are protected, and by which policy; of two tag matches the first wins',
  ),
  policies: described(
    z
      .record(policyName, protection, complaint('a mapping of policies', 'give one policy or more, by name'))
      .check(
        z.refine((policies) => Object.keys(policies).length > 0, {
          error: saying('holds no policy', 'give one policy or more, by name'),
        }),
      ),
    'the promises, by name',
    { minProperties: 1 },
  ),
  network: described(z.optional(network), 'where inspect-database runs: in reach of the databases'),
  compliance: described(
    z.prefault(compliance, {}),
    'SEC-4, OPS-3: what is waived, what may be shared, and whom findings go to',
  ),
  limits: described(z.prefault(limits, {}), "AWS's limits where the account's differ, and our own brakes"),
});

export type PolicyFile = z.output<typeof policySchema>;
export type ProtectionFile = PolicyFile['policies'][string];
export type OwnCheckFile = z.output<typeof ownCheck>;

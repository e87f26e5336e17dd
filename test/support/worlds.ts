import { copyName, slotName } from '../../shared/domain/names';
import type { Policy } from '../../shared/domain/policy';
import { slotAt } from '../../shared/domain/slot';
import { TAG, type Tags } from '../../shared/domain/tags';
import { DAY, formatInstant, HOUR, MINUTE } from '../../shared/domain/time';
import { ACCOUNT, AWAY, at, copyTarget, HOME, policy, retention } from './builders';
import { Judge } from './judge';
import fc from './seeded';
import { World } from './world';

/** The moment at which every generated world stands still: late on a leap day, so that day and month end are near. */
export const START = at('2024-02-29 22:10');

/** What may lie in a region before we come, as data: a world is built from it again and again, always the same. */
export interface Setting {
  readonly databases: readonly { readonly id: string; readonly status: string }[];
  /** Hours before the start at which a slot's snapshot of ours was taken, by database. */
  readonly slots: readonly {
    readonly database: number;
    readonly hours: number;
    readonly fate: Fate;
    readonly copied: boolean;
  }[];
  readonly onDemand: readonly { readonly database: number; readonly hours: number; readonly days: number }[];
  readonly strangers: readonly { readonly hours: number; readonly disguise: Disguise }[];
  readonly tiers: { readonly hourly: number; readonly daily: number };
  readonly awayTiers: { readonly hourly: number; readonly daily: number };
  /** Free places in the quota of manual snapshots of each region. */
  readonly room: number;
  readonly copiesInFlight: number;
}

type Fate = 'good' | 'failed' | 'on-hold';
/** What a stranger's snapshot looks like: nothing of ours, another installation's, or the name of a slot of ours. */
type Disguise = 'none' | 'other-owner' | 'slot-name';

const DATABASES = ['erp-a', 'erp-b', 'erp-c'] as const;

export const settings: fc.Arbitrary<Setting> = fc.record({
  databases: fc
    .subarray([...DATABASES], { minLength: 1 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc
            .constantFrom('available', 'available', 'available', 'stopped', 'backing-up')
            .map((status) => ({ id, status })),
        ),
      ),
    ),
  slots: fc.uniqueArray(
    fc.record({
      database: fc.nat(2),
      hours: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 80 })),
      fate: fc.constantFrom<Fate>('good', 'good', 'good', 'good', 'failed', 'on-hold'),
      copied: fc.boolean(),
    }),
    { maxLength: 12, selector: ({ database, hours }) => `${database} ${hours}` },
  ),
  onDemand: fc.uniqueArray(
    fc.record({
      database: fc.nat(2),
      hours: fc.integer({ min: 1, max: 60 }),
      days: fc.integer({ min: 1, max: 3 }),
    }),
    {
      maxLength: 3,
      selector: ({ database, hours }) => `${database} ${hours}`,
    },
  ),
  strangers: fc.uniqueArray(
    fc.record({
      hours: fc.integer({ min: -2, max: 60 }),
      disguise: fc.constantFrom<Disguise>('none', 'other-owner', 'slot-name'),
    }),
    { maxLength: 4, selector: ({ hours }) => hours },
  ),
  tiers: fc.record({ hourly: fc.integer({ min: 1, max: 6 }), daily: fc.integer({ min: 0, max: 3 }) }),
  awayTiers: fc.record({ hourly: fc.integer({ min: 0, max: 6 }), daily: fc.integer({ min: 1, max: 3 }) }),
  room: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 6 })),
  copiesInFlight: fc.integer({ min: 1, max: 3 }),
});

export interface Judged {
  readonly world: World;
  readonly judge: Judge;
}

/** The world of a setting: the same one each time it is asked for. */
export async function build(setting: Setting): Promise<Judged> {
  const rules = policyOf(setting);
  const inUse = setting.slots.length * 2 + setting.onDemand.length + setting.strangers.length;
  const limits = { manualSnapshots: inUse + setting.room, copiesInFlight: setting.copiesInFlight };
  const judge = new Judge(() => rules, limits);
  const world = new World({ start: START - 100 * DAY, policy: rules, limits, watch: judge.watch });
  await world.keys();
  await world.cloud.clock.advanceTo(START);
  const home = world.region(HOME).stage;
  const away = world.region(AWAY).stage;
  for (const { id, status } of setting.databases) {
    home.instance({ id, key: 'alias/holdfast', status, tags: { team: 'erp' } });
    if (status === 'backing-up') home.status(id, status, 25 * MINUTE);
  }
  for (const { database, hours, fate, copied } of setting.slots) {
    const instance = DATABASES[database] as string;
    const slot = slotAt(START - hours * HOUR, HOUR);
    const id = slotName(instance, slot);
    const tags = {
      ...ours(instance),
      [TAG.slot]: formatInstant(slot),
      ...(fate === 'on-hold' ? { [TAG.hold]: 'audit' } : {}),
    };
    const when = Math.min(slot + 3 * MINUTE, START);
    const status = fate === 'failed' ? 'failed' : 'available';
    home.snapshots([{ id, instance, at: when, status, key: 'alias/holdfast', tags }]);
    if (!copied || fate === 'failed') continue;
    const copyOf = `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:${id}`;
    const copyTags = { ...ours(instance), [TAG.slot]: formatInstant(slot), [TAG.copyOf]: copyOf };
    away.snapshots([
      {
        id: copyName(id, HOME),
        instance,
        at: when,
        copyOf,
        copied: START,
        key: 'alias/holdfast',
        tags: copyTags,
      },
    ]);
  }
  for (const { database, hours, days } of setting.onDemand) {
    const instance = DATABASES[database] as string;
    const when = START - hours * HOUR;
    const tags = {
      ...ours(instance),
      [TAG.requested]: formatInstant(when),
      [TAG.label]: 'x',
      [TAG.keep]: `${days}d`,
    };
    home.snapshots([
      { id: `holdfast-${instance}-x-${hours}`, instance, at: when, key: 'alias/holdfast', tags },
    ]);
  }
  for (const { hours, disguise } of setting.strangers) {
    const instance = setting.databases[0]?.id as string;
    const when = START - hours * HOUR;
    const id = disguise === 'slot-name' ? slotName(instance, slotAt(when, HOUR)) : `stranger-${hours + 10}`;
    const taken = setting.slots.some((one) => DATABASES[one.database] === instance && one.hours === hours);
    if (taken && disguise === 'slot-name') continue;
    const tags: Tags =
      disguise === 'other-owner'
        ? { ...ours(instance), [TAG.owner]: 'staging', [TAG.slot]: formatInstant(slotAt(when, HOUR)) }
        : {};
    home.snapshots([{ id, instance, at: Math.min(when, START), key: 'alias/holdfast', tags }]);
  }
  world.router.log.reset();
  return { world, judge };
}

function ours(database: string): Tags {
  return { [TAG.owner]: 'holdfast', [TAG.database]: database, [TAG.policy]: 'gold' };
}

function policyOf({ tiers, awayTiers, copiesInFlight }: Setting): Policy {
  return policy(
    { retention: retention(tiers), copies: [copyTarget({ retention: retention(awayTiers) })] },
    {
      databases: [{ match: { identifiers: [...DATABASES] }, policy: 'gold' }],
      limits: { copiesInFlight, pruneShare: 1 },
    },
  );
}

/** What stands in both regions, without the times: what two runs of the same story have to agree on. */
export async function fingerprint(world: World): Promise<string[]> {
  const lines: string[] = [];
  for (const region of [HOME, AWAY]) {
    for (const { id, status, tags } of await world.standing(region)) {
      lines.push(`${region} ${id} ${status} ${JSON.stringify(Object.entries(tags).sort())}`);
    }
  }
  return lines.sort();
}

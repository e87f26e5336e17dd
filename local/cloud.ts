import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as kms from '@aws-sdk/client-kms';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import * as securityhub from '@aws-sdk/client-securityhub';
import * as sns from '@aws-sdk/client-sns';
import * as sts from '@aws-sdk/client-sts';
import type { Instant } from '../shared/domain/time';
import { VirtualClock } from './clock';
import type { Place } from './engine/arn';
import { Chance } from './engine/chance';
import { AlarmStore } from './engine/cloudwatch/alarm';
import { cloudWatchOperations } from './engine/cloudwatch/operations';
import type { DataPlane } from './engine/data';
import { eventBridgeOperations } from './engine/eventbridge/operations';
import { Publisher } from './engine/eventbridge/publisher';
import { type Delivery, EventBus, PROMPT } from './engine/events';
import { KeyStore } from './engine/kms/keys';
import { kmsOperations } from './engine/kms/operations';
import { LightData } from './engine/light-data';
import { fail } from './engine/rds/copies';
import { watchKeys } from './engine/rds/key-loss';
import { rdsOperations } from './engine/rds/operations';
import { RdsRegion, type World } from './engine/rds/region';
import { DURATIONS, type Durations, LIMITS, type Limits } from './engine/rds/settings';
import { Stage } from './engine/rds/stage';
import { Buckets } from './engine/s3/bucket';
import { s3Operations } from './engine/s3/operations';
import { Hub } from './engine/securityhub/hub';
import { ITEMWISE, securityHubOperations } from './engine/securityhub/operations';
import { snsOperations } from './engine/sns/operations';
import { TopicStore } from './engine/sns/topic';
import { stsOperations } from './engine/sts';
import { type Service, WireError } from './wire/service';

export interface CloudOptions {
  readonly clock?: VirtualClock;
  /** Where a clock of its own starts, unless one is passed. */
  readonly start?: Instant;
  readonly regions?: readonly string[];
  /** What stands behind the instances; nothing, unless told otherwise. */
  readonly data?: DataPlane;
  readonly limits?: Partial<Limits>;
  /** Limits that differ in one place: `123456789012/us-west-2`, or a region's name for every account. */
  readonly limitsAt?: Readonly<Record<string, Partial<Limits>>>;
  readonly durations?: Partial<Durations>;
  readonly delivery?: Partial<Delivery>;
  /** Twelve digits: who calls where nothing else says so. */
  readonly account?: string;
  /** The same seed makes the same world. */
  readonly seed?: number | string;
}

/** A table of operations with the caller already known: what a test calls directly. */
type Called<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends (input: infer Input, call: never) => infer Output
    ? (input: Input) => Output
    : never;
};

function called<Table extends object>(table: Table, place: Place): Called<Table> {
  const bound = Object.entries(table).map(([name, operation]) => [
    name,
    (input: unknown) => (operation as (input: unknown, call: Place) => unknown)(input, place),
  ]);
  return Object.fromEntries(bound) as Called<Table>;
}

export type Cloud = ReturnType<typeof createCloud>;

/** AWS on this machine: several regions and accounts on one clock. `services` is what the wire answers with. */
export function createCloud({
  start = Date.UTC(2026, 2, 1),
  clock = new VirtualClock(start),
  regions = ['us-east-1', 'us-west-2'],
  data = new LightData(),
  limits = {},
  limitsAt = {},
  durations = {},
  delivery = {},
  account = '111122223333',
  seed = 1,
}: CloudOptions = {}) {
  const chance = new Chance(seed);
  const events = new EventBus(clock, chance, { ...PROMPT, ...delivery });
  const lost = new Set<string>();
  const stores = new Map<string, KeyStore>();
  const databases = new Map<string, RdsRegion>();
  const placeKey = (place: Place) => `${place.account}/${place.region}`;

  const known = (region: string) => {
    if (regions.includes(region)) return;
    throw new WireError(
      'InvalidClientTokenId',
      `The security token included in the request is invalid: there is no ${region} here, only ${regions.join(', ')}.`,
      403,
    );
  };

  const keys = ({ account, region }: Place) => {
    known(region);
    return once(stores, placeKey({ account, region }), () => new KeyStore({ account, region }, world));
  };

  const world: World = {
    clock,
    chance,
    data,
    bus: events,
    durations: { ...DURATIONS, ...durations },
    limits: (place) => ({ ...LIMITS, ...limits, ...limitsAt[place.region], ...limitsAt[placeKey(place)] }),
    keys,
    rds: ({ account, region }) => {
      known(region);
      return once(databases, placeKey({ account, region }), () => {
        const made = new RdsRegion({ account, region }, world);
        watchKeys(made);
        return made;
      });
    },
    has: (region) => regions.includes(region),
    isLost: (region) => lost.has(region),
  };

  /** What there is one of in each region of each account, made when it is first asked for. */
  const perPlace = <T>(make: (place: Place) => T) => {
    const made = new Map<string, T>();
    return ({ account, region }: Place): T => {
      known(region);
      const place = { account, region };
      return once(made, placeKey(place), () => make(place));
    };
  };
  const topics = perPlace((place) => new TopicStore(place, keys(place)));
  const publishers = perPlace((place) => new Publisher(place, world));
  const hubs = perPlace((place) => new Hub(place, clock));
  const alarms = perPlace((place) => new AlarmStore(place, clock));

  const buckets = new Buckets(world);
  const bucketsSeenFrom = ({ region }: Place) => {
    known(region);
    return buckets;
  };

  const tables = {
    rds: rdsOperations(world),
    kms: kmsOperations(keys, world.isLost),
    s3: s3Operations(bucketsSeenFrom, world.isLost),
    sns: snsOperations(topics, world.isLost),
    eventbridge: eventBridgeOperations(publishers, world.isLost),
    securityhub: securityHubOperations(hubs, world.isLost),
    cloudwatch: cloudWatchOperations(alarms, world.isLost),
    sts: stsOperations,
  };
  const services: readonly Service[] = [
    { name: 'rds', schemas: { ...rds }, protocol: 'query', operations: tables.rds },
    { name: 'kms', schemas: { ...kms }, protocol: 'json', operations: tables.kms },
    { name: 's3', schemas: { ...s3 }, protocol: 'rest-xml', operations: tables.s3 },
    { name: 'sns', schemas: { ...sns }, protocol: 'query', operations: tables.sns },
    { name: 'events', schemas: { ...eventbridge }, protocol: 'json', operations: tables.eventbridge },
    {
      name: 'securityhub',
      schemas: { ...securityhub },
      protocol: 'rest-json',
      operations: tables.securityhub,
      itemwise: ITEMWISE,
    },
    { name: 'monitoring', schemas: { ...cloudwatch }, protocol: 'json-1.0', operations: tables.cloudwatch },
    { name: 'sts', schemas: { ...sts }, protocol: 'query', operations: tables.sts },
  ];

  return {
    clock,
    events,
    services,
    regions,
    account,
    /** The operations of a region, called without a wire, and the stage to set it. */
    region(name: string, as: string = account) {
      const place = { account: as, region: name };
      return {
        rds: called(tables.rds, place),
        kms: called(tables.kms, place),
        s3: called(tables.s3, place),
        sns: called(tables.sns, place),
        eventbridge: called(tables.eventbridge, place),
        securityhub: called(tables.securityhub, place),
        cloudwatch: called(tables.cloudwatch, place),
        /** Takes what AWS's own services and functions here report; it is what alarms are evaluated on. */
        metrics: alarms(place).metrics,
        /** What was published to topics here, and what each subscriber got of it. */
        outbox: topics(place).outbox,
        /** The events that callers put on the bus here themselves, oldest first. */
        sent: publishers(place).sent,
        stage: new Stage(world.rds(place)),
      };
    },
    isLost: world.isLost,
    /** The certificate (PEM) to verify the instances' endpoints with; `null` where there are no servers. */
    ca: data.ca,
    /** The region is gone with all that is in it. Copies out of it and into it break off; it answers nothing from now on. */
    async loseRegion(name: string): Promise<void> {
      known(name);
      lost.add(name);
      const copies = [...databases.values()].flatMap((region) => [...region.outbound.values()].flat());
      for (const copy of copies) {
        if (copy.from.lost || copy.to.lost) await fail(copy, `${name} does not answer`);
      }
      await data.loseRegion(name);
    },
    /** Ends every server and removes every folder of the data plane. */
    close: () => data.close(),
  };
}

function once<T>(made: Map<string, T>, key: string, make: () => T): T {
  const known = made.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

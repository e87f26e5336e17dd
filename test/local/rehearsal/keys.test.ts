import { type Cloud, createCloud } from '../../../local/cloud';
import type { Invocation } from '../../../local/rehearsal/functions';
import { StoryOfKeys } from '../../../local/rehearsal/keys';
import { Operator } from '../../../local/rehearsal/operator';
import { type Listening, listen } from '../../../local/wire/listen';
import { Router } from '../../../local/wire/router';
import { DAY, type Instant } from '../../../shared/domain/time';
import { ACCOUNT, AWAY, at, copyTarget, HOME, policy } from '../../support/builders';

// A hundred days of keys that are promised to be rotated every ninety, with keepers who do more or less than they should.

const START = at('2026-01-01 06:00');
const EVERY = 90;
const rules = policy({
  copies: [copyTarget()],
  keys: { rotateEvery: EVERY * DAY, rescue: false, also: [] },
});
const [protection] = Object.values(rules.policies);

let cloud: Cloud;
let listening: Listening;
let operators: Map<string, Operator>;
let notes: string[];

beforeEach(async () => {
  cloud = createCloud({ start: START, account: ACCOUNT, regions: [HOME, AWAY] });
  listening = await listen(new Router(cloud.services, { account: ACCOUNT }));
  operators = new Map(
    [HOME, AWAY].map((region) => [region, new Operator(region, listening.url, ACCOUNT, cloud.clock)]),
  );
  notes = [];
});

afterEach(async () => {
  for (const operator of operators.values()) operator.close();
  await listening.close();
  await cloud.close();
});

const kms = (region: string) => cloud.region(region).kms;
const telling = { note: (line: string) => notes.push(line), progress: () => undefined };
const turnOn = (region: string) =>
  kms(region).EnableKeyRotation({ KeyId: ID.get(region) ?? '', RotationPeriodInDays: EVERY });
const ID = new Map<string, string>();

/** Plays the days with a daily keeper in place of rotate-keys; answers the promises that were broken. */
async function broken(keep: (region: string, day: number) => Promise<unknown>, failed: string | null = null) {
  if (protection === undefined) throw new Error('no policy');
  const at = (day: number) => START + day * DAY + DAY / 2;
  const story = new StoryOfKeys({
    functions: {
      next: (after: Instant) => at(Math.floor((after - at(0)) / DAY) + 1),
      tick: async (now: Instant) => {
        for (const region of [HOME, AWAY]) await keep(region, Math.round((now - at(0)) / DAY));
        story.hear({ function: 'rotate-keys', at: now, failed } as Invocation);
      },
    },
    clock: cloud.clock,
    policy: rules,
    protection,
    operator: (region) => operators.get(region) as Operator,
  });
  await story.make();
  for (const region of [HOME, AWAY]) {
    const { Aliases } = await kms(region).ListAliases({});
    ID.set(region, Aliases?.find(({ AliasName }) => AliasName === 'alias/holdfast')?.TargetKeyId ?? '');
  }
  await story.live(START + 100 * DAY, telling);
  await story.standing();
  return story.verdicts().flatMap((one) => (one.held ? [] : [`${one.promise}: ${one.measured}`]));
}

it('holds what a keeper keeps, and tells when KMS rotates', async () => {
  expect(await broken(turnOn)).toEqual([]);
  expect(notes.map((note) => note.replace(/^\S+ /, ''))).toEqual([
    `KMS rotates ${HOME} alias/holdfast by itself`,
    `KMS rotates ${AWAY} alias/holdfast by itself`,
  ]);
});

it('breaks where nobody turns automatic rotation on, though everything is rotated on demand in time', async () => {
  const onDemand = async (region: string, day: number) =>
    day === 91 ? kms(region).RotateKeyOnDemand({ KeyId: ID.get(region) ?? '' }) : undefined;
  const found = await broken(onDemand);
  expect(found).toEqual([
    expect.stringMatching(
      `keys.rotateEvery, ${HOME} alias/holdfast: daily runs that left it not rotating: 2026`,
    ),
    `keys, ${HOME} alias/holdfast: rotated by KMS itself: 0 times`,
    expect.stringMatching(
      `keys.rotateEvery, ${AWAY} alias/holdfast: daily runs that left it not rotating: 2026`,
    ),
  ]);
});

it('breaks where on-demand rotations are spent before they are due', async () => {
  const wasteful = async (region: string, day: number) => {
    await turnOn(region);
    if (region === AWAY && day === 10) await kms(region).RotateKeyOnDemand({ KeyId: ID.get(region) ?? '' });
  };
  expect(await broken(wasteful)).toEqual([
    `keys, ${AWAY} alias/holdfast: on-demand rotations spent too early: 2026-01-11`,
  ]);
});

it('breaks where a period drifts and stays so, where a key is left disabled, and where runs fail', async () => {
  const careless = async (region: string, day: number) => {
    if (day < 99) await turnOn(region);
    else if (region === HOME)
      await kms(region).EnableKeyRotation({ KeyId: ID.get(region) ?? '', RotationPeriodInDays: 365 });
    else await kms(region).DisableKey({ KeyId: ID.get(region) ?? '' });
  };
  expect(await broken(careless, 'refused')).toEqual([
    `keys.rotateEvery, ${HOME} alias/holdfast: daily runs that left it not rotating: 2026-04-10`,
    `keys, ${AWAY} alias/holdfast: before the disaster: Disabled`,
    'keys, a year of daily runs: failed: 100',
  ]);
});

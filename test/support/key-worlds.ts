import type { Policy } from '../../shared/domain/policy';
import { TAG } from '../../shared/domain/tags';
import { DAY, type Duration, type Instant } from '../../shared/domain/time';
import { ACCOUNT, AWAY, at, copyTarget, HOME, policy, protection } from './builders';
import { KeyJudge } from './key-judge';
import fc from './seeded';
import { World } from './world';

/** The moment from which every generated world of keys goes on: a leap day, so that a year later there is none. */
export const START = at('2028-02-29 06:25');

/** What is the case with one key before we come, as data: a world is built from it again and again, always the same. */
export interface KeySetting {
  readonly region: typeof HOME | typeof AWAY;
  /** Days before the start on which it was made. */
  readonly age: number;
  /** Days of its automatic rotation, turned on when it was made; null: never turned on. */
  readonly every: number | null;
  /** Days after its making on which somebody rotated it on demand. */
  readonly rotatedAfter: readonly number[];
  readonly whose: 'tagged' | 'named' | 'other-owner' | 'nobody';
  readonly state: 'enabled' | 'enabled' | 'disabled' | 'pending-deletion';
  /** By which policies the databases are protected that hang on it. */
  readonly users: readonly ('gold' | 'strict')[];
  /** A topic of notices is under it too: nobody was promised anything of that. */
  readonly notices: boolean;
}

export interface KeysSetting {
  readonly keys: readonly KeySetting[];
  readonly rotateEvery: number;
  readonly rescue: boolean;
  /** The same of the policy `strict`. */
  readonly strictEvery: number;
  readonly strictRescue: boolean;
  /** On-demand rotations that KMS grants a key, and that the policy counts on. */
  readonly granted: number;
}

export const keySettings: fc.Arbitrary<KeysSetting> = fc.record({
  keys: fc.array(
    fc.record({
      region: fc.constantFrom<typeof HOME | typeof AWAY>(HOME, AWAY),
      age: fc.integer({ min: 0, max: 800 }),
      every: fc.option(fc.constantFrom(90, 180, 365, 730)),
      rotatedAfter: fc.uniqueArray(fc.integer({ min: 1, max: 790 }), { maxLength: 3 }),
      whose: fc.constantFrom<KeySetting['whose']>('tagged', 'tagged', 'named', 'other-owner', 'nobody'),
      state: fc.constantFrom<KeySetting['state']>(
        'enabled',
        'enabled',
        'enabled',
        'disabled',
        'pending-deletion',
      ),
      users: fc.constantFrom<KeySetting['users']>(['gold'], ['gold'], ['strict'], ['gold', 'strict']),
      notices: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  rotateEvery: fc.constantFrom(90, 180, 365),
  rescue: fc.boolean(),
  strictEvery: fc.constantFrom(90, 180),
  strictRescue: fc.boolean(),
  granted: fc.constantFrom(0, 1, 3, 25),
});

export interface JudgedKeys {
  readonly world: World;
  readonly judge: KeyJudge;
  /** The keys' ARNs, in the setting's order. */
  readonly arns: readonly string[];
  /** How often a key is promised to be rotated. */
  readonly promised: (arn: string) => Duration;
}

/** The world of a setting: a database or a snapshot hangs on each key. */
export async function buildKeys(setting: KeysSetting): Promise<JudgedKeys> {
  const rules = policyOf(setting);
  const arns: string[] = [];
  const judge = new KeyJudge(rules, (arn) => promisedTo(setting, arns.indexOf(arn)));
  const oldest = Math.max(...setting.keys.map(({ age }) => age));
  const world = new World({
    start: START - oldest * DAY,
    policy: rules,
    watch: judge.watch,
    limits: { onDemandRotations: setting.granted },
  });
  const begin = world.now;
  const due: { readonly at: Instant; readonly happens: () => Promise<unknown> }[] = [];
  for (const [index, one] of setting.keys.entries()) {
    const { kms } = world.region(one.region);
    const made = START - one.age * DAY;
    let KeyId = '';
    due.push({
      at: made,
      happens: async () => {
        const { KeyMetadata } = await kms.CreateKey({ Tags: tagsOf(one.whose) });
        KeyId = KeyMetadata?.KeyId ?? '';
        arns[index] = KeyMetadata?.Arn ?? '';
        await kms.CreateAlias({ AliasName: `alias/key-${index}`, TargetKeyId: KeyId });
        if (one.every !== null) await kms.EnableKeyRotation({ KeyId, RotationPeriodInDays: one.every });
      },
    });
    for (const days of one.rotatedAfter.filter((day) => day < one.age).slice(0, setting.granted)) {
      due.push({ at: made + days * DAY, happens: () => kms.RotateKeyOnDemand({ KeyId }) });
    }
    due.push({
      at: START,
      happens: async () => {
        for (const user of one.users) hang(world, one.region, idOf(user, index), user, arns[index] ?? '');
        if (one.notices) {
          const Attributes = { KmsMasterKeyId: arns[index] ?? '' };
          const { TopicArn } = await world
            .region(one.region)
            .sns.CreateTopic({ Name: `notices-${index}`, Attributes });
          world.topics = [...world.topics, TopicArn ?? ''];
        }
        if (one.state === 'disabled') await kms.DisableKey({ KeyId });
        if (one.state === 'pending-deletion') await kms.ScheduleKeyDeletion({ KeyId });
      },
    });
  }
  for (const { at: when, happens } of due.sort((a, b) => a.at - b.at)) {
    await world.cloud.clock.advanceTo(Math.max(when, begin));
    await happens();
  }
  world.router.log.reset();
  const promised = (arn: string) => promisedTo(setting, arns.indexOf(arn)).rotateEvery;
  return { world, judge, arns, promised };
}

function hang(world: World, region: string, id: string, policyName: string, key: string): void {
  const { stage } = world.region(region);
  // Who was promised more is known by a snapshot alone, also at home: a look that fails hides one user, not both.
  if (region === HOME && policyName === 'gold') {
    stage.instance({ id, key, backupRetention: 7 });
    return;
  }
  const tags = { [TAG.owner]: 'holdfast', [TAG.database]: id, [TAG.policy]: policyName };
  const copyOf = `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:of-${id}`;
  stage.snapshots([{ id: `copy-${id}`, instance: id, at: START - DAY, copyOf, key, tags }]);
}

function idOf(user: string, index: number): string {
  return `${user}-${index}`;
}

/** What is promised to whoever hangs on a key: the shorter period, and a rescue where one was promised one. */
function promisedTo(setting: KeysSetting, index: number): { rotateEvery: number; rescue: boolean } {
  const users = setting.keys[index]?.users ?? [];
  const gold = users.includes('gold');
  const strict = users.includes('strict');
  return {
    rotateEvery:
      Math.min(...(gold ? [setting.rotateEvery] : []), ...(strict ? [setting.strictEvery] : [])) * DAY,
    rescue: (gold && setting.rescue) || (strict && setting.strictRescue),
  };
}

function tagsOf(whose: KeySetting['whose']) {
  if (whose === 'nobody' || whose === 'named') return [{ TagKey: 'team', TagValue: 'erp' }];
  return [{ TagKey: TAG.owner, TagValue: whose === 'tagged' ? 'holdfast' : 'another' }];
}

function policyOf({ keys, rotateEvery, rescue, strictEvery, strictRescue, granted }: KeysSetting): Policy {
  const named = (region: string) =>
    keys.flatMap((one, index) =>
      one.whose === 'named' && one.region === region
        ? [`arn:aws:kms:${region}:${ACCOUNT}:alias/key-${index}`]
        : [],
    );
  const copies = [copyTarget({ key: null })];
  const also = [...named(HOME), ...named(AWAY)];
  const gold = protection({ copies, keys: { rotateEvery: rotateEvery * DAY, rescue, also } });
  const strict = protection({
    name: 'strict',
    copies,
    keys: { rotateEvery: strictEvery * DAY, rescue: strictRescue, also: [] },
  });
  const select = (user: 'gold' | 'strict') => ({
    match: { identifiers: keys.map((_, index) => idOf(user, index)) },
    policy: user,
  });
  return policy(
    {},
    {
      databases: [select('gold'), select('strict')],
      policies: { gold, strict },
      limits: { onDemandRotations: granted },
    },
  );
}

/** How each key stands: what two runs of the same story have to agree on. */
export async function keyFingerprint({ world, arns }: JudgedKeys): Promise<string[]> {
  const lines: string[] = [];
  for (const arn of arns) {
    const { kms } = world.region(arn.split(':')[3] ?? HOME);
    const { KeyMetadata } = await kms.DescribeKey({ KeyId: arn });
    const status = await kms.GetKeyRotationStatus({ KeyId: arn });
    const { Rotations = [] } = await kms.ListKeyRotations({ KeyId: arn });
    const onDemand = Rotations.filter(({ RotationType }) => RotationType === 'ON_DEMAND').length;
    lines.push(
      `${KeyMetadata?.KeyState} ${status.KeyRotationEnabled} ${status.RotationPeriodInDays} ${onDemand} on demand`,
    );
  }
  return lines;
}

/** Runs once a day, as the schedule does, whatever becomes of a run. */
export async function days(world: World, count: number, run: () => Promise<unknown>): Promise<void> {
  const day: Duration = DAY;
  for (let done = 0; done < count; done += 1) {
    await world.advance(day);
    await run();
  }
}

import type { Cloud } from '../../local/cloud';
import type { Call } from '../../local/wire/service';
import type { Policy } from '../../shared/domain/policy';
import { TAG } from '../../shared/domain/tags';
import type { Duration, Instant } from '../../shared/domain/time';
import { overhear } from './overhear';

/** What may be done to a key, and what must never be. */
const CHANGES = ['EnableKeyRotation', 'RotateKeyOnDemand', 'CancelKeyDeletion', 'EnableKey'];
const NEVER = [
  'DisableKey',
  'ScheduleKeyDeletion',
  'DisableKeyRotation',
  'PutKeyPolicy',
  'TagResource',
  'UntagResource',
];

/**
 * Stands between rotate-keys and KMS and judges every act before it takes effect, by rules of its own: it shares nothing
 * with the planner. What it objects to is in `objections`.
 */
export class KeyJudge {
  readonly objections: string[] = [];
  /** Acts that it has seen, by operation: a judge that sees none proves nothing. */
  readonly acts = new Map<string, number>();

  /** @param promised what is promised to whoever hangs on the key of this ARN */
  constructor(
    private readonly policy: Policy,
    private readonly promised: (arn: string) => { readonly rotateEvery: Duration; readonly rescue: boolean },
  ) {}

  readonly watch = overhear<{ KeyId?: string; RotationPeriodInDays?: number }>(
    'kms',
    async (name, ...asked) => {
      if ([...CHANGES, ...NEVER].includes(name)) await this.#hear(name, ...asked);
    },
  );

  async #hear(
    name: string,
    input: { KeyId?: string; RotationPeriodInDays?: number },
    { region }: Call,
    cloud: Cloud,
  ) {
    this.acts.set(name, (this.acts.get(name) ?? 0) + 1);
    const { kms } = cloud.region(region);
    const { KeyId } = input;
    const object = (why: string): void => void this.objections.push(`${name} of ${KeyId}: ${why}`);
    if (NEVER.includes(name)) return object('nobody asked for that');
    const { Tags = [] } = await kms.ListResourceTags({ KeyId });
    const { Aliases = [] } = await kms.ListAliases({ KeyId });
    const tagged = Tags.some(({ TagKey, TagValue }) => TagKey === TAG.owner && TagValue === this.policy.name);
    const also = Object.values(this.policy.policies).flatMap(({ keys }) => keys.also);
    const named = Aliases.some(({ AliasArn = '' }) => also.includes(AliasArn));
    const { KeyMetadata } = await kms.DescribeKey({ KeyId });
    const keys = this.promised(KeyMetadata?.Arn ?? '');
    if (!tagged && !named) object('neither tagged nor named');
    if (name === 'CancelKeyDeletion' || name === 'EnableKey') {
      if (!keys.rescue) object('no rescue was asked for');
      return;
    }
    if (name === 'EnableKeyRotation') {
      if ((input.RotationPeriodInDays ?? 365) * 86_400_000 !== keys.rotateEvery)
        object('not the period promised');
      return;
    }
    const status = await kms.GetKeyRotationStatus({ KeyId });
    const { Rotations = [] } = await kms.ListKeyRotations({ KeyId });
    if (status.OnDemandRotationStartDate !== undefined) object('one is under way');
    const onDemand = Rotations.filter(({ RotationType }) => RotationType === 'ON_DEMAND').length;
    if (onDemand >= this.policy.limits.onDemandRotations) object('over the budget');
    const times = [KeyMetadata?.CreationDate, ...Rotations.map(({ RotationDate }) => RotationDate)];
    const last = Math.max(...times.map((date): Instant => date?.getTime() ?? 0));
    if (cloud.clock.now() - last <= keys.rotateEvery) object('it is not overdue');
  }
}

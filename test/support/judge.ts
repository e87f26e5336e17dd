import type { Cloud } from '../../local/cloud';
import type { Call } from '../../local/wire/service';
import type { Policy, Retention } from '../../shared/domain/policy';
import { periodOf, TIERS } from '../../shared/domain/retention';
import { TAG, type Tags } from '../../shared/domain/tags';
import type { Instant } from '../../shared/domain/time';
import { HOME } from './builders';
import { overhear } from './overhear';

/** A snapshot as RDS describes it. */
type Described = NonNullable<
  Awaited<ReturnType<ReturnType<Cloud['region']>['rds']['DescribeDBSnapshots']>>['DBSnapshots']
>[number];

/**
 * Stands between the functions and AWS and judges every act before it takes effect, by rules of its own: it shares
 * with the planners the calendar and nothing else. What it objects to is in `objections`.
 */
export class Judge {
  readonly objections: string[] = [];
  /** Acts that it has seen: a judge that sees none proves nothing. */
  acts = 0;

  constructor(
    private readonly policy: () => Policy,
    private readonly limits: { readonly manualSnapshots: number; readonly copiesInFlight: number },
  ) {}

  readonly watch = overhear<Record<string, unknown>>('rds', (...asked) => this.#hear(...asked));

  async #hear(
    operation: string,
    input: Record<string, unknown>,
    { region }: Call,
    cloud: Cloud,
  ): Promise<void> {
    const now = cloud.clock.now();
    if (operation === 'DeleteDBSnapshot') {
      this.acts += 1;
      await this.#onDelete(String(input.DBSnapshotIdentifier), region, cloud, now);
    }
    if (operation === 'CreateDBSnapshot' || operation === 'CopyDBSnapshot') {
      this.acts += 1;
      const standing = await all(cloud, region);
      if (standing.length >= this.limits.manualSnapshots)
        this.objections.push(`${operation} over the quota of ${region}`);
      const tags = tagsOf({ TagList: input.Tags as Described['TagList'] });
      if (tags[TAG.owner] !== this.policy().name) this.objections.push(`${operation} without an owner`);
      if (operation === 'CopyDBSnapshot') {
        const flying = standing.filter(
          (one) => one.Status === 'creating' && one.SourceDBSnapshotIdentifier !== undefined,
        );
        if (flying.length >= this.limits.copiesInFlight)
          this.objections.push(`copy over the limit in flight to ${region}`);
        const database = tags[TAG.database];
        if (flying.some((one) => one.DBInstanceIdentifier === database))
          this.objections.push(`two copies of ${database} at a time`);
      }
    }
  }

  async #onDelete(id: string, region: string, cloud: Cloud, now: Instant): Promise<void> {
    const standing = await all(cloud, region);
    const victim = standing.find((one) => one.DBSnapshotIdentifier === id);
    if (victim === undefined) return;
    const tags = tagsOf(victim);
    const object = (why: string): void => void this.objections.push(`deleted ${id} in ${region}: ${why}`);
    if (tags[TAG.owner] !== this.policy().name) return object('not ours');
    if (victim.Status === 'failed') return;
    if (victim.Status !== 'available') return object(`it is ${victim.Status}`);
    if (tags[TAG.hold] !== undefined || tags[TAG.underTest] !== undefined) return object('on hold');
    for (const away of cloud.regions.filter((name) => !cloud.isLost(name))) {
      const pending = (await all(cloud, away)).filter((one) => one.Status === 'creating');
      if (pending.some((one) => one.SourceDBSnapshotIdentifier === victim.DBSnapshotArn))
        return object(`a copy to ${away} is read from it`);
    }
    const family = standing.filter(
      (one) => tagsOf(one)[TAG.database] === tags[TAG.database] && tagsOf(one)[TAG.owner] === tags[TAG.owner],
    );
    const younger = family.filter((one) => one.Status === 'available' && point(one) > point(victim));
    if (younger.length === 0 && tags[TAG.release] === undefined) return object('the newest good one');
    const requested = Date.parse(tags[TAG.requested] ?? '');
    if (!Number.isNaN(requested)) {
      const days = Number((tags[TAG.keep] ?? '').replace('d', ''));
      if (now < requested + days * 86_400_000) object('an on-demand one before its time');
      return;
    }
    const retention = this.#retention(tags, region);
    if (retention === null) return object('no policy speaks of it');
    const rivals = younger.filter((one) => tagsOf(one)[TAG.requested] === undefined);
    for (const tier of TIERS) {
      const period = periodOf(tier, point(victim));
      const live = retention[tier] > 0 && periodOf(tier, now) - period <= retention[tier];
      if (live && !rivals.some((one) => periodOf(tier, point(one)) === period))
        object(`the newest of its ${tier} period`);
    }
  }

  #retention(tags: Tags, region: string): Retention | null {
    const protection = this.policy().policies[tags[TAG.policy] ?? ''];
    if (protection === undefined) return null;
    if (region === HOME) return protection.retention;
    return protection.copies.find((copy) => copy.region === region)?.retention ?? protection.retention;
  }
}

async function all(cloud: Cloud, region: string): Promise<Described[]> {
  const found: Described[] = [];
  let Marker: string | undefined;
  do {
    const page = await cloud.region(region).rds.DescribeDBSnapshots({ SnapshotType: 'manual', Marker });
    found.push(...(page.DBSnapshots ?? []));
    Marker = page.Marker;
  } while (Marker !== undefined);
  return found;
}

function tagsOf({ TagList }: Pick<Described, 'TagList'>): Tags {
  return Object.fromEntries((TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** The recovery point; the newest possible where RDS has not said, so that it counts as younger than all. */
function point(one: Described): Instant {
  return (one.SnapshotDatabaseTime ?? one.OriginalSnapshotCreateTime)?.getTime() ?? Number.POSITIVE_INFINITY;
}

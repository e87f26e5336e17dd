import type {
  AccountAttributesMessage,
  AddTagsToResourceMessage,
  DescribeAccountAttributesMessage,
  DescribeEventsMessage,
  EventsMessage,
  ListTagsForResourceMessage,
  RemoveTagsFromResourceMessage,
  TagListMessage,
} from '@aws-sdk/client-rds';
import { MINUTE } from '../../../shared/domain/time';
import { WireError } from '../../wire/service';
import { parseRdsArn } from '../arn';
import { takePage } from '../paging';
import { notFound } from './copy-snapshot';
import { describeEvent, kindOf } from './event-log';
import { invalidValue, required } from './identifiers';
import { pageSize, pageStart } from './listing';
import { optionGroup } from './option-groups';
import type { RdsRegion } from './region';
import { EVENTS_KEPT } from './settings';
import { few, readTags, type TagMap, tagList } from './tags';

export function describeAccountAttributes(
  region: RdsRegion,
  _input: DescribeAccountAttributesMessage,
): AccountAttributesMessage {
  const limits = region.world.limits(region.place);
  const storage = [...region.instances.values()].reduce((sum, { shape }) => sum + shape.allocatedStorage, 0);
  const quota = (AccountQuotaName: string, Used: number, Max: number) => ({ AccountQuotaName, Used, Max });
  return {
    AccountQuotas: [
      quota('DBInstances', region.instances.size, limits.instances),
      quota('AllocatedStorage', storage, 100_000),
      quota('ManualSnapshots', region.snapshots.manual, limits.manualSnapshots),
      quota('OptionGroups', region.optionGroups.size, 20),
    ],
  };
}

function taggable(region: RdsRegion, reference: string | undefined): { tags: TagMap } {
  const text = required(reference, 'ResourceName');
  const name = parseRdsArn(text);
  if (name === null || name.region !== region.place.region || name.account !== region.place.account) {
    throw invalidValue(`The specified resource name does not match an RDS resource in this region: ${text}`);
  }
  if (name.kind === 'db') return region.instance(name.id);
  if (name.kind === 'og') return optionGroup(region, name.id);
  const snapshot = region.snapshots.get(name.id);
  if (snapshot === undefined) throw notFound(name.id);
  return snapshot;
}

export function addTagsToResource(region: RdsRegion, input: AddTagsToResourceMessage): Record<string, never> {
  const { tags } = taggable(region, input.ResourceName);
  const added = readTags(input.Tags);
  few(new Map([...tags, ...added]));
  for (const [key, value] of added) tags.set(key, value);
  return {};
}

export function removeTagsFromResource(
  region: RdsRegion,
  input: RemoveTagsFromResourceMessage,
): Record<string, never> {
  const { tags } = taggable(region, input.ResourceName);
  for (const key of input.TagKeys ?? []) {
    if (key.startsWith('aws:')) throw invalidValue('Tag keys cannot start with the reserved prefix "aws:".');
    tags.delete(key);
  }
  return {};
}

export function listTagsForResource(region: RdsRegion, input: ListTagsForResourceMessage): TagListMessage {
  return { TagList: tagList(taggable(region, input.ResourceName).tags) };
}

/** The last hour, unless asked for another time within the 14 days that RDS remembers. */
export function describeEvents(region: RdsRegion, input: DescribeEventsMessage): EventsMessage {
  const size = pageSize(input);
  const start = pageStart(input);
  const { SourceIdentifier, SourceType, EventCategories } = input;
  if (SourceIdentifier !== undefined && SourceType === undefined) {
    throw new WireError(
      'InvalidParameterCombination',
      'SourceType must be specified when SourceIdentifier is.',
    );
  }
  const to = input.EndTime?.getTime() ?? region.now;
  const from = input.StartTime?.getTime() ?? to - (input.Duration ?? 60) * MINUTE;
  const oldest = region.now - EVENTS_KEPT;
  const found = [...region.log.between(Math.max(from, oldest), to)].filter(
    ([key, event]) =>
      (start === null || key > start) &&
      (SourceType === undefined || kindOf(event).source === SourceType) &&
      (SourceIdentifier === undefined || event.id === SourceIdentifier.toLowerCase()) &&
      (EventCategories === undefined || EventCategories.includes(kindOf(event).category)),
  );
  const page = takePage(found, size);
  return { Events: page.items.map(describeEvent), ...(page.marker !== undefined && { Marker: page.marker }) };
}

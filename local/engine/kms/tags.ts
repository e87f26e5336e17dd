import type {
  ListResourceTagsRequest,
  ListResourceTagsResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-kms';
import { WireError } from '../../wire/service';
import { invalid, listed, more, named, notDying, own } from './asking';
import type { KeyStore } from './keys';

/** Per key (KMS: Resource quotas). */
const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

function sized(path: string, value: string, least: number, most: number): string {
  if (value.length >= least && value.length <= most) return value;
  const bound = value.length > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

export function readTags(tags: readonly Tag[] | undefined): Map<string, string> {
  const read = new Map(
    (tags ?? []).map(({ TagKey = '', TagValue = '' }, index) => {
      const path = `tags.${index + 1}.member`;
      sized(`${path}.tagKey`, TagKey, 1, LONGEST_KEY);
      sized(`${path}.tagValue`, TagValue, 0, LONGEST_VALUE);
      if (/^aws:/i.test(TagKey)) throw new WireError('TagException', `"${TagKey}" is reserved for AWS.`);
      return [TagKey, TagValue];
    }),
  );
  if (read.size < (tags ?? []).length) throw new WireError('TagException', 'Duplicate tag keys');
  return few(read);
}

function few(tags: Map<string, string>): Map<string, string> {
  if (tags.size <= MOST_TAGS) return tags;
  throw new WireError('TagException', 'Too many tags');
}

export function tagResource(store: KeyStore, { KeyId, Tags }: TagResourceRequest): Record<string, never> {
  const key = own(store, KeyId);
  notDying(key);
  const added = readTags(Tags);
  few(new Map([...key.tags, ...added]));
  for (const [name, value] of added) key.tags.set(name, value);
  return {};
}

/** A tag that is not there is no error. */
export function untagResource(
  store: KeyStore,
  { KeyId, TagKeys }: UntagResourceRequest,
): Record<string, never> {
  const key = own(store, KeyId);
  notDying(key);
  for (const name of TagKeys ?? []) key.tags.delete(name);
  return {};
}

export function listResourceTags(store: KeyStore, input: ListResourceTagsRequest): ListResourceTagsResponse {
  const { tags } = named(store, input.KeyId);
  const entries = [...tags].map(([TagKey, TagValue]) => [TagKey, { TagKey, TagValue }] as const);
  const page = listed(entries, input, 50, 50);
  return { Tags: page.items, ...more(page) };
}

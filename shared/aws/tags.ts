import type { Tag } from '@aws-sdk/client-rds';
import type { Tags } from '../domain/tags';

export function fromTagList(list: Tag[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

export function toTagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

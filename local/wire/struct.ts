import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticStructureSchema } from '@smithy/types';

/** The namespace of schemas that are ours and no service's. */
export const OWN_NAMESPACE = 'holdfast.wire';

/** A structure of our own in the SDK's form, so that its serializers write envelopes and errors too. 0 is a text. */
export function struct(
  name: string,
  members: Readonly<Record<string, NormalizedSchema | 0>>,
): NormalizedSchema {
  const schemas = Object.values(members).map((member) => (member === 0 ? 0 : member.getSchema()));
  return NormalizedSchema.of([
    3,
    OWN_NAMESPACE,
    name,
    0,
    Object.keys(members),
    schemas,
  ] as StaticStructureSchema);
}

/** The fields of documents of findings that hold an instant or a list of them, wherever they stand. */
const TIMES = new Set([
  'at',
  'begun',
  'firstSeen',
  'heard',
  'lastSeen',
  'lastLight',
  'lastDaily',
  'lately',
  'resolvedAt',
  'since',
  'until',
]);

/** The same with each of its times changed, those of a list one by one; one that is null stays so. */
export function timesChanged(value: unknown, change: (time: unknown, field: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => timesChanged(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, member]) => {
      if (!TIMES.has(field)) return [field, timesChanged(member, change)];
      if (Array.isArray(member)) return [field, member.map((one) => change(one, field))];
      return [field, member === null ? null : change(member, field)];
    }),
  );
}

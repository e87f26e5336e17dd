import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { WireError } from './service';

/** Dates are RFC 3339 in bodies and HTTP's own in headers, unless the schema says otherwise. */
export const SETTINGS: ConstructorParameters<typeof ToStringShapeSerializer>[0] = {
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: true,
};

const strings = new FromStringShapeDeserializer(SETTINGS);

/** What a member has outside of the body of a request; undefined where it is not there, or not of this kind. */
export function boundValue(
  member: NormalizedSchema,
  { query, headers }: { readonly query: URLSearchParams; readonly headers: Readonly<Record<string, string>> },
): unknown {
  const { httpQuery, httpHeader, httpPrefixHeaders } = member.getMergedTraits();
  if (httpPrefixHeaders !== undefined) return withPrefix(httpPrefixHeaders, headers);
  const text = httpQuery !== undefined ? query.get(httpQuery) : headers[httpHeader?.toLowerCase() ?? ''];
  return text === null || text === undefined
    ? undefined
    : scalar(member, httpQuery ?? httpHeader ?? '', text);
}

function withPrefix(
  prefix: string,
  headers: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const found = Object.entries(headers)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value]);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The SDK's deserializer reads answers of a service that it trusts, and takes any text for a number. */
function scalar(member: NormalizedSchema, name: string, text: string): unknown {
  const malformed = () => new WireError('InvalidArgument', `Provided ${name} is not valid: ${text}`);
  if (member.isNumericSchema() && !/^-?\d{1,15}$/.test(text)) throw malformed();
  if (member.isBooleanSchema() && !/^(true|false)$/i.test(text)) throw malformed();
  try {
    return strings.read(member, text);
  } catch {
    throw malformed();
  }
}

/** The headers that an answer's members stand in. */
export function headersOf(
  output: NormalizedSchema,
  value: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const serializer = new ToStringShapeSerializer(SETTINGS);
  for (const [name, member] of output.structIterator()) {
    const given = value[name];
    const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
    if (given === undefined || given === null) continue;
    if (httpHeader !== undefined) {
      serializer.write(member, given);
      headers[httpHeader.toLowerCase()] = serializer.flush();
    } else if (httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries(given)) headers[`${httpPrefixHeaders}${key}`] = String(text);
    }
  }
  return headers;
}

/** Whether a member is part of the body, together with others like it. */
export function isInBody(member: NormalizedSchema): boolean {
  const traits = member.getMergedTraits();
  return !(
    traits.httpLabel ||
    traits.httpQuery ||
    traits.httpHeader ||
    traits.httpPrefixHeaders ||
    traits.httpPayload
  );
}

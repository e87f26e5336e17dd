import { JsonShapeDeserializer2, JsonShapeSerializer2 } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { DocumentType } from '@smithy/types';
import { jsonMismatch } from './json-types';
import type { Path, Protocol } from './protocol';
import { WireError } from './service';

/** Dates go as seconds since 1970, with milliseconds as a fraction, as the SDK's own JSON 1.1 protocol has it. */
const SETTINGS: ConstructorParameters<typeof JsonShapeSerializer2>[0] = {
  timestampFormat: { useTrait: true, default: 7 },
  jsonName: false,
};
const CONTENT_TYPE = 'application/x-amz-json-1.1';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** AWS JSON 1.1: `X-Amz-Target: TrentService.DescribeKey` names the operation (KMS, EventBridge, Logs). */
export const json: Protocol = {
  operationOf: (request) => request.headers['x-amz-target']?.split('.').at(-1) ?? null,

  read: (request, operation) => {
    if (operation.input.isUnitSchema()) return {};
    return readJson(operation.input, request.body, SETTINGS);
  },

  answer: (_service, _request, operation, output, id) => {
    const headers = { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': id };
    if (operation.output.isUnitSchema()) return { status: 200, headers, body: new Uint8Array() };
    const serializer = new JsonShapeSerializer2(SETTINGS);
    serializer.write(operation.output, output ?? {});
    return { status: 200, headers, body: serializer.flush() };
  },

  refuse: (_service, _request, { code, message, status }, id) => ({
    status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': id, 'x-amzn-errortype': code },
    body: encoder.encode(JSON.stringify({ __type: code, message })),
  }),

  /** Services that speak JSON know 400 and 500 only: KMS answers its NotFoundException, 404 in the model, with 400. */
  wireForm: ({ shape, status }) => ({ code: shape, status: status < 500 ? 400 : 500 }),

  unknownOperation: (_request, name) =>
    new WireError('UnknownOperationException', name === null ? '' : `The operation ${name} is not known`),

  missing: (members) =>
    new WireError(
      'ValidationException',
      `${members.length} validation error${members.length === 1 ? '' : 's'} detected: ${members
        .map(
          (path) =>
            `Value null at '${lowerCamel(path)}' failed to satisfy constraint: Member must not be null`,
        )
        .join('; ')}`,
    ),

  unsigned: () => new WireError('MissingAuthenticationTokenException', 'Missing Authentication Token'),

  incompleteSignature: () =>
    new WireError(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential' (AKID/date/region/service/aws4_request), 'SignedHeaders' and 'Signature' parameters",
    ),

  throttled: () => new WireError('ThrottlingException', 'Rate exceeded'),
};

/** A body as the schema has it; no body at all is an empty object. */
export function readJson(
  schema: NormalizedSchema,
  body: Uint8Array,
  settings: ConstructorParameters<typeof JsonShapeDeserializer2>[0],
): unknown {
  const value = parse(decoder.decode(body));
  const mismatch = jsonMismatch(schema, value);
  if (mismatch !== null) throw new WireError('SerializationException', mismatch);
  return new JsonShapeDeserializer2(settings).readObject(schema, value);
}

function parse(text: string): DocumentType {
  if (text === '') return {};
  try {
    return JSON.parse(text) as DocumentType;
  } catch {
    throw new WireError('SerializationException', 'the body is not JSON');
  }
}

/** AWS writes paths with small initials and `member` behind a position: `tags.1.member.tagKey`. */
function lowerCamel(path: Path): string {
  return path
    .map((step) =>
      typeof step === 'number' ? `${step}.member` : step.charAt(0).toLowerCase() + step.slice(1),
    )
    .join('.');
}

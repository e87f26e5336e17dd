import { JsonShapeSerializer2 } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { boundValue, headersOf, isInBody } from './http-bindings';
import type { WireRequest } from './http-message';
import { isDecodable, type Named, operationNamed } from './http-operation';
import { readJson } from './json';
import type { Protocol } from './protocol';
import { WireError } from './service';

const SETTINGS: ConstructorParameters<typeof JsonShapeSerializer2>[0] = {
  timestampFormat: { useTrait: true, default: 7 },
  jsonName: true,
};
const CONTENT_TYPE = 'application/json';
const encoder = new TextEncoder();
const named = new WeakMap<WireRequest, Named>();

/**
 * REST with JSON (Security Hub): method and path name the operation, and members without a place of their own make up the
 * body. No operation here has a payload, a body that is a single member.
 */
export const restJson: Protocol = {
  operationOf: (request, model) => {
    const found = isDecodable(request.path)
      ? operationNamed({ ...request, endpointLabel: null }, model)
      : null;
    if (found === null) return null;
    named.set(request, found);
    return found.operation.name;
  },

  read: (request, operation) => {
    if (operation.input.isUnitSchema()) return {};
    const body = readJson(operation.input, request.body, SETTINGS) as Readonly<Record<string, unknown>>;
    const input: Record<string, unknown> = {};
    const given = (name: string, member: NormalizedSchema): unknown => {
      if (isInBody(member)) return body[name];
      return member.getMergedTraits().httpLabel
        ? named.get(request)?.labels.get(name)
        : boundValue(member, request);
    };
    for (const [name, member] of operation.input.structIterator()) {
      const value = given(name, member);
      if (value !== undefined) input[name] = value;
    }
    return input;
  },

  answer: (_service, _request, operation, output, id) => {
    const value = (output ?? {}) as Readonly<Record<string, unknown>>;
    const inBody: Record<string, unknown> = {};
    for (const [name, member] of operation.output.structIterator()) {
      if (isInBody(member)) inBody[name] = value[name];
    }
    const serializer = new JsonShapeSerializer2(SETTINGS);
    serializer.write(operation.output, inBody);
    return {
      status: operation.http?.[2] ?? 200,
      headers: {
        'content-type': CONTENT_TYPE,
        'x-amzn-requestid': id,
        ...headersOf(operation.output, value),
      },
      body: serializer.flush(),
    };
  },

  refuse: (_service, _request, { code, message, status }, id) => ({
    status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': id, 'x-amzn-errortype': code },
    body: encoder.encode(JSON.stringify({ Code: code, Message: message })),
  }),

  wireForm: ({ shape, status }) => ({ code: shape, status }),

  unknownOperation: (_request, name) =>
    name === null
      ? new WireError('UnknownOperationException', '', 404)
      : new WireError('NotImplemented', `${name} is no operation of AWS on this machine`, 501),

  /** Security Hub's own code; REST services have no common one. */
  missing: ([first = []]) =>
    new WireError('InvalidInputException', `Invalid parameter '${first.join('.')}': it is required`),

  unsigned: () => new WireError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403),

  incompleteSignature: () =>
    new WireError(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential' (AKID/date/region/service/aws4_request), 'SignedHeaders' and 'Signature' parameters",
    ),

  /** Security Hub stands behind API Gateway, whose code this is. */
  throttled: () => new WireError('TooManyRequestsException', 'Too Many Requests', 429),
};

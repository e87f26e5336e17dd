import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { unframed } from './aws-chunked';
import { addressOf } from './bucket-address';
import { boundValue, headersOf, isInBody, SETTINGS } from './http-bindings';
import type { WireRequest, WireResponse } from './http-message';
import { isDecodable, type Named, operationNamed } from './http-operation';
import type { Protocol } from './protocol';
import { WireError } from './service';
import { OWN_NAMESPACE, struct } from './struct';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const ERROR = struct('Error', { Code: 0, Message: 0, RequestId: 0 });
const NOTHING = new Uint8Array();

const encoder = new TextEncoder();
const named = new WeakMap<WireRequest, Named & { readonly endpointLabel: string | null }>();

/** REST with XML, in S3's dialect: method, path and query name the operation, members go into every part of HTTP. */
export const restXml: Protocol = {
  operationOf: (request, model) => {
    const { bucket, path } = addressOf(request);
    // `unknownOperation` says what S3 says of such a path.
    if (!isDecodable(path)) return null;
    const found = operationNamed({ ...request, path, endpointLabel: bucket }, model);
    if (found === null) return null;
    named.set(request, { ...found, endpointLabel: bucket });
    return found.operation.name;
  },

  read: (request, operation) => {
    if (operation.input.isUnitSchema()) return {};
    const { labels = new Map<string, string>(), endpointLabel = null } = named.get(request) ?? {};
    const { query, headers, body } = unframed(request);
    const input: Record<string, unknown> = {};
    let inBody: Readonly<Record<string, unknown>> | undefined;
    const member = (name: string, schema: NormalizedSchema): unknown => {
      const { httpLabel, httpPayload } = schema.getMergedTraits();
      if (httpLabel) return labels.get(name) ?? endpointLabel ?? undefined;
      if (httpPayload && schema.isBlobSchema()) return body;
      if (httpPayload) return body.byteLength === 0 ? undefined : readXml(schema, body);
      if (!isInBody(schema)) return boundValue(schema, { query, headers });
      inBody ??= body.byteLength === 0 ? {} : (readXml(operation.input, body) as Record<string, unknown>);
      return inBody[name];
    };
    for (const [name, schema] of operation.input.structIterator()) {
      const value = member(name, schema);
      if (value !== undefined) input[name] = value;
    }
    return input;
  },

  answer: (_service, _request, operation, output, id) => {
    const status = operation.http?.[2] ?? 200;
    const headers = { 'x-amz-request-id': id };
    if (operation.output.isUnitSchema()) return { status, headers, body: NOTHING };
    const value = (output ?? {}) as Readonly<Record<string, unknown>>;
    const { type, ...content } = contentOf(operation.output, value);
    return {
      status,
      headers: {
        ...headers,
        ...(type !== null && { 'content-type': type }),
        ...headersOf(operation.output, value),
      },
      ...content,
    };
  },

  /** An answer to a HEAD has no body, so its caller learns the status alone. */
  refuse: (_service, request, { code, message, status }, id) => ({
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': id },
    body:
      request.method === 'HEAD'
        ? NOTHING
        : writeXml(ERROR, { Code: code, Message: message, RequestId: id }, ''),
  }),

  wireForm: ({ shape, status }) => ({ code: shape, status }),

  unknownOperation: (request, name) => {
    if (name !== null) {
      // S3's own answer to what it does not know; nothing of ours is left to be written.
      return new WireError(
        'NotImplemented',
        `A header or query you provided implies functionality that is not implemented: ${name}`,
        501,
      );
    }
    return isDecodable(request.path)
      ? new WireError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405)
      : new WireError('InvalidURI', "Couldn't parse the specified URI.");
  },

  missing: ([first = []]) =>
    first.length > 1
      ? malformedXml()
      : new WireError('InvalidRequest', `Missing required parameter for this request: ${first[0]}`),

  unsigned: () => new WireError('AccessDenied', 'Access Denied', 403),

  incompleteSignature: () =>
    new WireError('AuthorizationHeaderMalformed', 'The authorization header that you provided is not valid.'),

  throttled: () => new WireError('SlowDown', 'Please reduce your request rate.', 503),
};

/** A payload as it is, or the members without a place of their own under one root; no body at all without either. */
function contentOf(
  output: NormalizedSchema,
  value: Readonly<Record<string, unknown>>,
): Pick<WireResponse, 'body' | 'streamed'> & { readonly type: string | null } {
  const inBody: Record<string, unknown> = {};
  let hasBody = false;
  for (const [name, member] of output.structIterator()) {
    if (member.getMergedTraits().httpPayload) {
      const payload = value[name];
      if (member.isBlobSchema()) {
        return { type: null, body: (payload ?? NOTHING) as Uint8Array, streamed: member.isStreaming() };
      }
      return payload === undefined
        ? { type: null, body: NOTHING }
        : { type: 'application/xml', body: writeXml(member, payload, NAMESPACE) };
    }
    if (!isInBody(member)) continue;
    hasBody = true;
    inBody[name] = value[name];
  }
  return hasBody
    ? { type: 'application/xml', body: writeXml(output, inBody, NAMESPACE) }
    : { type: null, body: NOTHING };
}

function readXml(schema: NormalizedSchema, body: Uint8Array): unknown {
  try {
    return new XmlShapeDeserializer(xmlSettings(NAMESPACE)).read(schema, body);
  } catch {
    throw malformedXml();
  }
}

function malformedXml(): WireError {
  return new WireError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

function writeXml(schema: NormalizedSchema, value: unknown, namespace: string): Uint8Array {
  const serializer = new XmlShapeSerializer(xmlSettings(namespace));
  serializer.write(schema, value);
  return encoder.encode(`${DECLARATION}${serializer.flush()}`);
}

function xmlSettings(xmlNamespace: string) {
  return { ...SETTINGS, xmlNamespace, serviceNamespace: OWN_NAMESPACE };
}

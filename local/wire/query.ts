import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { formTree, readForm } from './form';
import type { WireRequest, WireResponse } from './http-message';
import type { OperationModel } from './model';
import type { Protocol } from './protocol';
import { WireError } from './service';
import { OWN_NAMESPACE, struct } from './struct';

const ERROR_RESPONSE = struct('ErrorResponse', {
  Error: struct('Error', { Type: 0, Code: 0, Message: 0 }),
  RequestId: 0,
});
const METADATA = struct('ResponseMetadata', { RequestId: 0 });

/** The envelope of each operation's answer, made on its first use: `<OpResponse><OpResult>...`. */
const envelopes = new WeakMap<OperationModel, NormalizedSchema>();

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const forms = new WeakMap<WireRequest, URLSearchParams>();

/** AWS Query: a form goes in, XML comes out (RDS, SNS, CloudFormation). */
export const query: Protocol = {
  operationOf: (request) => formOf(request).get('Action'),

  read: (request, operation) =>
    operation.input.isUnitSchema() ? {} : readForm(operation.input, formTree(formOf(request))),

  answer: (service, request, operation, output, id) =>
    xml(200, service, request, id, envelopeOf(operation), {
      [`${operation.name}Result`]: operation.output.isUnitSchema() ? undefined : (output ?? {}),
      ResponseMetadata: { RequestId: id },
    }),

  refuse: (service, request, { code, message, status }, id) =>
    xml(status, service, request, id, ERROR_RESPONSE, {
      Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
      RequestId: id,
    }),

  wireForm: ({ queryCode, status }) => ({ code: queryCode, status }),

  unknownOperation: (request, name) =>
    name === null
      ? new WireError('MissingAction', 'The request is missing an action or a required parameter')
      : new WireError('InvalidAction', `Could not find operation ${name} for version ${versionOf(request)}`),

  /** RDS's own words, as bug reports quote them (boto #403, terraform-aws-rds #210). */
  missing: ([first = []]) => {
    const name = first.map((step) => (typeof step === 'number' ? `member.${step}` : step)).join('.');
    return new WireError(
      'InvalidParameterValue',
      `The parameter ${name} must be provided and must not be empty.`,
    );
  },

  unsigned: () => new WireError('MissingAuthenticationToken', 'Missing Authentication Token', 403),

  incompleteSignature: () =>
    new WireError(
      'IncompleteSignature',
      "Authorization header requires 'Credential' (AKID/date/region/service/aws4_request), 'SignedHeaders' and 'Signature' parameters",
    ),

  throttled: () => new WireError('Throttling', 'Rate exceeded'),
};

/** The body's form, or the query string of a GET. */
function formOf(request: WireRequest): URLSearchParams {
  const known = forms.get(request);
  if (known !== undefined) return known;
  const form = request.method === 'GET' ? request.query : new URLSearchParams(decoder.decode(request.body));
  forms.set(request, form);
  return form;
}

function versionOf(request: WireRequest): string {
  return formOf(request).get('Version') ?? 'NO_VERSION_SPECIFIED';
}

function envelopeOf(operation: OperationModel): NormalizedSchema {
  const known = envelopes.get(operation);
  if (known !== undefined) return known;
  const envelope = struct(`${operation.name}Response`, {
    [`${operation.name}Result`]: operation.output,
    ResponseMetadata: METADATA,
  });
  envelopes.set(operation, envelope);
  return envelope;
}

function xml(
  status: number,
  service: string,
  request: WireRequest,
  id: string,
  schema: NormalizedSchema,
  value: unknown,
): WireResponse {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    xmlNamespace: `http://${service}.amazonaws.com/doc/${versionOf(request)}/`,
    serviceNamespace: OWN_NAMESPACE,
  });
  serializer.write(schema, value);
  const text = serializer.flush();
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id },
    body: typeof text === 'string' ? encoder.encode(text) : text,
  };
}

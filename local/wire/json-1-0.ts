import type { WireResponse } from './http-message';
import { json } from './json';
import type { Protocol } from './protocol';
import { WireError } from './service';

/**
 * AWS JSON 1.0 of a service that spoke Query before (CloudWatch). It keeps Query's codes and statuses, and its clients
 * read the code off a header (Smithy: awsQueryCompatible). In `__type` AWS has the shape's name, here it is the code too.
 */
export const json10: Protocol = {
  ...json,

  answer: (...answer) => withHeaders(json.answer(...answer), {}),

  refuse: (service, request, error, id) =>
    withHeaders(json.refuse(service, request, error, id), {
      'x-amzn-query-error': `${error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`,
    }),

  wireForm: ({ queryCode, status }) => ({ code: queryCode, status }),

  missing: (members) => new WireError('ValidationError', json.missing(members).message),

  throttled: () => new WireError('Throttling', 'Rate exceeded'),
};

function withHeaders(response: WireResponse, headers: Readonly<Record<string, string>>): WireResponse {
  return {
    ...response,
    headers: { ...response.headers, 'content-type': 'application/x-amz-json-1.0', ...headers },
  };
}

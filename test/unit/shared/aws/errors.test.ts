import { DBSnapshotAlreadyExistsFault, RDSServiceException } from '@aws-sdk/client-rds';
import { translate } from '../../../../shared/aws/errors';

const metadata = { httpStatusCode: 400 };
const service = (name: string, httpStatusCode = 400) =>
  new RDSServiceException({ name, message: 'said AWS', $fault: 'client', $metadata: { httpStatusCode } });

it('knows an error by its modeled name', () => {
  const error = new DBSnapshotAlreadyExistsFault({ message: 'said AWS', $metadata: metadata });
  expect(translate(error, 'create snapshot x')).toMatchObject({
    kind: 'taken',
    message: 'create snapshot x: DBSnapshotAlreadyExists: said AWS',
    cause: error,
  });
});

it.each([
  ['DBSnapshotNotFoundFault', 'gone'],
  ['SnapshotQuotaExceededFault', 'quota'],
  ['InvalidDBInstanceStateFault', 'busy'],
  ['KMSKeyNotAccessibleFault', 'key'],
  ['Throttling', 'throttled'],
  ['AccessDenied', 'denied'],
  ['InvalidAction', 'unsupported'],
  ['SomethingNew', 'unknown'],
])('takes %s for %s', (name, kind) => {
  expect(translate(service(name), 'x').kind).toBe(kind);
});

it('takes an unimplemented operation and a broken connection for what they are', () => {
  expect(translate(service('Unheard', 501), 'x').kind).toBe('unsupported');
  expect(translate(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'x').kind).toBe(
    'unreachable',
  );
});

it('takes a page in HTML with status 500 for an operation that the endpoint has not', () => {
  const answered = (contentType: string) =>
    Object.assign(new Error('XML parse error'), {
      $metadata: { httpStatusCode: 500 },
      $response: { headers: { 'content-type': contentType } },
    });
  expect(translate(answered('text/html; charset=utf-8'), 'x').kind).toBe('unsupported');
  expect(translate(answered('text/xml'), 'x').kind).toBe('unknown');
});

import * as s3 from '@aws-sdk/client-s3';
import { operationNamed } from '../../../local/wire/http-operation';
import { Model, type OperationModel } from '../../../local/wire/model';
import { requiredCount } from '../../../local/wire/required';

const model = new Model({ ...s3 });

/** A request as the operation's own schema describes it, with what it requires and nothing else. */
function request({ http, input }: OperationModel, withId: boolean) {
  const [method = '', uri = ''] = http ?? [];
  const [path = '', search = ''] = uri.split('?');
  const query = new URLSearchParams(search);
  if (!withId) query.delete('x-id');
  const headers: Record<string, string> = {};
  let endpointLabel: string | null = null;
  const members = input.isStructSchema() ? [...input.structIterator()] : [];
  for (const [position, [name, member]] of members.entries()) {
    const { httpLabel, httpQuery, httpHeader } = member.getMergedTraits();
    if (httpLabel && !path.includes(`{${name}`)) endpointLabel = 'bucket';
    if (position >= requiredCount(input)) continue;
    if (httpQuery !== undefined) query.set(httpQuery, '1');
    if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = '1';
  }
  return { method, path: path.replace('{Key+}', 'a/b%20c'), query, headers, endpointLabel };
}

const operations = [...model.operations.values()];

it('knows some hundred operations of S3', () => {
  expect(operations.length).toBeGreaterThan(100);
});

it.each(operations.map((operation) => [operation.name, operation] as const))(
  'names %s by its own request',
  (name, operation) => {
    const asked = request(operation, true);
    const found = operationNamed(asked, model);
    expect(found?.operation.name).toBe(name);
    if (asked.path.includes('b%20c')) expect(found?.labels.get('Key')).toBe('a/b c');
  },
);

// ListBuckets and this one are told apart by x-id alone, or by a host of its own.
it('names nearly all of them without x-id too', () => {
  const confused = operations
    .filter(
      (operation) => operationNamed(request(operation, false), model)?.operation.name !== operation.name,
    )
    .map(({ name }) => name);
  expect(confused).toEqual(['ListDirectoryBuckets']);
});

import { noticesTopics } from '../../../../shared/runtime/notices-topics';

const ONE = 'arn:aws:sns:us-east-1:111122223333:holdfast-prod-notices';

it.each([
  [undefined, []],
  ['', []],
  [ONE, [ONE]],
  [`${ONE}, arn:aws-cn:sns:cn-north-1:111122223333:b`, [ONE, 'arn:aws-cn:sns:cn-north-1:111122223333:b']],
])('NOTICES_TOPIC %p names %p', (value, topics) => {
  expect(noticesTopics({ NOTICES_TOPIC: value })).toEqual(topics);
});

it.each(['holdfast-prod-notices', 'arn:aws:sqs:us-east-1:111122223333:x', `${ONE} `.repeat(2)])(
  'refuses %p, with the way out',
  (value) => {
    expect(() => noticesTopics({ NOTICES_TOPIC: value })).toThrow(
      /^NOTICES_TOPIC: ".*" is not the ARN of an SNS topic\n {2}hint: write arn:aws:sns:/,
    );
  },
);

import { type Cloud, createCloud } from '../../../../local/cloud';
import { Faults } from '../../../../local/faults';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { WireError } from '../../../../local/wire/service';
import { EventBridgeHappenings } from '../../../../shared/aws/eventbridge-happenings';
import { SnsNotices } from '../../../../shared/aws/sns-notices';
import type { Happening } from '../../../../shared/ports/happenings';
import { ACCOUNT, AWAY, at, HOME } from '../../../support/builders';

const NOW = at('2026-03-01 09:00');
const MAIL = 'on-call@example.com';
const QUEUE = `arn:aws:sqs:${HOME}:${ACCOUNT}:notices`;
const topicIn = (region: string) => `arn:aws:sns:${region}:${ACCOUNT}:notices`;

const NOTICE = {
  subject: 'CRITICAL opened',
  texts: { default: '{"id":"1"}', email: 'what to do' },
  attributes: { severity: 'critical', database: ['erp-a', 'erp-b'] },
};
const happening = (id: string, fields: Partial<Happening> = {}): Happening => ({
  id,
  type: 'Holdfast Finding Opened',
  at: NOW,
  detail: { id },
  ...fields,
});

describe('notices and happenings', () => {
  const bugs: unknown[] = [];
  let cloud: Cloud;
  let faults: Faults;
  let router: Router;
  let wired: { requestHandler: ReturnType<typeof inProcess>; credentials: object; maxAttempts: number };

  beforeEach(async () => {
    bugs.length = 0;
    cloud = createCloud({ start: NOW, account: ACCOUNT, regions: [HOME, AWAY] });
    faults = new Faults({ now: () => cloud.clock.now() });
    router = new Router(cloud.services, { account: ACCOUNT, faults, onError: (error) => bugs.push(error) });
    const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'local' };
    wired = { requestHandler: inProcess(router), credentials, maxAttempts: 1 };
    for (const region of [HOME, AWAY]) await cloud.region(region).sns.CreateTopic({ Name: 'notices' });
  });

  afterEach(() => expect(bugs).toEqual([]));

  const notices = () => new SnsNotices(wired as ConstructorParameters<typeof SnsNotices>[0]);
  const happenings = () =>
    new EventBridgeHappenings(HOME, wired as ConstructorParameters<typeof EventBridgeHappenings>[1]);
  const subscribe = async (Protocol: string, Endpoint: string, policy?: object) => {
    const { sns, outbox } = cloud.region(HOME);
    const Attributes = policy && { FilterPolicy: JSON.stringify(policy) };
    await sns.Subscribe({ TopicArn: topicIn(HOME), Protocol, Endpoint, Attributes });
    outbox.confirm(Endpoint);
  };

  it('reach each subscriber in the text of its protocol', async () => {
    await subscribe('email', MAIL);
    await subscribe('sqs', QUEUE, { database: ['erp-b'] });
    await subscribe('sqs', `${QUEUE}-other`, { database: ['erp-c'] });
    await notices().publish(topicIn(HOME), NOTICE);
    const { outbox } = cloud.region(HOME);
    expect(outbox.to(MAIL)).toMatchObject([{ subject: 'CRITICAL opened', body: 'what to do' }]);
    expect(JSON.parse(outbox.to(QUEUE)[0]?.body ?? '')).toMatchObject({ Message: '{"id":"1"}' });
    expect(outbox.to(`${QUEUE}-other`)).toEqual([]);
  });

  it('are published in the region of their topic', async () => {
    await notices().publish(topicIn(AWAY), NOTICE);
    expect(cloud.region(AWAY).outbox.published).toHaveLength(1);
    expect(cloud.region(HOME).outbox.published).toEqual([]);
  });

  it('are refused in our words', async () => {
    await expect(notices().publish(`${topicIn(HOME)}-2`, NOTICE)).rejects.toMatchObject({
      kind: 'gone',
      message: expect.stringMatching(
        /^publish to arn:aws:sns:us-east-1:\d+:notices-2: CRITICAL opened: NotFound/,
      ),
    });
    await expect(notices().publish(topicIn(HOME), { ...NOTICE, subject: 'a\nb' })).rejects.toMatchObject({
      kind: expect.any(String),
      message: expect.stringContaining('InvalidParameter'),
    });
  });

  it('are put as events, ten a call', async () => {
    const all = Array.from({ length: 21 }, (_, index) => happening(`${index}`));
    expect(await happenings().put(all)).toEqual([]);
    expect(router.log.count({ service: 'events', operation: 'PutEvents' })).toBe(3);
    const { sent } = cloud.region(HOME);
    expect(sent.map(({ detail }) => detail.id)).toEqual(all.map(({ id }) => id));
    expect(sent[0]).toMatchObject({
      source: 'holdfast',
      'detail-type': 'Holdfast Finding Opened',
      time: '2026-03-01T09:00:00Z',
    });
    expect(await happenings().put([])).toEqual([]);
  });

  it('say which entry was refused, and that the others were taken', async () => {
    const wrong = happening('2', { type: '' });
    expect(await happenings().put([happening('1'), wrong, happening('3')])).toMatchObject([
      { id: '2', refusal: { message: expect.stringMatching(/^put .*2: InvalidArgument: .*DetailType/) } },
    ]);
    expect(cloud.region(HOME).sent.map(({ detail }) => detail.id)).toEqual(['1', '3']);
  });

  it('go on to no further call after one that was refused', async () => {
    const all = Array.from({ length: 30 }, (_, index) => happening(`${index}`));
    const denied = new WireError('AccessDeniedException', 'no', 400);
    faults.refuse(denied, { service: 'events', operation: 'PutEvents', times: 1 });
    const refused = await happenings().put(all);
    expect(router.log.count({ service: 'events', operation: 'PutEvents' })).toBe(1);
    expect(refused.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(refused[0]?.refusal).toMatchObject({ kind: 'denied' });
  });
});

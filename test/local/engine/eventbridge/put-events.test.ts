import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Cloud } from '../../../../local/cloud';
import type { CloudEvent } from '../../../../local/engine/events';
import { DAY } from '../../../../shared/domain/time';
import { answer, to } from '../sns/sdk';
import { ACCOUNT, AWAY, cloudAt, codeOf, HOME } from '../world';

const MOST = 1_048_575;
const OPENED: PutEventsRequestEntry = {
  Source: 'holdfast',
  DetailType: 'Finding Opened',
  Detail: '{"control":"recovery-point","database":"qrosity-db"}',
};

describe('events of our own', () => {
  let cloud: Cloud;
  let events: EventBridgeClient;
  let heard: CloudEvent[];

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    events = new EventBridgeClient(to(cloud));
    heard = [];
    cloud.events.listen((event) => void heard.push(event));
  });

  const put = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));
  const outcomes = async (...entries: PutEventsRequestEntry[]) => {
    const { Entries = [], FailedEntryCount } = await put(...entries);
    return [FailedEntryCount, ...Entries.map(({ EventId, ErrorCode }) => ErrorCode ?? typeof EventId)];
  };

  it('are heard on the bus of their region as services send theirs', async () => {
    const { Entries = [], FailedEntryCount } = await put({ ...OPENED, Resources: ['arn:aws:rds:x'] });
    await cloud.clock.advance(DAY);
    expect(FailedEntryCount).toBe(0);
    expect(heard).toEqual([
      {
        version: '0',
        id: Entries[0]?.EventId,
        'detail-type': 'Finding Opened',
        source: 'holdfast',
        account: ACCOUNT,
        time: '2026-03-01T09:00:00Z',
        region: HOME,
        resources: ['arn:aws:rds:x'],
        detail: { control: 'recovery-point', database: 'qrosity-db' },
      },
    ]);
    expect(cloud.region(HOME).sent).toEqual(heard);
    expect(cloud.region(AWAY).sent).toEqual([]);
  });

  it('have the time that they are given, and ids of their own', async () => {
    const timed = { ...OPENED, Time: new Date('2026-02-28T23:59:59.900Z') };
    const { Entries = [] } = await put(timed, timed);
    expect(cloud.region(HOME).sent.map(({ time }) => time)).toEqual(Array(2).fill('2026-02-28T23:59:59Z'));
    expect(new Set(Entries.map(({ EventId }) => EventId)).size).toBe(2);
  });

  it('fail one by one, in the place that they had', async () => {
    const { Source, DetailType, Detail } = OPENED;
    const entries = [{ DetailType, Detail }, OPENED, { Source, Detail }, { Source, DetailType }];
    const { Entries, FailedEntryCount } = await put(...entries);
    const lacks = (name: string) => ({
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    });
    expect(FailedEntryCount).toBe(3);
    expect(Entries).toEqual([
      lacks('Source'),
      { EventId: expect.any(String) },
      lacks('DetailType'),
      lacks('Detail'),
    ]);
    expect(cloud.region(HOME).sent).toHaveLength(1);
  });

  it('are not of AWS', async () => {
    expect(await outcomes({ ...OPENED, Source: 'aws.rds' }, { ...OPENED, Source: 'aws' })).toEqual([
      1,
      'NotAuthorizedForSourceException',
      'string',
    ]);
  });

  it.each([
    ['{}', 'string'],
    ['{"a":{"b":[1]}}', 'string'],
    ['[]', 'MalformedDetail'],
    ['"a"', 'MalformedDetail'],
    ['null', 'MalformedDetail'],
    ['{"a":', 'MalformedDetail'],
  ])('have a detail that is a JSON object: %s', async (Detail, outcome) => {
    expect((await outcomes({ ...OPENED, Detail }))[1]).toBe(outcome);
  });

  it('have a type of 128 characters at most', async () => {
    const typed = (length: number) => ({ ...OPENED, DetailType: 't'.repeat(length) });
    expect(await outcomes(typed(128), typed(129))).toEqual([1, 'string', 'InvalidArgument']);
  });

  it('come ten in a call at most, and one at least', async () => {
    expect(await answer(put(...Array(10).fill(OPENED)))).toBe('ok');
    expect(await answer(put(...Array(11).fill(OPENED)))).toMatch(
      /^ValidationException: .*less than or equal to 10$/,
    );
    expect(await answer(put())).toMatch(/^ValidationException: .*greater than or equal to 1$/);
  });

  it('have less than 1 MiB in a call, resources and a time included', async () => {
    const OVER = 'ValidationException: Total size of the entries in the request is over the limit.';
    // Source and type: 8 + 14 bytes; the detail's braces, quotes and name: 8.
    const sized = (bytes: number) => ({ ...OPENED, Detail: `{"a":"${'a'.repeat(bytes - 30)}"}` });
    expect(await answer(put(sized(MOST)))).toBe('ok');
    expect(await answer(put(sized(MOST + 1)))).toBe(OVER);
    expect(await answer(put(sized(MOST - 100), sized(100)))).toBe('ok');
    expect(await answer(put(sized(MOST - 100), sized(101)))).toBe(OVER);
    const Time = new Date();
    expect(await answer(put({ ...sized(MOST - 14), Time }))).toBe('ok');
    expect(await answer(put({ ...sized(MOST - 13), Time }))).toBe(OVER);
    expect(await answer(put({ ...sized(MOST - 2), Resources: ['ab'] }))).toBe('ok');
    expect(await answer(put({ ...sized(MOST - 1), Resources: ['ab'] }))).toBe(OVER);
  });

  it('are put on the default bus by name or ARN; for one that is not there they are taken, and go nowhere', async () => {
    const on = (EventBusName: string) => outcomes({ ...OPENED, EventBusName });
    expect(await on('default')).toEqual([0, 'string']);
    expect(await on(`arn:aws:events:${HOME}:${ACCOUNT}:event-bus/default`)).toEqual([0, 'string']);
    expect(cloud.region(HOME).sent).toHaveLength(2);
    expect(await on('mine')).toEqual([0, 'string']);
    expect(await on(`arn:aws:events:${AWAY}:${ACCOUNT}:event-bus/default`)).toEqual([0, 'string']);
    expect(cloud.region(HOME).sent).toHaveLength(2);
  });

  it('are heard twice or late, but never lost, where those of services are', async () => {
    cloud.events.delivery = { ...cloud.events.delivery, lost: 1, doubled: 1 };
    await put(OPENED);
    const home = cloud.region(HOME);
    await home.kms.DisableKey({ KeyId: (await home.kms.CreateKey({})).KeyMetadata?.KeyId });
    await cloud.clock.advance(DAY);
    expect(heard.map(({ source }) => source)).toEqual(['holdfast', 'holdfast']);
  });

  it('of a lost region are not taken', async () => {
    await cloud.loseRegion(HOME);
    expect(await codeOf(cloud.region(HOME).eventbridge.PutEvents({ Entries: [OPENED] }))).toBe(
      'InternalException',
    );
    expect(await answer(put(OPENED))).toMatch(/^InternalException/);
  });
});

import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Cloud } from '../../../../local/cloud';
import { Faults } from '../../../../local/faults';
import { listen } from '../../../../local/wire/listen';
import { Router } from '../../../../local/wire/router';
import { cloudAt, HOME, STRANGER } from '../world';

const OPENED = { Source: 'holdfast', DetailType: 'Finding Opened', Detail: '{"é":[1,null]}' };

describe("EventBridge through the SDK's client, over HTTP", () => {
  let cloud: Cloud;
  let faults: Faults;
  let server: Awaited<ReturnType<typeof listen>>;
  let events: EventBridgeClient;

  const client = (accessKeyId = 'AKIDEXAMPLE', maxAttempts = 1) =>
    new EventBridgeClient({
      region: HOME,
      endpoint: server.url,
      credentials: { accessKeyId, secretAccessKey: 'x' },
      maxAttempts,
    });

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    faults = new Faults();
    server = await listen(new Router(cloud.services, { account: cloud.account, faults }));
    events = client();
  });

  afterEach(async () => {
    events.destroy();
    await server.close();
  });

  const put = (from: EventBridgeClient, ...Entries: object[]) => from.send(new PutEventsCommand({ Entries }));

  it('keeps dates and details, and tells accounts apart', async () => {
    const Time = new Date('2026-02-28T12:00:00Z');
    expect(await put(events, { ...OPENED, Time }, {})).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode: 'InvalidArgument' }],
    });
    const stranger = client(STRANGER);
    await put(stranger, OPENED);
    stranger.destroy();
    expect(cloud.region(HOME).sent).toMatchObject([
      { time: '2026-02-28T12:00:00Z', detail: { é: [1, null] } },
    ]);
    expect(cloud.region(HOME, STRANGER).sent).toMatchObject([{ account: STRANGER }]);
  });

  it('is throttled, cut off and asked for what is not here', async () => {
    faults.throttle({ service: 'events', times: 2 });
    await expect(put(events, OPENED)).rejects.toMatchObject({ name: 'ThrottlingException' });
    const patient = client('AKIDEXAMPLE', 2);
    await put(patient, OPENED);
    patient.destroy();
    await expect(events.send(new ListRulesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    faults.kill({ service: 'events', operation: 'PutEvents', at: 2, moment: 'before' });
    await put(events, OPENED);
    await expect(put(events, OPENED)).rejects.toThrow();
    expect(cloud.region(HOME).sent).toHaveLength(2);
  });

  it('has a lost region answer 500, as an error of its own', async () => {
    await cloud.loseRegion(HOME);
    await expect(put(events, OPENED)).rejects.toMatchObject({
      name: 'InternalException',
      $metadata: { httpStatusCode: 500 },
    });
  });
});

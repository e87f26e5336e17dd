import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { Faults } from '../../../../local/faults';
import { listen } from '../../../../local/wire/listen';
import { Router } from '../../../../local/wire/router';
import { at, cloudAt, HOME } from '../world';

const ALARM = {
  AlarmName: 'holdfast-é',
  MetricName: 'Errors',
  Namespace: 'AWS/Lambda',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0.5,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;
const RING = { AlarmName: ALARM.AlarmName, StateValue: 'ALARM', StateReason: 'rehearsed' } as const;
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=AKID/20260301/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=00';

describe("CloudWatch through the SDK's client, over HTTP", () => {
  const bugs: unknown[] = [];
  let faults: Faults;
  let server: Awaited<ReturnType<typeof listen>>;
  let cloudwatch: CloudWatchClient;

  const client = (maxAttempts = 1) =>
    new CloudWatchClient({
      region: HOME,
      endpoint: server.url,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      maxAttempts,
    });

  beforeEach(async () => {
    bugs.length = 0;
    const cloud = cloudAt('2026-03-01 09:00');
    faults = new Faults();
    const onError = (error: unknown) => bugs.push(error);
    server = await listen(new Router(cloud.services, { account: cloud.account, faults, onError }));
    cloudwatch = client();
  });

  afterEach(async () => {
    cloudwatch.destroy();
    await server.close();
    expect(bugs).toEqual([]);
  });

  const failure = (call: Promise<unknown>) =>
    call.then(
      () => null,
      ({ name, Code, $metadata }) => [name, Code, $metadata.httpStatusCode],
    );

  it('keeps numbers, names and dates there and back', async () => {
    await cloudwatch.send(new PutMetricAlarmCommand(ALARM));
    await cloudwatch.send(new SetAlarmStateCommand(RING));
    const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toMatchObject([
      { ...ALARM, StateValue: 'ALARM', StateUpdatedTimestamp: new Date(at('2026-03-01 09:00')) },
    ]);
    expect(CompositeAlarms).toEqual([]);
  });

  it('refuses by the codes and statuses that it had in Query, and the names that the SDK has for them', async () => {
    expect(await failure(cloudwatch.send(new SetAlarmStateCommand(RING)))).toEqual([
      'ResourceNotFound',
      'ResourceNotFound',
      404,
    ]);
    const badData = new SetAlarmStateCommand({ ...RING, StateReasonData: '{' });
    expect(await failure(cloudwatch.send(badData))).toEqual(['InvalidFormatFault', 'InvalidFormat', 400]);
    const noMetric = new PutMetricAlarmCommand({ ...ALARM, MetricName: undefined });
    expect(await failure(cloudwatch.send(noMetric))).toEqual(['ValidationException', 'ValidationError', 400]);
    const noName = new PutMetricAlarmCommand({ ...ALARM, AlarmName: undefined });
    expect(await failure(cloudwatch.send(noName))).toEqual(['ValidationException', 'ValidationError', 400]);
    expect((await failure(cloudwatch.send(new ListMetricsCommand({}))))?.[0]).toBe(
      'UnknownOperationException',
    );
  });

  it('throttles in the words of Query, which the SDK outlasts', async () => {
    faults.throttle({ service: 'monitoring', times: 2 });
    const describe = new DescribeAlarmsCommand({});
    expect(await failure(cloudwatch.send(describe))).toEqual(['Throttling', 'Throttling', 400]);
    const patient = client(2);
    expect((await patient.send(describe)).MetricAlarms).toEqual([]);
    patient.destroy();
  });

  it('answers in JSON 1.0, with the code of a refusal in a header', async () => {
    const post = (operation: string, body: string) =>
      fetch(server.url, {
        method: 'POST',
        headers: {
          authorization: AUTHORIZATION,
          'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
        },
        body,
      });
    const found = await post('DescribeAlarms', '{}');
    expect(found.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(await found.json()).toEqual({ MetricAlarms: [], CompositeAlarms: [] });
    const refused = await post('SetAlarmState', JSON.stringify(RING));
    expect(refused.status).toBe(404);
    expect(refused.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(refused.headers.get('x-amzn-query-error')).toBe('ResourceNotFound;Sender');
  });
});

import {
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  DescribeHubCommand,
  EnableSecurityHubCommand,
  GetFindingsCommand,
  ListTagsForResourceCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Cloud } from '../../../../local/cloud';
import { Faults } from '../../../../local/faults';
import { CallLog } from '../../../../local/wire/call-log';
import { listen } from '../../../../local/wire/listen';
import { Router } from '../../../../local/wire/router';
import { cloudAt, HOME } from '../world';
import { finding, ProductArn } from './findings';

describe("Security Hub through the SDK's client, over HTTP", () => {
  const bugs: unknown[] = [];
  let cloud: Cloud;
  let faults: Faults;
  let log: CallLog;
  let server: Awaited<ReturnType<typeof listen>>;
  let hub: SecurityHubClient;

  const client = (maxAttempts = 1) =>
    new SecurityHubClient({
      region: HOME,
      endpoint: server.url,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      maxAttempts,
    });

  beforeEach(async () => {
    bugs.length = 0;
    cloud = cloudAt('2026-03-01 09:00');
    faults = new Faults();
    log = new CallLog();
    const onError = (error: unknown) => bugs.push(error);
    server = await listen(new Router(cloud.services, { account: cloud.account, faults, log, onError }));
    hub = client();
  });

  afterEach(async () => {
    hub.destroy();
    await server.close();
    expect(bugs).toEqual([]);
  });

  const failure = (call: Promise<unknown>) =>
    call.then(
      () => null,
      ({ name, message, $metadata }) => [name, $metadata.httpStatusCode, message],
    );

  it('keeps numbers, lists and texts there and back, by method and path', async () => {
    await hub.send(new EnableSecurityHubCommand({ Tags: { a: '1' } }));
    const { HubArn } = await hub.send(new DescribeHubCommand({}));
    expect((await hub.send(new DescribeHubCommand({ HubArn }))).HubArn).toBe(HubArn);
    const strange = finding({
      Title: 'é "<script>"',
      Confidence: 0,
      Compliance: { RelatedRequirements: [] },
    });
    await hub.send(new BatchImportFindingsCommand({ Findings: [strange, finding({ Id: 'b', Title: '' })] }));
    const Filters = { Id: [{ Value: strange.Id, Comparison: 'EQUALS' as const }] };
    expect((await hub.send(new GetFindingsCommand({ Filters }))).Findings).toMatchObject([
      { Title: 'é "<script>"', Confidence: 0, Compliance: { RelatedRequirements: [] } },
    ]);
    const FindingIdentifiers = [{ Id: strange.Id, ProductArn }];
    await hub.send(new BatchUpdateFindingsCommand({ FindingIdentifiers, Workflow: { Status: 'RESOLVED' } }));
    expect(log.calls().map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'EnableSecurityHub ok',
      'DescribeHub ok',
      'DescribeHub ok',
      'BatchImportFindings ok',
      'GetFindings ok',
      'BatchUpdateFindings ok',
    ]);
  });

  it('refuses by names and statuses of its own', async () => {
    expect(await failure(hub.send(new DescribeHubCommand({})))).toEqual([
      'InvalidAccessException',
      401,
      'Account 111122223333 is not subscribed to AWS Security Hub',
    ]);
    await hub.send(new EnableSecurityHubCommand({}));
    expect((await failure(hub.send(new EnableSecurityHubCommand({}))))?.slice(0, 2)).toEqual([
      'ResourceConflictException',
      409,
    ]);
    const stranger = new BatchImportFindingsCommand({
      Findings: [finding({ AwsAccountId: '999988887777' })],
    });
    expect((await failure(hub.send(stranger)))?.slice(0, 2)).toEqual(['AccessDeniedException', 403]);
    const nothing = new BatchImportFindingsCommand({ Findings: undefined });
    expect((await failure(hub.send(nothing)))?.slice(0, 2)).toEqual(['InvalidInputException', 400]);
    const unnamed = new BatchUpdateFindingsCommand({
      FindingIdentifiers: [{ Id: undefined, ProductArn }],
    });
    expect((await failure(hub.send(unnamed)))?.slice(0, 2)).toEqual(['InvalidInputException', 400]);
    const tags = new ListTagsForResourceCommand({ ResourceArn: ProductArn });
    expect((await failure(hub.send(tags)))?.slice(0, 2)).toEqual(['NotImplemented', 501]);
  });

  it('throttles as its gateway does, which the SDK outlasts', async () => {
    await hub.send(new EnableSecurityHubCommand({}));
    const throttled = faults.throttle({ service: 'securityhub', operation: 'BatchImportFindings', times: 2 });
    const put = new BatchImportFindingsCommand({ Findings: [finding()] });
    expect(await failure(hub.send(put))).toEqual(['TooManyRequestsException', 429, 'Too Many Requests']);
    const patient = client(2);
    expect((await patient.send(put)).SuccessCount).toBe(1);
    patient.destroy();
    expect(throttled.hits).toBe(2);
  });

  it('has taken the findings of a caller that did not live to hear so', async () => {
    await hub.send(new EnableSecurityHubCommand({}));
    const death = faults.kill({
      service: 'securityhub',
      operation: 'BatchImportFindings',
      at: 1,
      moment: 'after',
    });
    await expect(hub.send(new BatchImportFindingsCommand({ Findings: [finding()] }))).rejects.toThrow();
    expect(death.call?.operation).toBe('BatchImportFindings');
    faults.revive();
    expect((await hub.send(new GetFindingsCommand({}))).Findings).toHaveLength(1);
  });

  it('answers a path that it does not have, a body that is none, and nobody', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKID/20260301/us-east-1/securityhub/aws4_request, SignedHeaders=host, Signature=00';
    const post = async (path: string, body: string, headers: Record<string, string> = { authorization }) => {
      const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
      return [response.status, response.headers.get('x-amzn-errortype')];
    };
    expect(await post('/none', '{}')).toEqual([404, 'UnknownOperationException']);
    expect(await post('/%ff', '{}')).toEqual([404, 'UnknownOperationException']);
    expect(await post('/findings', '{"Filters":')).toEqual([400, 'SerializationException']);
    expect(await post('/findings', '{"MaxResults":"ten"}')).toEqual([400, 'SerializationException']);
    expect((await post('/findings', '{}', {}))[0]).toBe(403);
  });
});

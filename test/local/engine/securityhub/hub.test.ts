import {
  type AwsSecurityFindingFilters,
  DescribeHubCommand,
  DisableSecurityHubCommand,
  EnableSecurityHubCommand,
  GetFindingsCommand,
  paginateGetFindings,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Cloud } from '../../../../local/cloud';
import { HOUR } from '../../../../shared/domain/time';
import { answer, to } from '../sns/sdk';
import { ACCOUNT, AWAY, cloudAt, codeOf, HOME } from '../world';
import { finding, ProductArn, using } from './findings';

const OFF = `InvalidAccessException: Account ${ACCOUNT} is not subscribed to AWS Security Hub`;

describe('Security Hub', () => {
  let cloud: Cloud;
  let hub: SecurityHubClient;
  const { put, found, only, update } = using(() => hub);

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    hub = new SecurityHubClient(to(cloud));
  });

  const enable = () => hub.send(new EnableSecurityHubCommand({ EnableDefaultStandards: false }));
  const describeHub = (HubArn?: string) => hub.send(new DescribeHubCommand({ HubArn }));

  it('is off until it is turned on, in each region by itself', async () => {
    expect(await answer(describeHub())).toBe(OFF);
    expect(await answer(found())).toBe(OFF);
    expect(await answer(update({ VerificationState: 'UNKNOWN' }))).toBe(OFF);
    expect(await answer(hub.send(new DisableSecurityHubCommand({})))).toBe(OFF);
    await cloud.clock.advance(HOUR);
    await enable();
    expect(await describeHub()).toMatchObject({
      HubArn: `arn:aws:securityhub:${HOME}:${ACCOUNT}:hub/default`,
      SubscribedAt: '2026-03-01T10:00:00.000Z',
      ControlFindingGenerator: 'SECURITY_CONTROL',
    });
    expect(await found()).toEqual([]);
    expect(await answer(new SecurityHubClient(to(cloud, AWAY)).send(new DescribeHubCommand({})))).toBe(OFF);
  });

  it('is turned on once, and can be turned off', async () => {
    await enable();
    expect(await answer(enable())).toMatch(/^ResourceConflictException/);
    await hub.send(new DisableSecurityHubCommand({}));
    expect(await answer(describeHub())).toBe(OFF);
    expect(await answer(enable())).toBe('ok');
  });

  it('is described under its own ARN', async () => {
    await enable();
    const { HubArn } = await describeHub();
    expect(await answer(describeHub(HubArn))).toBe('ok');
    expect(await answer(describeHub(`${HubArn}2`))).toMatch(/^ResourceNotFoundException/);
  });

  describe('finds', () => {
    beforeEach(async () => {
      await enable();
      await put(
        finding({ Id: 'rds/a', Compliance: { Status: 'FAILED' } }),
        finding({ Id: 'rds/b', GeneratorId: 'holdfast/key', Compliance: { Status: 'PASSED' } }),
        finding({ Id: 'kms/a', RecordState: 'ARCHIVED', Severity: { Label: 'LOW' } }),
      );
      await update({ FindingIdentifiers: [{ Id: 'rds/b', ProductArn }], Workflow: { Status: 'RESOLVED' } });
    });

    const ids = async (Filters: AwsSecurityFindingFilters) => (await found(Filters)).map(({ Id }) => Id);
    const is = (Value: string) => ({ Value, Comparison: 'EQUALS' }) as const;
    const not = (Value: string) => ({ Value, Comparison: 'NOT_EQUALS' }) as const;
    const prefix = (Value: string) => ({ Value, Comparison: 'PREFIX' }) as const;
    const notPrefix = (Value: string) => ({ Value, Comparison: 'PREFIX_NOT_EQUALS' }) as const;
    const has = (Value: string) => ({ Value, Comparison: 'CONTAINS' }) as const;
    const hasNot = (Value: string) => ({ Value, Comparison: 'NOT_CONTAINS' }) as const;

    it.each<[AwsSecurityFindingFilters, string[]]>([
      [{}, ['kms/a', 'rds/a', 'rds/b']],
      [{ ProductArn: [is(ProductArn)] }, ['kms/a', 'rds/a', 'rds/b']],
      [{ ProductArn: [is('other')] }, []],
      [{ Id: [is('rds/a')] }, ['rds/a']],
      [{ Id: [is('rds/a'), is('kms/a')] }, ['kms/a', 'rds/a']],
      [{ Id: [prefix('rds/')] }, ['rds/a', 'rds/b']],
      [{ Id: [prefix('rds/'), not('rds/b')] }, ['rds/a']],
      [{ Id: [notPrefix('rds/'), not('x')] }, ['kms/a']],
      [{ Id: [not('rds/a'), not('rds/b')] }, ['kms/a']],
      [{ Id: [has('/a')] }, ['kms/a', 'rds/a']],
      [{ Id: [hasNot('/a'), hasNot('kms')] }, ['rds/b']],
      [{ GeneratorId: [is('holdfast/key')] }, ['rds/b']],
      [{ RecordState: [is('ACTIVE')] }, ['rds/a', 'rds/b']],
      [{ ComplianceStatus: [is('FAILED')] }, ['rds/a']],
      [{ ComplianceStatus: [not('FAILED')] }, ['kms/a', 'rds/b']],
      [{ WorkflowStatus: [is('NEW'), is('NOTIFIED')] }, ['kms/a', 'rds/a']],
      [{ SeverityLabel: [is('HIGH')], RecordState: [is('ACTIVE')] }, ['rds/a', 'rds/b']],
      [{ ResourceType: [is('AwsRdsDbInstance')], Id: [is('rds/a')] }, ['rds/a']],
      [{ Type: [prefix('Effects')] }, []],
      [
        { Region: [is(HOME)], AwsAccountId: [is(ACCOUNT)], ProductName: [is('Default')] },
        ['kms/a', 'rds/a', 'rds/b'],
      ],
    ])('by %j', async (filters, expected) => {
      expect(await ids(filters)).toEqual(expected);
    });

    it.each<[AwsSecurityFindingFilters]>([
      [{ Id: [is('a'), not('b')] }],
      [{ Id: [is('a'), notPrefix('b')] }],
      [{ Id: [has('a'), is('b')] }],
      [{ Id: [hasNot('a'), not('b')] }],
      [{ Id: Array(21).fill(is('a')) }],
      [{ Id: [{ Value: 'a', Comparison: 'LIKE' as 'EQUALS' }] }],
    ])('nothing by %j, which is refused', async (filters) => {
      expect(await answer(ids(filters))).toMatch(/^InvalidInputException/);
    });

    it('by ten attributes at most, of those that are known here', async () => {
      const ten: AwsSecurityFindingFilters = Object.fromEntries(
        [
          'AwsAccountId',
          'CompanyName',
          'Description',
          'GeneratorId',
          'Id',
          'ProductArn',
          'ProductName',
          'RecordState',
          'Region',
          'Title',
        ].map((name) => [name, [not('x')]]),
      );
      expect(await ids(ten)).toHaveLength(3);
      expect(await answer(ids({ ...ten, Type: [not('x')] }))).toMatch(/^InvalidInputException/);
      expect(await answer(ids({ MalwareName: [is('x')] }))).toMatch(/^NotImplemented/);
    });

    it('ten on a page unless asked, and a hundred at most', async () => {
      for (const n of [0, 1]) {
        const from = n * 100;
        await put(...Array.from({ length: 100 }, (_, i) => finding({ Id: `page/${from + i}` })));
      }
      const pages = async (size: object) => {
        const sizes: number[] = [];
        const seen = new Set<string | undefined>();
        const Filters = { Id: [prefix('page/')] };
        for await (const page of paginateGetFindings({ client: hub, ...size }, { Filters })) {
          sizes.push(page.Findings?.length ?? 0);
          for (const { Id } of page.Findings ?? []) seen.add(Id);
        }
        expect(seen.size).toBe(200);
        return sizes;
      };
      expect(await pages({})).toEqual(Array(20).fill(10));
      expect(await pages({ pageSize: 100 })).toEqual([100, 100]);
      const get = (input: object) => answer(hub.send(new GetFindingsCommand(input)));
      expect(await get({ MaxResults: 101 })).toMatch(/^InvalidInputException/);
      expect(await get({ MaxResults: 0 })).toMatch(/^InvalidInputException/);
      expect(await get({ NextToken: 'x' })).toMatch(/^InvalidInputException/);
      expect(await get({ SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'desc' }] })).toMatch(
        /^NotImplemented/,
      );
    });
  });

  describe('lets the customer', () => {
    beforeEach(async () => {
      await enable();
      await put(finding());
    });

    it("say what came of a finding, which leaves its provider's time alone", async () => {
      await cloud.clock.advance(HOUR);
      const FindingIdentifiers = [{ Id: finding().Id, ProductArn }];
      const answered = await update({
        Workflow: { Status: 'NOTIFIED' },
        Note: { Text: 'on it', UpdatedBy: 'on-call' },
        Severity: { Label: 'LOW' },
        UserDefinedFields: { ticket: 'OPS-4' },
      });
      expect(answered).toMatchObject({ ProcessedFindings: FindingIdentifiers, UnprocessedFindings: [] });
      expect(await only()).toMatchObject({
        UpdatedAt: finding().UpdatedAt,
        Workflow: { Status: 'NOTIFIED' },
        Note: { Text: 'on it', UpdatedBy: 'on-call', UpdatedAt: '2026-03-01T10:00:00.000Z' },
        Severity: { Label: 'LOW', Normalized: 1 },
        UserDefinedFields: { ticket: 'OPS-4' },
        FindingProviderFields: { Severity: { Label: 'HIGH' } },
      });
    });

    it('name a finding once, and one that is there', async () => {
      const known = { Id: finding().Id, ProductArn };
      const other = { Id: 'other', ProductArn };
      const answered = await update({
        FindingIdentifiers: [known, other, known],
        Workflow: { Status: 'RESOLVED' },
      });
      expect(answered).toMatchObject({
        ProcessedFindings: [known],
        UnprocessedFindings: [
          { FindingIdentifier: other, ErrorCode: 'FindingNotFound', ErrorMessage: 'Finding Not Found' },
          {
            FindingIdentifier: known,
            ErrorCode: 'DuplicatedFindingIdentifier',
            ErrorMessage: 'Finding Identifier is duplicated',
          },
        ],
      });
    });

    it('say nothing that is not of the format', async () => {
      const code = async (input: Parameters<typeof update>[0]) =>
        (await update(input)).UnprocessedFindings?.map(({ ErrorCode }) => ErrorCode);
      const note = (length: number) => ({ Note: { Text: 'n'.repeat(length), UpdatedBy: 'me' } });
      expect(await code(note(513))).toEqual(['InvalidInput']);
      expect(await code({ Workflow: { Status: 'DONE' as 'NEW' } })).toEqual(['InvalidInput']);
      expect(await only()).not.toHaveProperty('Note');
      expect(await code(note(512))).toEqual([]);
    });

    it('speak of a finding with as many fields as it may have', async () => {
      const ProductFields = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, 'v']));
      await put(finding({ Id: 'full', ProductFields }));
      const FindingIdentifiers = [{ Id: 'full', ProductArn }];
      const answered = await update({ FindingIdentifiers, Workflow: { Status: 'NOTIFIED' } });
      expect(answered.UnprocessedFindings).toEqual([]);
    });

    it('name a hundred findings at most', async () => {
      const named = (count: number) => Array.from({ length: count }, (_, n) => ({ Id: `f${n}`, ProductArn }));
      const told = (count: number) =>
        answer(update({ FindingIdentifiers: named(count), VerificationState: 'UNKNOWN' }));
      expect([await told(100), await told(1)]).toEqual(['ok', 'ok']);
      expect(await told(101)).toMatch(/^InvalidInputException/);
      expect(await told(0)).toMatch(/^InvalidInputException/);
    });
  });

  it('of a lost region does not answer', async () => {
    await enable();
    await cloud.loseRegion(HOME);
    expect(await codeOf(cloud.region(HOME).securityhub.GetFindings({}))).toBe('InternalException');
    expect(await answer(found())).toMatch(/^InternalException/);
  });
});

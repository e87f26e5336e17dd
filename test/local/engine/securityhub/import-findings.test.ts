import {
  type AwsSecurityFinding,
  EnableSecurityHubCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Cloud } from '../../../../local/cloud';
import { DAY } from '../../../../shared/domain/time';
import { answer, to } from '../sns/sdk';
import { ACCOUNT, AWAY, cloudAt, HOME, STRANGER } from '../world';
import { finding, ProductArn, using } from './findings';

describe('findings that are imported', () => {
  let cloud: Cloud;
  let hub: SecurityHubClient;
  const { put, found, only, fare, update } = using(() => hub);

  beforeEach(async () => {
    cloud = cloudAt('2026-03-01 09:00');
    hub = new SecurityHubClient(to(cloud));
    await hub.send(new EnableSecurityHubCommand({}));
  });

  it('are kept, with what Security Hub says of them itself', async () => {
    expect(await put(finding())).toMatchObject({ SuccessCount: 1, FailedCount: 0, FailedFindings: [] });
    expect(await only()).toEqual({
      ...finding(),
      ProductName: 'Default',
      CompanyName: 'Personal',
      Region: HOME,
      ProcessedAt: '2026-03-01T09:00:00.000Z',
      RecordState: 'ACTIVE',
      WorkflowState: 'NEW',
      Workflow: { Status: 'NEW' },
      Severity: { Label: 'HIGH', Normalized: 70 },
      Types: finding().FindingProviderFields?.Types,
      ProductFields: {
        'aws/securityhub/FindingId': `${ProductArn}/${finding().Id}`,
        'aws/securityhub/ProductName': 'Default',
        'aws/securityhub/CompanyName': 'Personal',
      },
    });
  });

  it('fail one by one', async () => {
    const findings = [finding({ Id: 'a' }), finding({ Id: 'b', Title: '' }), finding({ Id: 'c' })];
    expect(await put(...findings)).toMatchObject({
      SuccessCount: 2,
      FailedCount: 1,
      FailedFindings: [{ Id: 'b', ErrorCode: 'InvalidInput' }],
    });
    expect((await found()).map(({ Id }) => Id)).toEqual(['a', 'c']);
  });

  it('come a hundred in a call at most, and one at least', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => finding({ Id: `f-${n}` }));
    expect((await put(...many(100))).SuccessCount).toBe(100);
    expect(await answer(put(...many(101)))).toMatch(/^InvalidInputException: .*not 101$/);
    expect(await answer(put())).toMatch(/^InvalidInputException: .*not 0$/);
  });

  it('have 240 KB each at most, and 6 MB in a call', async () => {
    const sized = (bytes: number, Id: string) => {
      const bare = Buffer.byteLength(JSON.stringify(finding({ Id, Resources: resources(0) })));
      return finding({ Id, Resources: resources(bytes - bare) });
    };
    const resources = (length: number) => [{ Type: 'Other', Id: `r${'x'.repeat(length)}` }];
    const KB = 1024;
    expect((await put(sized(240 * KB, 'a'))).FailedFindings).toEqual([]);
    expect((await put(sized(240 * KB + 1, 'b'))).FailedFindings).toEqual([
      { Id: 'b', ErrorCode: 'FindingSizeExceeded', ErrorMessage: 'Finding size exceeded 240 KB' },
    ]);
    const many = (count: number) => Array.from({ length: count }, (_, n) => sized(240 * KB - 100, `f${n}`));
    expect((await put(...many(25))).SuccessCount).toBe(25);
    expect(await answer(put(...many(26)))).toMatch(/^InvalidInputException: .*6 MB$/);
  });

  it.each([
    'SchemaVersion',
    'GeneratorId',
    'CreatedAt',
    'UpdatedAt',
    'Title',
    'Description',
    'Resources',
  ] as const)('need a %s', async (name) => {
    expect(await fare({ [name]: undefined })).toBe(
      `InvalidInput: Finding does not adhere to Amazon Finding Format. data must have required property '${name}'.`,
    );
    expect(await fare({})).toBe('ok');
  });

  it('need a severity and a type, at the top or from their provider', async () => {
    const { Severity, Types } = finding().FindingProviderFields ?? {};
    expect(await fare({ FindingProviderFields: undefined, Severity: { Label: 'LOW' }, Types })).toBe('ok');
    expect(await fare({ FindingProviderFields: { Severity }, Types })).toBe('ok');
    expect(await fare({ FindingProviderFields: { Severity } })).toMatch(/required property 'Types'\.$/);
    expect(await fare({ FindingProviderFields: { Types } })).toMatch(/required property 'Severity'\.$/);
    expect(await fare({ FindingProviderFields: { Types }, Severity: {} })).toMatch(/^InvalidInput/);
  });

  it.each<[string, Partial<AwsSecurityFinding>, Partial<AwsSecurityFinding>]>([
    ['the one schema', { SchemaVersion: '2018-10-08' }, { SchemaVersion: '2020-01-01' }],
    ['an id of 512 characters', { Id: 'i'.repeat(512) }, { Id: 'i'.repeat(513) }],
    ['a generator of 512', { GeneratorId: 'g'.repeat(512) }, { GeneratorId: 'g'.repeat(513) }],
    ['a title of 256', { Title: 't'.repeat(256) }, { Title: 't'.repeat(257) }],
    ['a title that says something', { Title: 't' }, { Title: ' ' }],
    ['a description of 1024', { Description: 'd'.repeat(1024) }, { Description: 'd'.repeat(1025) }],
    [
      'a time with a zone',
      { UpdatedAt: '2026-03-01T08:00:00.123+01:00' },
      { UpdatedAt: '2026-03-01T08:00:00' },
    ],
    ['a resource', { Resources: [{ Type: 'Other', Id: 'r' }] }, { Resources: [] }],
    [
      '32 resources',
      { Resources: Array(32).fill({ Type: 'Other', Id: 'r' }) },
      { Resources: Array(33).fill({ Type: 'Other', Id: 'r' }) },
    ],
    [
      'a resource with an id',
      { Resources: [{ Type: 'Other', Id: 'r', Partition: 'aws', Region: AWAY }] },
      { Resources: [{ Type: 'Other', Id: undefined }] },
    ],
    [
      'a recommendation of 512',
      { Remediation: { Recommendation: { Text: 'r'.repeat(512), Url: 'https://example.com' } } },
      { Remediation: { Recommendation: { Text: 'r'.repeat(513) } } },
    ],
    ['a web address', { SourceUrl: 'https://example.com/runbook' }, { SourceUrl: 'runbook' }],
    [
      '32 requirements',
      { Compliance: { Status: 'FAILED', RelatedRequirements: Array(32).fill('NIST.800-53.r5 CP-9') } },
      { Compliance: { RelatedRequirements: Array(33).fill('NIST.800-53.r5 CP-9') } },
    ],
    [
      'a status of compliance',
      { Compliance: { Status: 'NOT_AVAILABLE' } },
      { Compliance: { Status: 'UNKNOWN' as 'FAILED' } },
    ],
    ['a record state', { RecordState: 'ARCHIVED' }, { RecordState: 'RESOLVED' as 'ACTIVE' }],
    ['a workflow', { Workflow: { Status: 'RESOLVED' } }, { Workflow: { Status: 'DONE' as 'NEW' } }],
    ['a number as severity', { Severity: { Normalized: 100 } }, { Severity: { Normalized: 101 } }],
    ['a type of a namespace', { Types: ['Effects/Data Exposure'] }, { Types: ['Backups/Late'] }],
    ['50 fields', { ProductFields: fields(50, 'v') }, { ProductFields: fields(51, 'v') }],
    [
      'fields of 2048',
      { ProductFields: { a: 'v'.repeat(2048) } },
      { ProductFields: { a: 'v'.repeat(2049) } },
    ],
    [
      'names of fields of 128',
      { ProductFields: { ['n'.repeat(128)]: 'v' } },
      { ProductFields: { ['n'.repeat(129)]: 'v' } },
    ],
    [
      'fields of the customer of 1024',
      { UserDefinedFields: { a: 'v'.repeat(1024) } },
      { UserDefinedFields: { a: 'v'.repeat(1025) } },
    ],
    [
      'a note of 512',
      { Note: { Text: 'n'.repeat(512), UpdatedBy: 'me', UpdatedAt: '2026-03-01T08:00:00Z' } },
      { Note: { Text: 'n'.repeat(513), UpdatedBy: 'me', UpdatedAt: '2026-03-01T08:00:00Z' } },
    ],
    ['a confidence', { Confidence: 100 }, { Confidence: 101 }],
  ])('have %s', async (_what, fitting, other) => {
    expect(await fare(fitting)).toBe('ok');
    expect(await fare(other)).toMatch(
      /^InvalidInput: Finding does not adhere to Amazon Finding Format\. data/,
    );
  });

  it('are of the account, its region, and the product that it has without asking', async () => {
    const denied = (over: Partial<AwsSecurityFinding>) => answer(put(finding(), finding(over)));
    const DENIED = /^AccessDeniedException: .* is not authorized to perform: securityhub:BatchImportFindings/;
    expect(await denied({ AwsAccountId: STRANGER })).toMatch(DENIED);
    expect(await denied({ ProductArn: ProductArn.replace(HOME, AWAY) })).toMatch(DENIED);
    expect(await denied({ ProductArn: ProductArn.replaceAll(ACCOUNT, STRANGER) })).toMatch(DENIED);
    expect(await denied({ ProductArn: `arn:aws:securityhub:${HOME}::product/prowler/prowler` })).toMatch(
      DENIED,
    );
    expect(await denied({ ProductArn: 'arn:aws:securityhub:::product/a/b' })).toMatch(
      /^InvalidInputException/,
    );
    expect(await denied({ Id: undefined })).toMatch(/^InvalidInputException/);
    expect(await found()).toEqual([]);
  });

  it('each fail where Security Hub is not on, and the call succeeds', async () => {
    const away = using(() => new SecurityHubClient(to(cloud, AWAY)));
    expect(await away.put(finding({ ProductArn: ProductArn.replace(HOME, AWAY) }))).toMatchObject({
      SuccessCount: 0,
      FailedCount: 1,
      FailedFindings: [
        {
          Id: finding().Id,
          ErrorCode: 'InvalidAccess',
          ErrorMessage: `Account ${ACCOUNT} is not subscribed to AWS Security Hub`,
        },
      ],
    });
  });

  describe('again', () => {
    const LATER = { UpdatedAt: '2026-03-01T09:00:00Z' };

    beforeEach(async () => {
      await put(finding({ Compliance: { Status: 'FAILED' } }));
    });

    it('are updated by what is newer', async () => {
      await put(
        finding({ ...LATER, Title: 'new', RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } }),
      );
      expect(await only()).toMatchObject({
        ...LATER,
        Title: 'new',
        RecordState: 'ARCHIVED',
        Compliance: { Status: 'PASSED' },
      });
    });

    it.each(['2026-03-01T08:00:00Z', '2026-03-01T07:59:59.999Z', '2026-03-01T09:00:00+01:00'])(
      'are left alone by what is of %s, and that counts as a success',
      async (UpdatedAt) => {
        expect(await fare({ UpdatedAt, Title: 'old' })).toBe('ok');
        expect((await only()).Title).toBe(finding().Title);
      },
    );

    it("keep what is the customer's, whatever their provider says of it", async () => {
      await update({
        Workflow: { Status: 'SUPPRESSED' },
        Note: { Text: 'known', UpdatedBy: 'on-call' },
        UserDefinedFields: { ticket: 'OPS-4' },
        VerificationState: 'BENIGN_POSITIVE',
      });
      const provider = {
        Workflow: { Status: 'NEW' },
        Note: { Text: 'mine', UpdatedBy: 'holdfast', UpdatedAt: '2026-03-01T08:00:00Z' },
        UserDefinedFields: { ticket: 'none' },
        VerificationState: 'UNKNOWN',
      } as const;
      await put(finding({ ...LATER, ...provider, Title: 'new' }));
      expect(await only()).toMatchObject({
        Title: 'new',
        Workflow: { Status: 'SUPPRESSED' },
        Note: { Text: 'known', UpdatedBy: 'on-call' },
        UserDefinedFields: { ticket: 'OPS-4' },
        VerificationState: 'BENIGN_POSITIVE',
      });
    });

    it('cannot be resolved by their provider', async () => {
      await put(finding({ ...LATER, Workflow: { Status: 'RESOLVED' } }));
      expect((await only()).Workflow).toEqual({ Status: 'NEW' });
      await put(finding({ Id: 'other', Workflow: { Status: 'RESOLVED' } }));
      const [other] = await found({ Id: [{ Value: 'other', Comparison: 'EQUALS' }] });
      expect(other?.Workflow).toEqual({ Status: 'RESOLVED' });
    });

    it.each([
      ['NOTIFIED', 'NEW'],
      ['RESOLVED', 'NEW'],
      ['SUPPRESSED', 'SUPPRESSED'],
    ] as const)('that were %s are %s when they come back, or fail again', async (Status, after) => {
      const statusAfter = async (first: Partial<AwsSecurityFinding>, second: Partial<AwsSecurityFinding>) => {
        const UpdatedAt = (minute: number) => `2026-03-01T1${minute}:00:00Z`;
        const Id = JSON.stringify(first);
        await put(finding({ ...first, Id }));
        await update({ FindingIdentifiers: [{ Id, ProductArn }], Workflow: { Status } });
        await put(finding({ ...first, Id, UpdatedAt: UpdatedAt(0) }));
        const [still] = await found({ Id: [{ Value: Id, Comparison: 'EQUALS' }] });
        expect(still?.Workflow).toEqual({ Status });
        await put(finding({ ...second, Id, UpdatedAt: UpdatedAt(1) }));
        const [now] = await found({ Id: [{ Value: Id, Comparison: 'EQUALS' }] });
        return now?.Workflow?.Status;
      };
      expect(await statusAfter({ RecordState: 'ARCHIVED' }, { RecordState: 'ACTIVE' })).toBe(after);
      const passed = { Compliance: { Status: 'PASSED' } } as const;
      expect(await statusAfter(passed, { Compliance: { Status: 'FAILED' } })).toBe(after);
      expect(await statusAfter({ Compliance: { Status: 'FAILED' } }, passed)).toBe(Status);
    });

    it('have the severity of their provider until the customer has another', async () => {
      const { Types } = finding().FindingProviderFields ?? {};
      const grave = {
        FindingProviderFields: { Severity: { Label: 'CRITICAL', Original: '9.1' }, Types },
      } as const;
      await put(finding({ ...LATER, ...grave }));
      expect((await only()).Severity).toEqual({ Label: 'CRITICAL', Normalized: 90, Original: '9.1' });
      await update({ Severity: { Label: 'LOW' } });
      await update({ Types: ['Effects'] });
      await put(finding({ ...grave, UpdatedAt: '2026-03-01T10:00:00Z', Severity: { Label: 'HIGH' } }));
      expect(await only()).toMatchObject({
        Severity: { Label: 'LOW', Normalized: 1 },
        FindingProviderFields: { Severity: { Label: 'CRITICAL', Original: '9.1' } },
      });
    });

    it('have what their provider says at the top there, and under its own fields what it says under these', async () => {
      const { Types } = finding().FindingProviderFields ?? {};
      const both = {
        Severity: { Label: 'LOW' },
        FindingProviderFields: { Severity: { Label: 'HIGH' }, Types },
      } as const;
      await put(finding({ ...LATER, ...both }));
      expect(await only()).toMatchObject({
        Severity: { Label: 'LOW' },
        FindingProviderFields: { Severity: { Label: 'HIGH' } },
      });
      await put(finding({ ...both, Id: 'new' }));
      expect(await found({ Id: [{ Value: 'new', Comparison: 'EQUALS' }] })).toMatchObject([
        { Severity: { Label: 'HIGH' }, FindingProviderFields: { Severity: { Label: 'HIGH' } } },
      ]);
    });

    it('go 90 days after the last update, and are then new', async () => {
      await cloud.clock.advance(60 * DAY);
      await update({ Workflow: { Status: 'RESOLVED' } });
      await cloud.clock.advance(90 * DAY - 1);
      expect((await only()).Workflow).toEqual({ Status: 'RESOLVED' });
      await cloud.clock.advance(1);
      expect(await found()).toEqual([]);
      await put(finding());
      expect((await only()).Workflow).toEqual({ Status: 'NEW' });
    });
  });
});

function fields(count: number, value: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, value]));
}

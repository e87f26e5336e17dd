import {
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  type BatchUpdateFindingsCommandInput,
  GetFindingsCommand,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { ACCOUNT, HOME } from '../world';

export const ProductArn = `arn:aws:securityhub:${HOME}:${ACCOUNT}:product/${ACCOUNT}/default`;

/** As little as Security Hub takes. */
export function finding(over: Partial<AwsSecurityFinding> = {}): AwsSecurityFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: 'recovery-point/qrosity-db',
    ProductArn,
    GeneratorId: 'holdfast/recovery-point',
    AwsAccountId: ACCOUNT,
    CreatedAt: '2026-03-01T08:00:00Z',
    UpdatedAt: '2026-03-01T08:00:00Z',
    Title: 'The newest copy is older than promised',
    Description: 'It is 94 minutes old; the promise is 60.',
    Resources: [{ Type: 'AwsRdsDbInstance', Id: 'arn:aws:rds:us-east-1:111122223333:db:qrosity-db' }],
    FindingProviderFields: {
      Severity: { Label: 'HIGH' },
      Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    },
    ...over,
  };
}

/** What a test does with Security Hub, through the client of the moment. */
export function using(hub: () => SecurityHubClient) {
  const put = (...Findings: AwsSecurityFinding[]) => hub().send(new BatchImportFindingsCommand({ Findings }));
  const found = async (Filters: AwsSecurityFindingFilters = {}) =>
    (await hub().send(new GetFindingsCommand({ Filters, MaxResults: 100 }))).Findings ?? [];
  return {
    put,
    found,
    /** The one finding that there is. */
    only: async (): Promise<AwsSecurityFinding> => {
      const [only, ...others] = await found();
      if (only === undefined || others.length > 0) throw new Error('there is not exactly one finding');
      return only;
    },
    /** How a single finding fares: `ok`, or why it failed. */
    fare: async (over: Partial<AwsSecurityFinding>): Promise<string> => {
      const { FailedFindings = [], SuccessCount } = await put(finding(over));
      const [failed] = FailedFindings;
      if (failed === undefined) return SuccessCount === 1 ? 'ok' : 'neither failed nor succeeded';
      return `${failed.ErrorCode}: ${failed.ErrorMessage}`;
    },
    update: (input: Partial<BatchUpdateFindingsCommandInput>) =>
      hub().send(
        new BatchUpdateFindingsCommand({ FindingIdentifiers: [{ Id: finding().Id, ProductArn }], ...input }),
      ),
  };
}

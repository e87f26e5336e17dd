import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import Ajv from 'ajv';

const text = (maxLength?: number) => ({
  type: 'string',
  pattern: '\\S',
  ...(maxLength !== undefined && { maxLength }),
});

const oneOf = (...values: readonly string[]) => ({ type: 'string', enum: values });

const pairs = (keyLength: number, valueLength: number) => ({
  type: 'object',
  maxProperties: 50,
  propertyNames: { maxLength: keyLength },
  additionalProperties: { type: 'string', maxLength: valueLength },
});

/** RFC 3339 with a zone, as Security Hub gives it when it refuses one. */
const TIME = {
  type: 'string',
  pattern:
    '^\\d{4}-[0-1]\\d-[0-3]\\d[Tt](?:[0-2]\\d:[0-5]\\d:[0-5]\\d|23:59:60)(?:\\.\\d+)?(?:[Zz]|[+-]\\d\\d(?::?\\d\\d)?)$',
};

const SHARE = { type: 'integer', minimum: 0, maximum: 100 };

const LABEL = oneOf('INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL');

const SEVERITY = {
  type: 'object',
  properties: { Label: LABEL, Normalized: SHARE, Original: text(64) },
  anyOf: [{ required: ['Label'] }, { required: ['Normalized'] }],
};

const TYPES = {
  type: 'array',
  minItems: 1,
  maxItems: 50,
  items: {
    type: 'string',
    pattern:
      '^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(/.+)?$',
  },
};

const RELATED = {
  type: 'array',
  minItems: 1,
  maxItems: 10,
  items: { type: 'object', required: ['ProductArn', 'Id'] },
};

const OVERRULED = { Confidence: SHARE, Criticality: SHARE, RelatedFindings: RELATED, Types: TYPES };

/**
 * The AWS Security Finding Format as far as a finding of one's own uses it: what is required, and the limits that the
 * API reference states. Severity and types are required at the top or, as AWS prefers, under FindingProviderFields.
 */
const FORMAT = {
  type: 'object',
  required: [
    'SchemaVersion',
    'Id',
    'ProductArn',
    'GeneratorId',
    'AwsAccountId',
    'CreatedAt',
    'UpdatedAt',
    'Title',
    'Description',
    'Resources',
  ],
  allOf: ['Severity', 'Types'].map((name) => ({
    anyOf: [
      { required: [name] },
      { required: ['FindingProviderFields'], properties: { FindingProviderFields: { required: [name] } } },
    ],
  })),
  properties: {
    ...OVERRULED,
    SchemaVersion: { const: '2018-10-08' },
    Id: text(512),
    ProductArn: text(2048),
    GeneratorId: text(512),
    AwsAccountId: { type: 'string', pattern: '^\\d{12}$' },
    CreatedAt: TIME,
    UpdatedAt: TIME,
    FirstObservedAt: TIME,
    LastObservedAt: TIME,
    Title: text(256),
    Description: text(1024),
    SourceUrl: { type: 'string', pattern: '^https?://\\S+$' },
    ProductName: text(128),
    CompanyName: text(128),
    ProductFields: pairs(128, 2048),
    UserDefinedFields: pairs(128, 1024),
    Severity: SEVERITY,
    FindingProviderFields: {
      type: 'object',
      properties: {
        ...OVERRULED,
        Severity: {
          type: 'object',
          required: ['Label'],
          properties: { Label: LABEL, Original: text(64) },
        },
      },
    },
    Remediation: {
      type: 'object',
      properties: {
        Recommendation: {
          type: 'object',
          properties: { Text: text(512), Url: { type: 'string', pattern: '^https?://\\S+$' } },
        },
      },
    },
    Resources: {
      type: 'array',
      minItems: 1,
      maxItems: 32,
      items: {
        type: 'object',
        required: ['Type', 'Id'],
        properties: {
          Type: text(256),
          Id: text(),
          Partition: oneOf('aws', 'aws-cn', 'aws-us-gov'),
          Region: text(16),
        },
      },
    },
    Compliance: {
      type: 'object',
      properties: {
        Status: oneOf('PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE'),
        RelatedRequirements: { type: 'array', maxItems: 32, items: text() },
        StatusReasons: { type: 'array', items: { type: 'object', required: ['ReasonCode'] } },
      },
    },
    RecordState: oneOf('ACTIVE', 'ARCHIVED'),
    VerificationState: oneOf('UNKNOWN', 'TRUE_POSITIVE', 'FALSE_POSITIVE', 'BENIGN_POSITIVE'),
    Workflow: {
      type: 'object',
      properties: { Status: oneOf('NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED') },
    },
    Note: {
      type: 'object',
      required: ['Text', 'UpdatedBy', 'UpdatedAt'],
      properties: { Text: text(512), UpdatedBy: text(512), UpdatedAt: TIME },
    },
  },
};

const check = new Ajv({ strict: false }).compile(FORMAT);

/** What is wrong with a finding, `data.Title must NOT have ...` as AWS's own validator says it; `null` for nothing. */
export function misfit(finding: AwsSecurityFinding): string | null {
  if (check(finding)) return null;
  const [error] = check.errors ?? [];
  const path = (error?.instancePath ?? '').replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
  return `data${path} ${error?.message}`;
}

/** "The maximum allowed size for a finding is 240 Kb" (BatchImportFindings). */
export function isTooLarge(finding: AwsSecurityFinding): boolean {
  return Buffer.byteLength(JSON.stringify(finding)) > 240 * 1024;
}

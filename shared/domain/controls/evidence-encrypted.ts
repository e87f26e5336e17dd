import { aws } from './command';
import { control } from './control';
import { given, on } from './finding';
import { ofInstallation } from './scope';

export const evidenceEncrypted = control(
  {
    id: 'evidence-encrypted',
    title: 'Evidence is encrypted under a key of KMS',
    requirements: ['SEC-1'],
    severity: 'medium',
    rationale:
      'Records name databases, tenants and roles. Under a key of KMS, whoever reads them needs the right to use the key as well, and CloudTrail has who did.',
    remedy: {
      text: 'Deploy anew: the stack encrypts the bucket',
      command: 'aws s3api get-bucket-encryption --bucket BUCKET',
    },
    runbook: 'docs/controls.md#evidence-encrypted',
    pass: 'daily',
    frameworks: ['Security Hub S3.17', 'NIST 800-53 AU-9(3)', 'NIST 800-53 SC-28(1)', 'ISO 27001 A.8.24'],
  },
  ofInstallation('evidence', 'encrypted under a key of KMS', (seen) =>
    given(seen.evidence, ({ bucket, encryption }) =>
      on(
        encryption === 'kms',
        { on: 'under a key of KMS', off: encryption === 's3' ? "under S3's own key" : 'not encrypted' },
        {
          cost: 'the records, to whoever may read the bucket',
          command: aws('s3api', 'get-bucket-encryption', '--region', seen.policy.home, '--bucket', bucket),
        },
      ),
    ),
  ),
);

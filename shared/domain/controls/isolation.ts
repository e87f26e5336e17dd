import { control } from './control';
import { ofChecks } from './inspection-seen';

export const isolation = control(
  {
    id: 'isolation',
    title: "No tenant's data is reached from another tenant's",
    requirements: ['TEN-3'],
    severity: 'high',
    rationale: 'Schemas keep tenants apart only as long as no role, grant, view or foreign key leads across.',
    remedy: {
      text: 'Revoke the grant or drop the view; name a role that is meant to reach several in tenants.roles',
      command:
        'aws lambda invoke --function-name DEPLOYMENT-inspect-database --cli-binary-format raw-in-base64-out --payload \'{"database":"DATABASE"}\' /dev/stdout',
    },
    runbook: 'docs/inspection.md#what-is-checked',
    pass: 'daily',
    frameworks: ['NIST 800-53 AC-3', 'NIST 800-53 AC-6', 'ISO 27001 A.8.3', 'SOC 2 CC6.1'],
  },
  ofChecks(
    ['isolation.'],
    'only the owner and the roles of tenants.roles reach several schemas; no grant to PUBLIC, nothing that crosses',
    ({ tenants }) => tenants !== null,
    "one tenant's data, to users of another",
  ),
);

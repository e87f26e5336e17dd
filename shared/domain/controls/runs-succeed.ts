import { ofAlarms } from './alarms-of';
import { control } from './control';

export const runsSucceed = control(
  {
    id: 'runs-succeed',
    title: 'Runs of our own functions succeed',
    requirements: ['OPS-1', 'OPS-3'],
    severity: 'medium',
    rationale:
      'A run tries every item and fails once with the list of those that did not go through: what stands in it, nobody else does.',
    remedy: {
      text: 'Read the list in the log of the newest run that failed',
      command:
        'aws logs tail /aws/lambda/DEPLOYMENT-FUNCTION --region REGION --since 1d --filter-pattern ERROR',
    },
    runbook: 'functions/create-snapshot/README.md#alarm-create-snapshot-failures',
    pass: 'light',
    frameworks: ['NIST 800-53 CA-7', 'SOC 2 A1.2'],
  },
  ofAlarms('failures', {
    expected: 'no run fails',
    fine: 'no run has failed of late',
    wrong: 'runs fail',
    cost: {
      'create-snapshot': 'slots that were refused are missing until a run takes them',
      'copy-snapshot': 'the recovery point of a copy region grows older',
      'prune-snapshots': 'snapshots pile up towards the quota',
      'rotate-keys': 'a key is not rotated or kept as promised',
      'inspect-database': 'a database failed a check, or could not be looked into',
      'test-restore': 'a restore test failed, or could not be begun, taken further or cleaned away',
      'report-compliance': 'somebody is not told what was found, or the auditor has no report of that day',
    },
  }),
);

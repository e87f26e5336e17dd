import { ofAlarms } from './alarms-of';
import { control } from './control';

export const schedulesAlive = control(
  {
    id: 'schedules-alive',
    title: 'Our own functions run on schedule',
    requirements: ['OPS-1'],
    severity: 'critical',
    rationale:
      'What does not run, fails in silence. Each function has an alarm that counts its runs, and takes their absence for what it is. Those alarms go to the topic by themselves: where report-compliance is what does not run, nobody else would tell.',
    remedy: {
      text: 'See whether the schedule is enabled and may invoke the function; then invoke it by hand',
      command: 'aws scheduler list-schedules --region REGION --group-name DEPLOYMENT',
    },
    runbook: 'functions/create-snapshot/README.md#alarm-create-snapshot-not-running',
    pass: 'light',
    frameworks: ['NIST 800-53 CA-7', 'NIST 800-53 CP-9', 'SOC 2 A1.2'],
  },
  ofAlarms('not-running', {
    expected: 'runs as often as its schedule says',
    fine: 'it runs',
    wrong: 'it has not run',
    cost: {
      'create-snapshot': 'no slot is taken: the recovery point grows older',
      'copy-snapshot': 'nothing new leaves the home region',
      'prune-snapshots': 'the quota fills in days, and then no snapshot is taken',
      'rotate-keys': 'nobody watches over the keys that backups hang on',
      'inspect-database': 'nobody looks whether the databases are whole',
      'test-restore': 'no backup is tested',
      'report-compliance': 'nobody is told what is late, and the auditor has no report',
    },
  }),
);

import { authorityValid } from '../../../../../shared/domain/controls/authority-valid';
import { backupRetention } from '../../../../../shared/domain/controls/backup-retention';
import { backupWindow } from '../../../../../shared/domain/controls/backup-window';
import type { Control } from '../../../../../shared/domain/controls/control';
import { databaseInsights } from '../../../../../shared/domain/controls/database-insights';
import { deletionProtection } from '../../../../../shared/domain/controls/deletion-protection';
import { encryptionInstance } from '../../../../../shared/domain/controls/encryption-instance';
import { engineSupported } from '../../../../../shared/domain/controls/engine-supported';
import { maintenancePlanned } from '../../../../../shared/domain/controls/maintenance-planned';
import { multiAz } from '../../../../../shared/domain/controls/multi-az';
import { notPublic } from '../../../../../shared/domain/controls/not-public';
import type { Settings } from '../../../../../shared/domain/controls/seen';
import { tagsCopied } from '../../../../../shared/domain/controls/tags-copied';
import { tlsForced } from '../../../../../shared/domain/controls/tls-forced';
import { DAY, SECOND } from '../../../../../shared/domain/time';
import { complete, databaseSeen, judged, NOW, seen } from '../../../../support/seen';

const set = (settings: Partial<Settings>) => seen({ databases: [databaseSeen({}, { settings })] });
const modify = 'aws rds modify-db-instance --region us-east-1 --db-instance-identifier qrosity-db';

describe('a setting', () => {
  it.each<[Control, Partial<Settings>, string, string]>([
    [multiAz, { multiAz: false }, 'it runs in one zone', '--multi-az'],
    [
      backupRetention,
      { backupRetentionDays: 0 },
      'automated backups are off',
      '--backup-retention-period 30',
    ],
    [backupRetention, { backupRetentionDays: 29 }, 'kept for 29 days of 30', '--backup-retention-period 30'],
    [
      backupWindow,
      { backupWindow: '00:30-01:01' },
      '00:30-01:01 UTC; the promise is 00:00-01:00',
      '--preferred-backup-window 00:00-01:00',
    ],
    [
      databaseInsights,
      { performanceInsights: false },
      'off',
      `--cli-input-json '{"EnablePerformanceInsights":true}'`,
    ],
    [tagsCopied, { copyTagsToSnapshot: false }, 'off', '--copy-tags-to-snapshot'],
    [notPublic, { publiclyAccessible: true }, 'publicly accessible', '--no-publicly-accessible'],
  ])('of $id that is wrong is told with the command that rights it', (control, settings, found, words) => {
    expect(judged(control, set(settings))).toMatchObject({
      verdict: 'failed',
      found,
      command: `${modify} ${words} --apply-immediately`,
    });
  });

  it.each([multiAz, backupRetention, backupWindow, databaseInsights, tagsCopied, notPublic])(
    'of $id is unknown where RDS did not tell it',
    (control) => {
      const one = { ...databaseSeen(), settings: { unseen: 'throttled' } };
      expect(judged(control, seen({ databases: [one] }))).toMatchObject({
        verdict: 'unknown',
        found: 'throttled',
      });
    },
  );
});

describe('the retention of automated backups', () => {
  it.each([
    [0, 'every moment between two snapshots'],
    [29, 'the moments that are more than 29 days ago'],
  ])('of %i days costs what it does not reach', (backupRetentionDays, cost) => {
    expect(judged(backupRetention, set({ backupRetentionDays })).cost).toBe(cost);
  });

  it('may be longer than promised', () => {
    expect(judged(backupRetention, set({ backupRetentionDays: 35 })).verdict).toBe('passed');
  });

  it('is not spoken of where PITR is not promised', () => {
    const look = seen({}, { policy: complete({ pitr: null }) });
    expect([...backupRetention.judge(look), ...backupWindow.judge(look)]).toEqual([]);
  });
});

describe('the window of automated backups', () => {
  const judge = (window: string, promised: string) =>
    judged(backupWindow, {
      ...set({ backupWindow: window }),
      policy: complete({ pitr: { retention: 30 * DAY, window: promised } }),
    }).verdict;

  it.each([
    ['00:15-00:45', '00:00-01:00', 'passed'],
    ['23:30-00:30', '23:00-01:00', 'passed'],
    ['00:00-00:30', '23:00-01:00', 'passed'],
    ['22:59-23:30', '23:00-01:00', 'failed'],
    ['23:30-00:30', '00:00-01:00', 'failed'],
    ['00:30-00:15', '00:00-01:00', 'failed'],
    ['', '00:00-01:00', 'unknown'],
  ])('%s within %s: %s', (window, promised, verdict) => {
    expect(judge(window, promised)).toBe(verdict);
  });
});

it("takes Database Insights' advanced mode, and never its standard one, for performance insights", () => {
  const judge = (databaseInsightsMode: 'standard' | 'advanced') =>
    judged(databaseInsights, set({ performanceInsights: false, databaseInsights: databaseInsightsMode }))
      .found;
  expect([judge('advanced'), judge('standard')]).toEqual(['on, in the advanced mode', 'off']);
  expect(judged(databaseInsights, seen()).found).toBe('on');
});

describe('the instance itself', () => {
  const of = (fields: Parameters<typeof databaseSeen>[0]) => seen({ databases: [databaseSeen(fields)] });

  it('is told when it is not encrypted, with the call that brings its newest snapshot under a key', () => {
    const look = of({ encrypted: false, key: null });
    expect(judged(encryptionInstance, look)).toMatchObject({
      verdict: 'failed',
      found: 'not encrypted',
      command:
        'aws lambda invoke --function-name holdfast-prod-copy-snapshot --cli-binary-format raw-in-base64-out' +
        ` --payload '{"database":"qrosity-db","rekey":{"to":"alias/holdfast"}}' /dev/stdout`,
    });
    const bare = { ...look, snapshots: new Map([['us-east-1', { seen: [] }]]) };
    expect(judged(encryptionInstance, bare).command).toContain('holdfast-prod-create-snapshot');
  });

  it('is told when one call deletes it', () => {
    expect(judged(deletionProtection, of({ deletionProtection: false }))).toMatchObject({
      verdict: 'failed',
      command: `${modify} --deletion-protection --apply-immediately`,
    });
  });

  it.each([encryptionInstance, deletionProtection])(
    'is unknown to $id where no instance was seen',
    (control) => {
      const look = seen({}, { databases: { unseen: 'us-east-1: denied' } });
      expect(judged(control, look)).toMatchObject({
        subject: { database: 'qrosity-db', region: 'us-east-1' },
        verdict: 'unknown',
        found: 'us-east-1: denied',
      });
    },
  );
});

it.each([
  [{ seen: true }, 'passed'],
  [{ seen: false }, 'failed'],
  [{ unseen: 'the parameter group is gone' }, 'unknown'],
])('takes %j for TLS: %s', (part, verdict) => {
  expect(judged(tlsForced, seen({ databases: [databaseSeen({}, { tlsForced: part })] })).verdict).toBe(
    verdict,
  );
});

it.each([
  [
    'erp',
    'aws rds modify-db-parameter-group --region us-east-1 --db-parameter-group-name erp' +
      ' --parameters ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=immediate',
  ],
  // RDS's own takes no change.
  [
    'default.postgres14',
    'aws rds describe-db-instances --region us-east-1 --db-instance-identifier qrosity-db' +
      " --query 'DBInstances[].[EngineVersion,DBParameterGroups]'",
  ],
])('forces TLS by the parameter group %s', (parameterGroup, command) => {
  const one = databaseSeen({}, { tlsForced: { seen: false }, parameterGroup });
  expect(judged(tlsForced, seen({ databases: [one] })).command).toBe(command);
});

describe('the engine', () => {
  const judge = (after: number, engineVersion = '17.6', extended: number | null = null) =>
    judged(engineSupported, {
      ...set({ engineVersion }),
      engines: { seen: new Map([['17', { standard: NOW + after, extended }]]) },
    });

  it('is told half a year before its support ends', () => {
    expect(judge(180 * DAY + SECOND).verdict).toBe('passed');
    expect(judge(180 * DAY)).toMatchObject({
      verdict: 'failed',
      found: 'standard support of 17.6 ends in 180 days, on 2026-09-06',
    });
  });

  it('is told what comes after', () => {
    expect(judge(-DAY)).toMatchObject({
      found: 'standard support of 17.6 ended 1 day ago, on 2026-03-09',
      cost: 'extended support is billed by the hour from then on',
    });
    expect(judge(-400 * DAY, '17.6', NOW - DAY).cost).toBe('RDS upgrades it by itself, at any moment');
  });

  it('is unknown where AWS does not tell of its version, or was not asked', () => {
    expect(judge(DAY, '9.6.24')).toMatchObject({
      verdict: 'unknown',
      found: expect.stringContaining('9.6.24'),
    });
    expect(judged(engineSupported, seen({}, { engines: { unseen: 'denied' } })).verdict).toBe('unknown');
  });

  it('has its second number in its major version, before 10', () => {
    const engines = { seen: new Map([['9.6', { standard: NOW + 365 * DAY, extended: null }]]) };
    expect(judged(engineSupported, { ...set({ engineVersion: '9.6.24' }), engines }).verdict).toBe('passed');
    const ten = { seen: new Map([['10', { standard: NOW + 365 * DAY, extended: null }]]) };
    expect(judged(engineSupported, { ...set({ engineVersion: '10.23' }), engines: ten }).verdict).toBe(
      'passed',
    );
  });
});

describe('the certificate authority', () => {
  const judge = (after: number, authority: string | null = 'rds-ca-rsa2048-g1') =>
    judged(authorityValid, {
      ...set({ authority }),
      authorities: { seen: new Map([['rds-ca-rsa2048-g1', NOW + after]]) },
    });

  it('is told a quarter before it ends', () => {
    expect(judge(90 * DAY + SECOND).verdict).toBe('passed');
    expect(judge(90 * DAY)).toMatchObject({
      verdict: 'failed',
      found: 'rds-ca-rsa2048-g1 is valid until 2026-06-08, in 90 days',
      cost: 'clients that verify the server cannot connect from then on',
    });
    expect(judge(-DAY).cost).toBe('clients that verify the server cannot connect');
  });

  it('is unknown where RDS names none, or AWS does not tell of it', () => {
    expect(judge(DAY, null).verdict).toBe('unknown');
    expect(judge(DAY, 'rds-ca-2019').verdict).toBe('unknown');
    expect(judged(authorityValid, seen({}, { authorities: { unseen: 'denied' } })).verdict).toBe('unknown');
  });
});

describe('pending maintenance', () => {
  const judge = (maintenance: Parameters<typeof databaseSeen>[1]) =>
    judged(maintenancePlanned, seen({ databases: [databaseSeen({}, maintenance)] }));
  const forced = (after: number) => ({ seen: [{ action: 'system-update', forced: NOW + after }] });

  it('is told two weeks before AWS forces it', () => {
    expect(judge({ maintenance: forced(14 * DAY + SECOND) }).verdict).toBe('passed');
    expect(judge({ maintenance: forced(14 * DAY) })).toMatchObject({
      verdict: 'failed',
      found: 'system-update is forced in 14 days, on 2026-03-24',
      command: expect.stringContaining('--apply-action system-update --opt-in-type next-maintenance'),
    });
  });

  it('is told by what comes first', () => {
    const pending = [
      { action: 'db-upgrade', forced: NOW + 9 * DAY },
      { action: 'system-update', forced: NOW + 2 * DAY },
    ];
    expect(judge({ maintenance: { seen: pending } }).found).toContain('system-update is forced in 2 days');
  });

  it('passes while nothing is forced, and is unknown where RDS did not tell', () => {
    expect(judge({ maintenance: { seen: [{ action: 'db-upgrade', forced: null }] } }).found).toBe(
      '1 action pending, none of them forced',
    );
    expect(judge({ maintenance: { unseen: 'denied' } }).verdict).toBe('unknown');
  });
});

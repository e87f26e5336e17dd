import { SCHEDULED } from '../../../../../shared/domain/controls/alarms-of';
import { databaseCovered } from '../../../../../shared/domain/controls/database-covered';
import { evidenceEncrypted } from '../../../../../shared/domain/controls/evidence-encrypted';
import { evidenceLocked } from '../../../../../shared/domain/controls/evidence-locked';
import { objectivesAgreed } from '../../../../../shared/domain/controls/objectives-agreed';
import { policyComplete } from '../../../../../shared/domain/controls/policy-complete';
import { runsSucceed } from '../../../../../shared/domain/controls/runs-succeed';
import { schedulesAlive } from '../../../../../shared/domain/controls/schedules-alive';
import type { Alarm, EvidenceStore } from '../../../../../shared/domain/controls/seen';
import type { Database } from '../../../../../shared/domain/database';
import { DAY } from '../../../../../shared/domain/time';
import { AWAY, at, HOME, lookedAt, policy } from '../../../../support/builders';
import { complete, databaseSeen, judged, seen } from '../../../../support/seen';

describe('a database that a policy selects', () => {
  const judge = (fields: Partial<Database>) =>
    judged(databaseCovered, seen({ databases: [databaseSeen(fields)] }));

  it.each<[string, Partial<Database>, string]>([
    ['is busy', { condition: 'busy', status: 'backing-up' }, 'passed'],
    ['is stopped', { condition: 'stopped', status: 'stopped' }, 'passed'],
    [
      'lost its key',
      { condition: 'lost-key', status: 'inaccessible-encryption-credentials-recoverable' },
      'failed',
    ],
    ['failed', { condition: 'unusable', status: 'failed' }, 'failed'],
    ['is being deleted', { condition: 'deleting', status: 'deleting' }, 'failed'],
    ['is a member of a cluster', { inCluster: true }, 'failed'],
    ['has another engine', { engine: 'mysql' }, 'failed'],
  ])('that %s', (_, fields, verdict) => {
    expect(judge(fields).verdict).toBe(verdict);
  });

  it.each<[Partial<Database>, string]>([
    [
      { condition: 'deleting', status: 'deleting' },
      'aws cloudtrail lookup-events --region us-east-1 --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteDBInstance',
    ],
    [
      { inCluster: true },
      'aws rds describe-db-instances --region us-east-1 --db-instance-identifier qrosity-db',
    ],
    [
      { engine: 'mysql' },
      'aws rds describe-db-instances --region us-east-1 --db-instance-identifier qrosity-db',
    ],
  ])('as %j is told with what it costs, and the command to see why', (fields, command) => {
    expect(judge(fields)).toMatchObject({ cost: expect.any(String), command });
  });

  describe('and has lost its key', () => {
    const RECOVERABLE = 'inaccessible-encryption-credentials-recoverable';
    const lost = (status: string) => ({ condition: 'lost-key' as const, status });

    it('is started within the 7 days that RDS waits', () => {
      expect(judge(lost(RECOVERABLE))).toMatchObject({
        cost: 'what was written after the newest recovery point, once RDS gives it up: 7 days after it lost the key',
        command: 'aws rds start-db-instance --region us-east-1 --db-instance-identifier qrosity-db',
      });
    });

    it('is restored after them, from the newest snapshot whose key can be used', () => {
      const given = lost('inaccessible-encryption-credentials');
      const restore = (region: string, snapshot: string) =>
        `aws rds restore-db-instance-from-db-snapshot --region ${region} --db-instance-identifier qrosity-db-restored` +
        ` --db-snapshot-identifier ${snapshot}`;
      const found =
        'RDS says inaccessible-encryption-credentials: it has given it up, and no start brings it back';
      const cost = 'what was written after the newest recovery point';
      expect(judge(given)).toMatchObject({
        found,
        cost,
        command: restore(HOME, 'holdfast-qrosity-db-20260310-0900'),
      });
      // The snapshots at home hang on the same key; the copies have one of their own.
      const keyless = seen({
        databases: [databaseSeen(given)],
        keys: [lookedAt({ state: 'disabled' }), lookedAt({ region: AWAY }, { aliases: ['alias/holdfast'] })],
      });
      expect(judged(databaseCovered, keyless).command).toBe(
        restore(AWAY, 'holdfast-qrosity-db-20260310-0800-from-us-east-1'),
      );
      const nothing = seen({ databases: [databaseSeen(given)], home: [], away: [] });
      expect(judged(databaseCovered, nothing).command).toBe(
        'aws rds describe-db-snapshots --region us-east-1 --db-instance-identifier qrosity-db',
      );
    });
  });

  it('is missing where no instance has its name', () => {
    const look = seen(
      {},
      {
        policy: policy(
          {},
          { databases: [{ match: { identifiers: ['qrosity-db', 'qrosty-db'] }, policy: 'gold' }] },
        ),
      },
    );
    expect(judged(databaseCovered, look, { database: 'qrosty-db' })).toMatchObject({
      subject: { database: 'qrosty-db', region: HOME },
      verdict: 'failed',
      found: 'no instance of this name is in us-east-1',
    });
  });

  it('is unknown where no instance was seen', () => {
    expect(judged(databaseCovered, seen({}, { databases: { unseen: 'denied' } })).verdict).toBe('unknown');
  });
});

describe('the objectives', () => {
  const judge = (agreed: { by: string | null; on: string | null }) =>
    judged(objectivesAgreed, seen({}, { policy: complete({ agreed }) }));

  it('are agreed when somebody did so on a day', () => {
    expect(judge({ by: 'The owner', on: '2026-02-01' })).toMatchObject({
      subject: { database: '*', region: HOME, resource: 'gold' },
      verdict: 'passed',
      found: 'agreed by The owner on 2026-02-01',
    });
    expect(judge({ by: null, on: null })).toMatchObject({
      verdict: 'failed',
      found: 'nobody has agreed to losing 60 minutes of data and being away for 240 minutes',
      command: 'npm run policy',
    });
  });

  it('are judged from the policy alone, which is always seen', () => {
    expect(judged(objectivesAgreed, seen({}, { databases: { unseen: 'denied' } })).verdict).toBe('passed');
  });
});

describe('a policy', () => {
  it('is told what it leaves out', () => {
    const look = seen(
      {},
      {
        policy: complete({
          pitr: null,
          copies: [],
          restoreTest: null,
          failoverDrill: null,
          inspection: null,
        }),
      },
    );
    expect(judged(policyComplete, look)).toMatchObject({
      verdict: 'failed',
      found: expect.stringMatching(/^gold promises no point-in-time recovery .*, no looks inside/),
      cost: 'everything, if us-east-1 is lost',
      command: 'npm run policy',
      measure: { value: 5, unit: 'promises missing' },
    });
    expect(judged(policyComplete, seen({}, { policy: complete({ pitr: null }) })).measure?.value).toBe(1);
  });

  it('is unknown for databases that nobody saw', () => {
    expect(judged(policyComplete, seen({}, { databases: { unseen: 'denied' } })).verdict).toBe('unknown');
  });
});

describe('the evidence store', () => {
  const store = (fields: Partial<EvidenceStore>) => {
    const { evidence } = seen();
    return seen({}, 'seen' in evidence ? { evidence: { seen: { ...evidence.seen, ...fields } } } : {});
  };

  it.each<[Partial<EvidenceStore>, string]>([
    [{ lock: { mode: 'governance', keeps: 365 * DAY } }, 'passed'],
    [{ lock: { mode: 'compliance', keeps: 364 * DAY } }, 'failed'],
    [{ lock: null }, 'failed'],
    [{ versioned: false }, 'failed'],
  ])('with %j is locked for a year: %s', (fields, verdict) => {
    expect(judged(evidenceLocked, store(fields)).verdict).toBe(verdict);
  });

  it('says in which mode it is locked, and who can undo that', () => {
    const found = (mode: 'governance' | 'compliance') =>
      judged(evidenceLocked, store({ lock: { mode, keeps: 400 * DAY } })).found;
    expect(found('governance')).toBe(
      'locked for 400d in governance mode: only who may bypass it (s3:BypassGovernanceRetention) changes or removes a record before',
    );
    expect(found('compliance')).toBe(
      'locked for 400d in compliance mode: nobody changes or removes a record before, not even the root user',
    );
    expect(evidenceLocked.title).not.toMatch(/cannot/);
  });

  it.each<[EvidenceStore['encryption'], string]>([
    ['kms', 'under a key of KMS'],
    ['s3', "under S3's own key"],
    [null, 'not encrypted'],
  ])('encrypted by %s: %s', (encryption, found) => {
    const verdict = encryption === 'kms' ? 'passed' : 'failed';
    expect(judged(evidenceEncrypted, store({ encryption }))).toMatchObject({ verdict, found });
  });

  it('is unknown where none is set, or it could not be asked', () => {
    const look = seen({}, { evidence: { unseen: 'no bucket is set (EVIDENCE_BUCKET)' } });
    for (const control of [evidenceLocked, evidenceEncrypted])
      expect(judged(control, look)).toMatchObject({
        verdict: 'unknown',
        found: 'no bucket is set (EVIDENCE_BUCKET)',
      });
  });
});

describe.each([
  [schedulesAlive, 'not-running'],
  [runsSucceed, 'failures'],
] as const)('our own functions, by $id', (control, kind) => {
  const alarm = (state: Alarm['state']): Alarm => ({
    name: `holdfast-prod-copy-snapshot-${kind}`,
    state,
    since: at('2026-03-10 08:00'),
  });
  const judge = (alarms: readonly Alarm[]) =>
    judged(control, seen({}, { alarms: { seen: alarms } }), { resource: 'copy-snapshot' });

  it('are one subject each', () => {
    expect(control.judge(seen()).map(({ subject }) => subject.resource)).toEqual([...SCHEDULED]);
  });

  it('are judged by their alarm', () => {
    expect(judge([alarm('OK')]).verdict).toBe('passed');
    expect(judge([alarm('ALARM')])).toMatchObject({
      subject: { database: '*', region: HOME, resource: 'copy-snapshot' },
      verdict: 'failed',
      found: expect.stringContaining('since 2026-03-10T08:00:00Z'),
      command: `aws cloudwatch describe-alarm-history --region us-east-1 --alarm-name holdfast-prod-copy-snapshot-${kind}`,
      runbook: `functions/copy-snapshot/README.md#alarm-copy-snapshot-${kind}`,
    });
  });

  it('fail without an alarm, are unknown by one that has no data, and where no alarm was seen', () => {
    expect(judge([])).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('there is no alarm'),
    });
    expect(judge([alarm('INSUFFICIENT_DATA')]).verdict).toBe('unknown');
    const blind = seen({}, { alarms: { unseen: 'CloudWatch: denied' } });
    expect(judged(control, blind, { resource: 'copy-snapshot' })).toMatchObject({
      verdict: 'unknown',
      found: 'CloudWatch: denied',
    });
  });
});

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
import { at, HOME, policy } from '../../../../support/builders';
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

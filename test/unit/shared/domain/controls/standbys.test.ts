import { failoverDrilled } from '../../../../../shared/domain/controls/failover-drilled';
import type { Drill, Standby } from '../../../../../shared/domain/controls/seen';
import { standbyLag } from '../../../../../shared/domain/controls/standby-lag';
import { standbyRegion } from '../../../../../shared/domain/controls/standby-region';
import { DAY, HOUR, SECOND } from '../../../../../shared/domain/time';
import { AWAY, HOME } from '../../../../support/builders';
import { complete, databaseSeen, judged, NOW, seen } from '../../../../support/seen';

const world = (...standbys: Standby[]) =>
  seen({ databases: [databaseSeen({}, { standbys: { seen: standbys } })] });
const behind = (lag: number, id = 'standby', region = AWAY): Standby => ({ id, region, lag: { seen: lag } });
const nobodyLooks = seen({
  databases: [databaseSeen({}, { standbys: { unseen: 'nothing looks for standbys yet' } })],
});

describe('a standby in another region', () => {
  it('is one that runs elsewhere than at home', () => {
    expect(judged(standbyRegion, world(behind(0)))).toMatchObject({
      verdict: 'passed',
      found: 'standby in us-west-2',
    });
    expect(judged(standbyRegion, world(behind(0, 'reader', HOME)))).toMatchObject({
      verdict: 'failed',
      command:
        'aws rds create-db-instance-read-replica --region us-west-2 --db-instance-identifier qrosity-db-standby' +
        ' --source-db-instance-identifier arn:aws:rds:us-east-1:111122223333:db:qrosity-db --source-region us-east-1' +
        ' --kms-key-id alias/holdfast',
    });
  });

  it('may be as far behind as may be lost, and not a second further', () => {
    expect(judged(standbyLag, world(behind(HOUR)))).toMatchObject({
      verdict: 'passed',
      found: 'standby in us-west-2 is 60 minutes behind; the promise is 60 minutes',
    });
    expect(judged(standbyLag, world(behind(HOUR + SECOND)))).toMatchObject({
      verdict: 'failed',
      cost: '61 minutes of data, if us-east-1 is lost and the standby promoted now',
    });
  });

  it('counts by the one that is least behind', () => {
    expect(judged(standbyLag, world(behind(5 * HOUR, 'a'), behind(SECOND, 'b'))).found).toContain(
      'b in us-west-2',
    );
  });

  it('has no lag to speak of where there is none: standby-region tells that', () => {
    expect(standbyLag.judge(world())).toEqual([]);
    expect(standbyLag.judge(world(behind(SECOND, 'reader', HOME)))).toEqual([]);
  });

  it('has an unknown lag where nobody measured it, and the command that does', () => {
    const unmeasured = world({ id: 'standby', region: AWAY, lag: { unseen: 'CloudWatch has no figure' } });
    expect(judged(standbyLag, unmeasured)).toMatchObject({
      verdict: 'unknown',
      found: 'standby: CloudWatch has no figure',
      command:
        'aws cloudwatch get-metric-statistics --region us-west-2 --namespace AWS/RDS --metric-name ReplicaLag' +
        ' --dimensions Name=DBInstanceIdentifier,Value=standby --statistics Maximum --period 300' +
        ' --start-time 2026-03-10T08:30:00Z --end-time 2026-03-10T09:30:00Z',
    });
  });

  it('is unknown while nothing looks for one', () => {
    for (const control of [standbyRegion, standbyLag])
      expect(judged(control, nobodyLooks)).toMatchObject({
        verdict: 'unknown',
        found: 'nothing looks for standbys yet',
      });
  });
});

describe('the newest failover drill', () => {
  const judge = (drill: Partial<Drill> | null, created = NOW - 400 * DAY) =>
    judged(failoverDrilled, {
      ...seen({ databases: [databaseSeen({ created })] }),
      drills: new Map([
        [
          'qrosity-db',
          {
            seen:
              drill === null
                ? null
                : { at: NOW - DAY, passed: true, took: 90_000, found: 'it came back', ...drill },
          },
        ],
      ]),
    });
  // A quarter, and a week for a window that was missed.
  const MOST = 97 * DAY;

  it('is good for a quarter and a missed window, and not a second longer', () => {
    expect(judge({ at: NOW - MOST }).verdict).toBe('passed');
    expect(judge({ at: NOW - MOST - SECOND })).toMatchObject({
      verdict: 'failed',
      found: 'tried 97d1h ago: it came back; the promise is every 90d',
    });
  });

  it('fails where it failed, or took longer than promised', () => {
    expect(judge({ passed: false, found: 'the zones did not swap' })).toMatchObject({
      verdict: 'failed',
      found: 'tried 1d ago: the zones did not swap',
    });
    expect(judge({ took: 4 * HOUR }).verdict).toBe('passed');
    expect(judge({ took: 4 * HOUR + SECOND }).verdict).toBe('failed');
  });

  it('is missed once the database is older than that', () => {
    expect(judge(null, NOW - MOST).verdict).toBe('unknown');
    expect(judge(null, NOW - MOST - SECOND).verdict).toBe('failed');
  });

  it('is unknown while nothing keeps a record of drills', () => {
    const look = seen(
      {},
      { drills: new Map([['qrosity-db', { unseen: 'no failover drill is recorded yet' }]]) },
    );
    expect(judged(failoverDrilled, look)).toMatchObject({
      verdict: 'unknown',
      found: 'no failover drill is recorded yet',
      // A look, and no failover: that is for the agreed window.
      command:
        'aws rds describe-events --region us-east-1 --source-type db-instance --source-identifier qrosity-db' +
        ' --duration 20160 --event-categories failover',
    });
  });

  it('is not spoken of where none is promised', () => {
    expect(failoverDrilled.judge(seen({}, { policy: complete({ failoverDrill: null }) }))).toEqual([]);
  });
});

import { pitrCurrent } from '../../../../../shared/domain/controls/pitr-current';
import { recoveryPointCopy } from '../../../../../shared/domain/controls/recovery-point-copy';
import { recoveryPointHome } from '../../../../../shared/domain/controls/recovery-point-home';
import { snapshotSchedule } from '../../../../../shared/domain/controls/snapshot-schedule';
import type { Database } from '../../../../../shared/domain/database';
import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  copyTarget,
  foreign,
  HOME,
  keysSeen,
  lookedAt,
  onDemand,
  slotSnapshot,
} from '../../../../support/builders';
import { complete, copied, databaseSeen, judged, NOW, seen } from '../../../../support/seen';

/** A slot's snapshot whose data is so old. */
const aged = (age: number, fields: Partial<Snapshot> = {}) =>
  slotSnapshot(Math.floor((NOW - age) / HOUR) * HOUR, { recoveryPoint: NOW - age, ...fields });
const world = (database: Partial<Database>, home: readonly Snapshot[] = [], away: readonly Snapshot[] = []) =>
  seen({ databases: [databaseSeen({ latestRestorable: null, ...database })], home, away });
const noRegion = { snapshots: new Map([[HOME, { unseen: 'us-east-1: denied' }]]) };

describe('the newest recovery point at home', () => {
  const judge = (look: Parameters<typeof judged>[1]) => judged(recoveryPointHome, look);

  it('is as good as promised on the very minute, and too old a second later', () => {
    expect(judge(world({ latestRestorable: NOW - HOUR }))).toMatchObject({
      subject: { database: 'qrosity-db', region: HOME },
      verdict: 'passed',
      found: 'the newest recovery point at home, by PITR, is 60 minutes old; the promise is 60',
      expected: 'no older than 60 minutes (recovery.point)',
      measure: { value: 60, unit: 'minutes' },
    });
    expect(judge(world({ latestRestorable: NOW - HOUR - SECOND }))).toMatchObject({
      verdict: 'failed',
      found: 'the newest recovery point at home, by PITR, is 61 minutes old; the promise is 60',
      cost: '61 minutes of data, if the instance is lost now',
      measure: { value: 61, unit: 'minutes' },
    });
  });

  it('is the newer of the two: PITR and the newest good snapshot', () => {
    const late = NOW - 5 * HOUR;
    expect(judge(world({ latestRestorable: late }, [aged(30 * MINUTE)]))).toMatchObject({
      verdict: 'passed',
      found: expect.stringContaining('from a snapshot, is 30 minutes old'),
    });
    expect(judge(world({ latestRestorable: late }, [aged(30 * MINUTE, { state: 'pending' })])).verdict).toBe(
      'failed',
    );
  });

  it('is no snapshot of somebody else, of an earlier instance of that name, or under a key that is out of use', () => {
    const young = 10 * MINUTE;
    const others = [foreign({ recoveryPoint: NOW - young }), aged(young, { resource: 'db-earlier' })];
    expect(judge(world({}, others))).toMatchObject({
      verdict: 'failed',
      found: 'there is no recovery point at home',
      cost: 'everything, if the instance is lost now',
    });
    const locked = seen({
      databases: [databaseSeen({ latestRestorable: null })],
      home: [aged(young)],
      away: [],
      keys: [lookedAt({ state: 'disabled' })],
    });
    expect(judge(locked).verdict).toBe('failed');
  });

  it.each([
    ['disabled', { state: 'disabled' } as const, 'its key is disabled'],
    ['about to be deleted', { state: 'pending-deletion' } as const, 'its key is pending deletion'],
    ['out of reach', { state: 'unavailable' } as const, 'its key is out of reach of KMS'],
  ])('is not by PITR while the key of the instance is %s', (_, key, why) => {
    const look = (home: readonly Snapshot[]) =>
      seen({ databases: [databaseSeen()], home, away: [], keys: [lookedAt(key)] });
    expect(judge(look([]))).toMatchObject({
      verdict: 'failed',
      found: `there is no recovery point at home; PITR counts for nothing: ${why}`,
      cost: 'everything, if the instance is lost now',
      command: expect.stringContaining(`aws kms`),
    });
    // Of another key, as re-keying makes it.
    expect(judge(look([aged(10 * MINUTE, { key: null, encrypted: false })]))).toMatchObject({
      verdict: 'passed',
      found: `the newest recovery point at home, from a snapshot, is 10 minutes old; the promise is 60; PITR counts for nothing: ${why}`,
    });
  });

  it('is not by PITR where KMS knows no key of the name', () => {
    const look = seen({ home: [], away: [] });
    const keys = 'seen' in look.keys ? look.keys.seen : keysSeen([]);
    const gone = { ...keys, keys: new Map([[`${HOME} 0`, null]]) };
    expect(judge({ ...look, keys: { seen: gone } })).toMatchObject({
      verdict: 'failed',
      found: 'there is no recovery point at home; PITR counts for nothing: KMS knows no key of its name',
    });
  });

  it('is by PITR while nobody saw the key, and says so', () => {
    const unseenKey = seen({ home: [], away: [], keys: [] });
    for (const look of [unseenKey, { ...unseenKey, keys: { unseen: 'KMS: denied' } }])
      expect(judge(look)).toMatchObject({
        verdict: 'passed',
        found:
          'the newest recovery point at home, by PITR, is 3 minutes old; the promise is 60; whether its key can be used was not seen',
      });
  });

  it('is a snapshot of ours although nobody says of which instance it was taken', () => {
    expect(judge(world({}, [aged(10 * MINUTE, { resource: '' })])).verdict).toBe('passed');
    expect(judge(world({ resource: '' }, [aged(10 * MINUTE)])).verdict).toBe('passed');
  });

  it('asks for a snapshot where it is late', () => {
    expect(judge(world({ latestRestorable: NOW - DAY })).command).toBe(
      'aws lambda invoke --function-name holdfast-prod-create-snapshot --cli-binary-format raw-in-base64-out' +
        ` --payload '{"database":"qrosity-db","reason":"the recovery point is late"}' /dev/stdout`,
    );
  });

  it('is unknown where the region could not be seen, unless PITR alone keeps the promise', () => {
    const look = (latestRestorable: number | null) =>
      seen({ databases: [databaseSeen({ latestRestorable })] }, noRegion);
    expect(judge(look(NOW - HOUR)).verdict).toBe('passed');
    for (const late of [NOW - HOUR - SECOND, null])
      expect(judge(look(late))).toMatchObject({ verdict: 'unknown', found: 'us-east-1: denied' });
  });

  it.each([
    ['a database that is younger than the promise', { created: NOW - HOUR }, 'unknown'],
    ['one that is a second older', { created: NOW - HOUR - SECOND }, 'failed'],
    ['one that is being created', { created: null }, 'unknown'],
  ] as const)('of %s that has none is %s', (_, fields, verdict) => {
    expect(judge(world(fields)).verdict).toBe(verdict);
  });

  it('is unknown while the database is stopped: nothing new is written', () => {
    const look = world({ condition: 'stopped', latestRestorable: NOW - 3 * DAY });
    expect(judge(look)).toMatchObject({
      verdict: 'unknown',
      found: expect.stringContaining('it is stopped'),
    });
  });
});

describe('point-in-time recovery', () => {
  const judge = (database: Partial<Database>) => judged(pitrCurrent, world(database));

  it.each([
    ['to the very hour', { latestRestorable: NOW - HOUR }, 'passed'],
    ['a second less far', { latestRestorable: NOW - HOUR - SECOND }, 'failed'],
    ['nowhere, of a new database', { created: NOW - MINUTE }, 'unknown'],
    ['nowhere, of an old one', {}, 'failed'],
  ] as const)('that reaches %s', (_, database, verdict) => {
    expect(judge(database).verdict).toBe(verdict);
  });

  it('fails though a snapshot is young: it was promised for itself', () => {
    expect(judged(pitrCurrent, world({ latestRestorable: NOW - 2 * HOUR }, [aged(MINUTE)])).verdict).toBe(
      'failed',
    );
  });

  it('reaches nothing while the key of the instance is out of use', () => {
    const look = (fields: Partial<Database> = {}) =>
      seen({ databases: [databaseSeen(fields)], keys: [lookedAt({ state: 'disabled' })] });
    expect(judged(pitrCurrent, look())).toMatchObject({
      verdict: 'failed',
      found: 'there is no moment to restore to; its key is disabled',
      command: `aws kms enable-key --region ${HOME} --key-id arn:aws:kms:${HOME}:${ACCOUNT}:key/0`,
    });
    expect(judged(pitrCurrent, look({ created: NOW - HOUR })).verdict).toBe('unknown');
    const nobody = seen({}, { keys: { unseen: 'KMS: denied' } });
    expect(judged(pitrCurrent, nobody)).toMatchObject({
      verdict: 'passed',
      found: expect.stringMatching(/; whether its key can be used was not seen$/),
    });
  });

  it('is not spoken of where none is promised', () => {
    expect(pitrCurrent.judge(seen({}, { policy: complete({ pitr: null }) }))).toEqual([]);
  });
});

describe('the snapshots of the slots', () => {
  // Hourly, a tick of 10 minutes, 10 minutes for the snapshot itself: 80 minutes are the most the schedule can leave.
  it('are on schedule up to what it can ever leave, and a slot was missed a second later', () => {
    const judge = (age: number) => judged(snapshotSchedule, world({ latestRestorable: NOW }, [aged(age)]));
    expect(judge(80 * MINUTE)).toMatchObject({ verdict: 'passed', measure: { value: 80, unit: 'minutes' } });
    expect(judge(80 * MINUTE + SECOND)).toMatchObject({
      verdict: 'failed',
      found: 'the newest good snapshot at home is 81 minutes old; the promise is 80',
      command: expect.stringContaining(`--payload '{"database":"qrosity-db"}'`),
    });
  });

  it('are unknown where the region could not be seen, or the instance is stopped', () => {
    expect(judged(snapshotSchedule, seen({}, noRegion)).verdict).toBe('unknown');
    expect(judged(snapshotSchedule, world({ condition: 'stopped' }, [aged(DAY)])).verdict).toBe('unknown');
  });
});

describe('the newest copy in a region', () => {
  const judge = (look: Parameters<typeof judged>[1]) => judged(recoveryPointCopy, look, { region: AWAY });
  const copy = (age: number, fields: Partial<Snapshot> = {}) => copied(aged(age), fields);

  it('is as good as promised on the very minute, and too old a second later', () => {
    expect(judge(world({}, [aged(MINUTE)], [copy(2 * HOUR)]))).toMatchObject({
      subject: { database: 'qrosity-db', region: AWAY },
      verdict: 'passed',
      expected: 'no older than 120 minutes (copies[0].point)',
    });
    expect(judge(world({}, [aged(MINUTE)], [copy(2 * HOUR + SECOND)]))).toMatchObject({
      verdict: 'failed',
      found: 'the newest good copy in us-west-2 is 121 minutes old; the promise is 120',
      cost: '121 minutes of data, if us-east-1 is lost now',
      command: expect.stringContaining('holdfast-prod-copy-snapshot'),
      measure: { value: 121, unit: 'minutes' },
    });
  });

  it('is as old as its data, however young the copy is', () => {
    expect(judge(world({}, [], [copy(3 * HOUR, { created: NOW - MINUTE })])).verdict).toBe('failed');
  });

  it('waits for a copy of ours that is on its way', () => {
    const stuck = copy(HOUR, { state: 'pending', progress: 43 });
    expect(judge(world({}, [aged(HOUR)], [copy(5 * HOUR), stuck]))).toMatchObject({
      verdict: 'failed',
      found: `the newest good copy in us-west-2 is 300 minutes old; the promise is 120; a copy is on its way: 43% of ${stuck.id} to us-west-2`,
      command: `aws rds describe-db-snapshots --region us-west-2 --db-snapshot-identifier ${stuck.id}`,
    });
  });

  it("waits for other people's copies, to whichever region: RDS copies one snapshot of an instance at a time", () => {
    const theirs = foreign({
      id: 'theirs',
      region: 'eu-west-1',
      state: 'pending',
      progress: 7,
      copyOf: `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:made-by-hand`,
    });
    const look = seen({ home: [aged(MINUTE)], away: [copy(5 * HOUR)] });
    const wider = { ...look, snapshots: new Map([...look.snapshots, ['eu-west-1', { seen: [theirs] }]]) };
    expect(judge(wider)).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining(
        'a copy that is not ours holds the others back: 7% of theirs to eu-west-1',
      ),
      command: 'aws rds describe-db-snapshots --region eu-west-1 --db-snapshot-identifier theirs',
    });
  });

  it('cannot be younger than its source, which is told', () => {
    expect(judge(world({}, [aged(4 * HOUR)], [copy(5 * HOUR)])).found).toContain(
      'the newest snapshot at home is 240 minutes old itself',
    );
    expect(judge(world({}, [], [copy(5 * HOUR)])).found).toContain(
      'there is no good snapshot at home to copy',
    );
  });

  it('is none that is under a key out of use', () => {
    const look = seen({
      home: [aged(MINUTE)],
      away: [copy(HOUR), copy(6 * HOUR, { key: null, encrypted: false })],
      keys: [lookedAt(), lookedAt({ region: AWAY, state: 'pending-deletion', deletion: NOW + DAY })],
    });
    expect(judge(look)).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining(
        '360 minutes old; the promise is 120; 1 copy is under a key that cannot be used',
      ),
    });
  });

  it('is missing altogether', () => {
    expect(judge(world({}, [aged(MINUTE)]))).toMatchObject({
      verdict: 'failed',
      found: 'there is no good copy in us-west-2',
      cost: 'everything, if us-east-1 is lost now',
    });
    // Made at 08:00: until 10:00 nothing was promised.
    expect(judge(world({ created: at('2026-03-10 08:00') }, [aged(MINUTE)])).verdict).toBe('unknown');
  });

  it('is unknown where its region could not be seen', () => {
    const look = seen(
      {},
      { snapshots: new Map([...seen().snapshots, [AWAY, { unseen: 'us-west-2: throttled' }]]) },
    );
    expect(judge(look)).toMatchObject({ verdict: 'unknown', found: 'us-west-2: throttled' });
  });

  it('is held against the promise of its own region', () => {
    const copies = [copyTarget({ point: 24 * HOUR }), copyTarget({ region: 'eu-west-1', point: 2 * HOUR })];
    const look = seen({ home: [aged(MINUTE)], away: [copy(5 * HOUR)] }, { policy: complete({ copies }) });
    expect(recoveryPointCopy.judge(look).map(({ subject, verdict }) => [subject.region, verdict])).toEqual([
      [AWAY, 'passed'],
      ['eu-west-1', 'unknown'],
    ]);
  });

  it('counts no on-demand snapshot of home as a copy', () => {
    expect(judge(world({}, [onDemand(NOW - MINUTE, '7d')])).verdict).toBe('failed');
  });
});

import { type Answer, watched } from '../../functions/rotate-keys/run';
import { EVIDENCE, makeEvidenceBucket } from '../../local/furnish';
import { WireError } from '../../local/wire/service';
import { TAG } from '../../shared/domain/tags';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { ACCOUNT, AWAY, at, copyTarget, HOME, policy } from '../support/builders';
import { type Keyed, keyed, OWNED, reasons, START } from '../support/keyed';
import { Meanwhile } from '../support/meanwhile';
import { reportOf, World, type WorldOptions } from '../support/world';

// What happens to keys in a year or two, one thing at a time: rotate-keys on the light engine.

const RESCUE = policy({ keys: { rotateEvery: 365 * DAY, rescue: true, also: [] } });

const quiet = [`${HOME} rotates nothing`, `${AWAY} rotates nothing`];

/** Runs each day at the same time, as the schedule does; what was done is told by day. */
async function daily(it: World, days: number): Promise<string[]> {
  const told: string[] = [];
  for (let day = 0; day < days; day += 1) {
    await it.advance(DAY);
    const report = await reportOf(it.rotate());
    for (const { subject, reason, outcome } of report.entries) {
      if (outcome !== 'nothing')
        told.push(`${new Date(it.now).toISOString().slice(0, 10)} ${subject.region} ${reason} ${outcome}`);
    }
  }
  return told;
}

describe('rotation', () => {
  it('is turned on, and then nothing is done', async () => {
    const { it, away } = await keyed();
    expect(reasons(await it.rotate())).toEqual([`${HOME} rotation-off done`, `${AWAY} rotation-off done`]);
    expect(await it.region(AWAY).kms.GetKeyRotationStatus({ KeyId: away })).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date(START + 365 * DAY),
    });
    it.router.log.reset();
    expect(reasons(await it.rotate())).toEqual(quiet);
    expect(it.mutations()).toBe(0);
  });

  it('by KMS itself is enough for two years: no on-demand rotation is spent', async () => {
    const { it, away } = await keyed();
    await it.rotate();
    expect(await daily(it, 2 * 365 + 5)).toEqual([]);
    const { Rotations } = await it.region(AWAY).kms.ListKeyRotations({ KeyId: away });
    expect(Rotations?.map(({ RotationType }) => RotationType)).toEqual(['AUTOMATIC', 'AUTOMATIC']);
  }, 30_000);

  it('that somebody turned off or drew out is put back on the next run', async () => {
    const { it, home, away } = await keyed();
    await it.rotate();
    await it.region().kms.DisableKeyRotation({ KeyId: home });
    await it.region(AWAY).kms.EnableKeyRotation({ KeyId: away, RotationPeriodInDays: 2560 });
    expect(await daily(it, 2)).toEqual([
      `2026-03-02 ${HOME} rotation-off done`,
      `2026-03-02 ${AWAY} period-drifted done`,
    ]);
  });

  it('that comes too late for it is made up for on demand, once', async () => {
    const { it, away } = await keyed();
    await it.rotate();
    await it.advance(100 * DAY);
    await it.region(AWAY).kms.DisableKeyRotation({ KeyId: away });
    // Turned on again on day 101, KMS would rotate on day 466; its material is a year old on day 365.
    expect(await daily(it, 300)).toEqual([
      `2026-06-10 ${AWAY} rotation-off done`,
      `2027-03-02 ${AWAY} never-rotated done`,
    ]);
    const { Rotations } = await it.region(AWAY).kms.ListKeyRotations({ KeyId: away });
    expect(Rotations).toMatchObject([{ RotationType: 'ON_DEMAND' }]);
  }, 30_000);

  it('on demand that has not finished is waited for, and tells how many are left', async () => {
    const { it } = await keyed({ start: at('2025-02-01 06:25') });
    await it.advance(366 * DAY);
    const first = await it.rotate();
    expect(reasons(first)).toContain(`${AWAY} never-rotated done`);
    expect(
      first.entries.find(({ reason, subject }) => reason === 'never-rotated' && subject.region === AWAY)
        ?.detail,
    ).toBe(
      'never rotated since it was made 366d ago, promised every 365d; on-demand rotation 1 of 25, 24 left after it',
    );
    expect(reasons(await it.rotate())).toContain(`${AWAY} rotation-under-way postponed`);
    await it.advance(HOUR);
    expect(reasons(await it.rotate())).toEqual(quiet);
  });

  it('on demand that KMS refuses because one is in progress is no failure', async () => {
    const { it } = await keyed({ start: at('2025-02-01 06:25') });
    await it.advance(366 * DAY);
    it.faults.refuse(new WireError('ConflictException', 'A rotation is in progress.'), {
      operation: 'RotateKeyOnDemand',
    });
    expect(reasons(await it.rotate())).toContain(`${AWAY} never-rotated postponed`);
  });

  it('is looked at again right before it is asked for: somebody may have rotated in between', async () => {
    const meanwhile = new Meanwhile();
    const { it, away } = await keyed({ start: at('2025-02-01 06:25'), watch: meanwhile.watch });
    await it.rotate();
    await it.region(AWAY).kms.DisableKeyRotation({ KeyId: away });
    await it.advance(366 * DAY);
    meanwhile.at('after', 'EnableKeyRotation', async () => {
      await it.region(AWAY).kms.RotateKeyOnDemand({ KeyId: away });
    });
    it.router.log.reset();
    expect(reasons(await it.rotate())).toContain(`${AWAY} never-rotated postponed`);
    expect(it.router.log.count({ operation: 'RotateKeyOnDemand' })).toBe(0);
    await it.advance(HOUR);
    const { Rotations } = await it.region(AWAY).kms.ListKeyRotations({ KeyId: away });
    expect(Rotations).toHaveLength(1);
  });

  it('is refused by name when KMS grants fewer than the policy says', async () => {
    const { it } = await keyed({ start: at('2025-02-01 06:25'), limits: { onDemandRotations: 0 } });
    await it.advance(366 * DAY);
    const report = await reportOf(it.rotate());
    const entry = report.entries.find(({ outcome }) => outcome === 'failed');
    expect(entry).toMatchObject({
      reason: 'never-rotated',
      hint: expect.stringContaining('limits.onDemandRotations'),
    });
  });

  it("is left alone where the key is nobody's we know: it is reported", async () => {
    const { it, home } = await keyed();
    await it.region().kms.UntagResource({ KeyId: home, TagKeys: [TAG.owner] });
    it.router.log.reset();
    expect(reasons(await it.rotate())).toEqual([
      `${HOME} not-ours-to-change nothing`,
      `${AWAY} rotation-off done`,
    ]);
    expect(it.router.log.count({ operation: 'EnableKeyRotation', region: HOME })).toBe(0);
  });

  it('of a multi-Region key is asked of its primary, in a region that the policy does not know', async () => {
    const it = new World({
      start: START,
      regions: [HOME, AWAY, 'eu-west-1'],
      policy: policy({ copies: [] }),
    });
    const europe = it.region('eu-west-1').kms;
    const { KeyMetadata } = await europe.CreateKey({ MultiRegion: true, Tags: OWNED });
    await europe.ReplicateKey({ KeyId: KeyMetadata?.KeyId, ReplicaRegion: HOME });
    await it.advance(MINUTE);
    it.region().stage.instance({ id: 'qrosity-db', key: KeyMetadata?.KeyId ?? '' });
    expect(reasons(await it.rotate())).toEqual(['eu-west-1 rotation-off done']);
    expect(await it.region().kms.GetKeyRotationStatus({ KeyId: KeyMetadata?.KeyId })).toMatchObject({
      KeyRotationEnabled: true,
    });
    const { encryption } = await it.rotate({ report: true });
    expect(encryption?.keys).toMatchObject([{ region: HOME, rotationDays: 365, onDemandUsed: 0 }]);
    await it.advance(366 * DAY);
    expect(reasons(await it.rotate())).toEqual(['eu-west-1 rotates nothing']);
  });

  it('of a multi-Region key counts from the making of the oldest of its regions, wherever the primary has moved', async () => {
    const copies = [copyTarget({ key: 'alias/both' })];
    const it = new World({ start: START, policy: policy({ copies }) });
    const { KeyMetadata: { KeyId = '' } = {} } = await it
      .region()
      .kms.CreateKey({ MultiRegion: true, Tags: OWNED });
    it.region().stage.instance({ id: 'qrosity-db', key: KeyId, backupRetention: 7 });
    await it.advance(300 * DAY);
    await it.region().kms.ReplicateKey({ KeyId, ReplicaRegion: AWAY, Tags: OWNED });
    await it.region(AWAY).kms.CreateAlias({ AliasName: 'alias/both', TargetKeyId: KeyId });
    await it.advance(MINUTE);
    await it.region().kms.UpdatePrimaryRegion({ KeyId, PrimaryRegion: AWAY });
    await it.advance(64 * DAY);
    expect(reasons(await it.rotate())).toEqual([`${AWAY} rotation-off done`]);
    await it.advance(2 * DAY);
    expect(reasons(await it.rotate())).toEqual([`${AWAY} never-rotated done`]);
  });

  it('of an imported key and of the one that AWS manages is none of ours: both are told', async () => {
    const it = new World({ start: START, policy: policy({ copies: [] }) });
    const { KeyMetadata } = await it.region().kms.CreateKey({ Origin: 'EXTERNAL', Tags: OWNED });
    it.region().stage.importMaterial(KeyMetadata?.KeyId ?? '');
    it.policy = policy(
      { copies: [] },
      { databases: [{ match: { identifiers: ['a', 'b'] }, policy: 'gold' }] },
    );
    it.region().stage.instance({ id: 'a', key: KeyMetadata?.KeyId ?? '' });
    it.region().stage.instance({ id: 'b', key: 'alias/aws/rds' });
    expect(reasons(await it.rotate())).toEqual([
      `${HOME} imported-material nothing`,
      `${HOME} managed-by-aws nothing`,
    ]);
    await it.advance(366 * DAY);
    expect(reasons(await reportOf(it.rotate()))).toEqual([
      `${HOME} imported-material refused`,
      `${HOME} managed-by-aws nothing`,
    ]);
    // As some report of imported material: what KMS does not rotate it need not tell of, and no run fails for it.
    it.faults.refuse(new WireError('UnsupportedOperationException', 'not valid for this operation'), {
      operation: 'GetKeyRotationStatus',
    });
    const report = await reportOf(it.rotate());
    expect(reasons(report).filter((one) => one.includes('unseen'))).toEqual([]);
  });
});

describe('the guard', () => {
  /** Some hours of schedule, so that recovery points hang on both keys; then someone schedules a deletion. */
  async function endangered(options: WorldOptions = {}): Promise<Keyed> {
    const all = await keyed(options);
    await all.it.live(START + 3 * HOUR);
    await all.it.rotate();
    await all.it.region(AWAY).kms.ScheduleKeyDeletion({ KeyId: all.away, PendingWindowInDays: 7 });
    return all;
  }

  it('fails the run with all that a person needs, and changes nothing', async () => {
    const { it } = await endangered();
    it.router.log.reset();
    const report = await it.rotate().then(
      () => null,
      (error: Error) => error.message,
    );
    expect(report).toMatch(/^rotate-keys: 1 nothing, 1 refused\n/);
    expect(report).toContain('nothing qrosity-db us-west-2 alias/holdfast: key-pending-deletion');
    expect(report).toMatch(
      /in 7d, and cannot be used until then; what hangs on it: \d recovery points of qrosity-db, the newest of 2026-03-01T0\d/,
    );
    expect(report).toMatch(
      /hint: save it: aws kms cancel-key-deletion --region us-west-2 --key-id arn:aws:kms:us-west-2:\d+:key\/\S+ && aws kms enable-key/,
    );
    expect(it.mutations()).toBe(0);
  });

  it('counts the key for the alarm, rescued or not, until it is safe', async () => {
    const { it } = await endangered({ policy: RESCUE });
    expect(await it.rotate({}, { dryRun: true })).toMatchObject({ keysInDanger: 1 });
    expect(await it.rotate()).toMatchObject({ keysInDanger: 1 });
    expect(await it.rotate()).toMatchObject({ keysInDanger: 0 });
  });

  it('says what is left to do where the deletion was canceled and the key could not be enabled', async () => {
    const { it, away } = await endangered({ policy: RESCUE });
    it.faults.refuse(new WireError('AccessDeniedException', 'by its key policy'), { operation: 'EnableKey' });
    const [first] = (await reportOf(it.rotate())).entries;
    expect(first).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/^deletion canceled, but it cannot be used yet: .*AccessDenied/),
      hint: expect.stringMatching(/^save it: aws kms enable-key /),
    });
    expect((await it.region(AWAY).kms.DescribeKey({ KeyId: away })).KeyMetadata?.KeyState).toBe('Disabled');
  });

  it('enables no key whose material is gone, and says that it has to be imported again', async () => {
    const it = new World({ start: START, policy: RESCUE });
    const { kms } = it.region(AWAY);
    const { KeyMetadata } = await kms.CreateKey({ Origin: 'EXTERNAL', Tags: OWNED });
    await kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: KeyMetadata?.KeyId });
    await kms.ScheduleKeyDeletion({ KeyId: KeyMetadata?.KeyId });
    expect((await reportOf(it.rotate())).entries[0]).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(
        /^deletion canceled, but it cannot be used yet: its material has to be imported/,
      ),
      hint: expect.stringContaining('aws kms describe-key'),
    });
    expect(it.router.log.count({ operation: 'EnableKey' })).toBe(0);
  });

  it('calls no database unknown whose key, or which itself, could only not be seen', async () => {
    const { it } = await keyed();
    const DENIED = new WireError('AccessDeniedException', 'no');
    it.faults.refuse(DENIED, { operation: 'DescribeKey', times: 2 });
    const known = await reportOf(it.rotate({ database: 'qrosity-db' }));
    expect(reasons(known)).toEqual([`${HOME} key-unseen failed`, `${AWAY} key-unseen failed`]);
    it.faults.refuse(DENIED, { operation: 'DescribeDBInstances', times: 1 });
    const unseen = await reportOf(it.rotate({ database: 'nobody' }));
    expect(reasons(unseen)).toEqual([`${HOME} databases-unseen failed`]);
    expect(reasons(await reportOf(it.rotate({ database: 'nobody' })))).toEqual([
      `${HOME} unknown-database refused`,
    ]);
  });

  it('has AWS make no key of its own by asking for one that was never used', async () => {
    const { it } = await keyed({
      start: START,
      policy: policy({ copies: [copyTarget({ key: 'alias/aws/rds' })] }),
    });
    expect(reasons(await it.rotate({}, { dryRun: true }))).toEqual([`${HOME} rotation-off planned`]);
    const { Keys } = await it.region(AWAY).kms.ListKeys({});
    expect(Keys).toHaveLength(1);
  });

  it('rescues it where the policy says so, and says so: copies go on', async () => {
    const { it, away } = await endangered({ policy: RESCUE });
    const report = await it.rotate();
    const [first] = report.entries;
    expect(first).toMatchObject({
      action: 'rescue',
      reason: 'key-pending-deletion',
      outcome: 'done',
      detail: expect.stringMatching(/^deletion canceled, and enabled; before: will be deleted at /),
      hint: expect.stringContaining('ScheduleKeyDeletion'),
    });
    expect((await it.region(AWAY).kms.DescribeKey({ KeyId: away })).KeyMetadata?.KeyState).toBe('Enabled');
    expect(reasons(await it.rotate())).toEqual(quiet);
    const before = (await it.standing(AWAY)).length;
    await it.live(it.now + 3 * HOUR);
    expect((await it.standing(AWAY)).length).toBeGreaterThan(before);
  });

  it('finishes a rescue that was cut short between the two calls', async () => {
    const { it, away } = await endangered({ policy: RESCUE });
    it.faults.kill({ operation: 'EnableKey', at: 1, moment: 'before' });
    await it.rotate().catch(() => undefined);
    it.faults.revive();
    expect((await it.region(AWAY).kms.DescribeKey({ KeyId: away })).KeyMetadata?.KeyState).toBe('Disabled');
    expect((await it.rotate()).entries[0]).toMatchObject({
      action: 'rescue',
      reason: 'key-disabled',
      outcome: 'done',
    });
    expect((await it.region(AWAY).kms.DescribeKey({ KeyId: away })).KeyMetadata?.KeyState).toBe('Enabled');
  });

  it('that may not rescue it says all that a person needs to do it', async () => {
    const { it } = await endangered({ policy: RESCUE });
    it.faults.refuse(new WireError('AccessDeniedException', 'not authorized'), {
      operation: 'CancelKeyDeletion',
    });
    const [first] = (await reportOf(it.rotate())).entries;
    expect(first).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(
        /AccessDeniedException.*what hangs on it: \d recovery points of qrosity-db/,
      ),
      hint: expect.stringMatching(
        /^save it: aws kms cancel-key-deletion .* && aws kms enable-key .*; compare the function's role/,
      ),
    });
  });

  it("sees RDS's own snapshots: of a deleted database they are all that is left", async () => {
    const { it, home } = await keyed({ policy: policy({ copies: [] }) });
    await it.advance(3 * DAY);
    await it.region().rds.DeleteDBInstance({
      DBInstanceIdentifier: 'qrosity-db',
      SkipFinalSnapshot: true,
      DeleteAutomatedBackups: false,
    });
    await it.advance(HOUR);
    await it.region().kms.ScheduleKeyDeletion({ KeyId: home });
    const report = await reportOf(it.rotate());
    expect(reasons(report)).toEqual([`${HOME} key-pending-deletion refused`]);
    expect(report.entries[0]?.detail).toMatch(/what hangs on it: 3 recovery points of qrosity-db/);
    expect((await it.rotate({ report: true })).encryption?.resources).toMatchObject([
      { kind: 'automated', count: 3 },
    ]);
  });

  it('leaves a key alone that was saved by hand in between', async () => {
    const meanwhile = new Meanwhile();
    const { it, away } = await endangered({ policy: RESCUE, watch: meanwhile.watch });
    // The second look is the fourth: both keys were described before, and this one again.
    let looks = 0;
    const save = async () => {
      looks += 1;
      if (looks < 2) return meanwhile.at('after', 'ListResourceTags', save);
      await it.region(AWAY).kms.CancelKeyDeletion({ KeyId: away });
      await it.region(AWAY).kms.EnableKey({ KeyId: away });
    };
    meanwhile.at('after', 'ListResourceTags', save);
    it.router.log.reset();
    expect((await it.rotate()).entries[0]).toMatchObject({
      outcome: 'nothing',
      detail: 'enabled again in the meantime',
    });
    expect(it.mutations()).toBe(0);
  });

  it('tells of a database that lost its key, and of what brings it back once the key is rescued', async () => {
    const { it, home } = await keyed({ policy: RESCUE });
    await it.region().kms.DisableKey({ KeyId: home });
    await it.advance(3 * HOUR);
    const report = await reportOf(it.rotate());
    expect(report.entries[0]).toMatchObject({
      action: 'rescue',
      outcome: 'done',
      hint: expect.stringContaining(
        'aws rds start-db-instance --region us-east-1 --db-instance-identifier qrosity-db',
      ),
    });
    expect(reasons(await reportOf(it.rotate()))).toContain(`${HOME} instance-needs-start refused`);
    await it.region().rds.StartDBInstance({ DBInstanceIdentifier: 'qrosity-db' });
    await it.advance(30 * MINUTE);
    expect(reasons(await it.rotate())).toEqual(quiet);
  });

  it('tells of a key that is gone with all that was under it', async () => {
    const { it } = await endangered();
    await it.advance(8 * DAY);
    expect(reasons(await reportOf(it.rotate()))).toContain(`${AWAY} key-gone refused`);
  });

  it("watches the notices' topic", async () => {
    const { it, home } = await keyed();
    const { TopicArn = '' } = await it.region().sns.CreateTopic({
      Name: 'holdfast-prod-notices',
      Attributes: { KmsMasterKeyId: home },
    });
    it.topics = [TopicArn];
    await it.region().kms.DisableKey({ KeyId: home });
    const report = await reportOf(it.rotate());
    expect(report.entries[0]?.detail).toContain(`the notices of ${TopicArn}, which reach nobody without it`);
    it.topics = [`arn:aws:sns:${HOME}:${ACCOUNT}:nothing`];
    expect(reasons(await reportOf(it.rotate()))).toContain(`${HOME} topic-gone failed`);
  });

  it("watches the evidence's bucket", async () => {
    const { it, home } = await keyed();
    const arn = `arn:aws:kms:${HOME}:${ACCOUNT}:key/${home}`;
    await makeEvidenceBucket(it.cloud, HOME, 'deploy/evidence.yml', arn);
    it.evidenceBucket = EVIDENCE;
    await it.region().kms.DisableKey({ KeyId: home });
    const report = await reportOf(it.rotate());
    expect(report.entries[0]?.detail).toContain(`the evidence in s3://${EVIDENCE}, which nobody can read`);
    it.evidenceBucket = 'nothing';
    expect(reasons(await reportOf(it.rotate()))).toContain(`${HOME} evidence-unseen failed`);
  });
});

describe('the metric of the alarm', () => {
  it('counts keys in danger, and is silent where a run could not see them all', async () => {
    const { it, home } = await keyed();
    await it.rotate();
    expect(watched(await it.rotate())).toEqual({ keysInDanger: 0 });
    it.faults.loseRegion(AWAY);
    const blind = async () => watched((await reportOf(it.rotate())) as Answer);
    expect(await blind()).toEqual({});
    await it.region().kms.DisableKey({ KeyId: home });
    expect(await blind()).toEqual({ keysInDanger: 1 });
  });
});

describe('the report', () => {
  it('answers in whatever state the keys are, and changes nothing', async () => {
    const { it, home, away } = await keyed({ policy: RESCUE });
    await it.live(START + 2 * HOUR);
    await it.region(AWAY).kms.ScheduleKeyDeletion({ KeyId: away });
    it.router.log.reset();
    const answer = await it.rotate({ report: true });
    expect(it.mutations()).toBe(0);
    expect(answer).toMatchObject({ dryRun: true, keysInDanger: 1 });
    expect(
      answer.encryption?.resources.map(({ kind, region, encrypted }) => [kind, region, encrypted]),
    ).toEqual([
      ['database', HOME, true],
      ['snapshots', HOME, true],
      ['copies', AWAY, true],
    ]);
    expect(
      answer.encryption?.keys.map(({ arn, state, rotationDays }) => [arn.split('/')[1], state, rotationDays]),
    ).toEqual([
      [home, 'enabled', null],
      [away, 'pending-deletion', null],
    ]);
  });

  it('of one database is about what it hangs on; of a database that nobody knows it is refused', async () => {
    const { it } = await keyed();
    const { encryption } = await it.rotate({ report: true, database: 'qrosity-db' });
    expect(encryption?.keys.map(({ region }) => region)).toEqual([HOME]);
    expect(reasons(await reportOf(it.rotate({ database: 'qrosity-bd' })))).toEqual([
      `${HOME} unknown-database refused`,
    ]);
  });
});

it('adds up the keys of a fleet that rotate as promised, and tells the others one by one', async () => {
  const ids = Array.from({ length: 52 }, (_, n) => `erp-${n}`);
  const fleet = policy({ copies: [] }, { databases: [{ match: { identifiers: ids }, policy: 'gold' }] });
  const it = new World({ start: START, policy: fleet, limits: { instances: 100 } });
  const keys: string[] = [];
  for (const id of ids) {
    const { KeyMetadata } = await it.region().kms.CreateKey({ Tags: OWNED });
    keys.push(KeyMetadata?.KeyId ?? '');
    it.region().stage.instance({ id, key: KeyMetadata?.KeyId ?? '' });
  }
  await it.rotate();
  await it.region().kms.DisableKeyRotation({ KeyId: keys[7] });
  const report = await it.rotate();
  expect(report.entries.map(({ reason, count }) => [reason, count])).toEqual([
    ['rotation-off', undefined],
    ['rotates', 51],
  ]);
  expect(report.counts).toMatchObject({ done: 1, nothing: 51 });
  // A person who asks hears of each.
  expect((await it.rotate({}, { dryRun: true })).entries).toHaveLength(52);
});

describe('looks that fail', () => {
  it('are told, and the rest is judged', async () => {
    const { it } = await keyed();
    await it.rotate();
    it.faults.refuse(new WireError('AccessDeniedException', 'not authorized'), {
      operation: 'ListKeyRotations',
      region: AWAY,
    });
    expect(reasons(await reportOf(it.rotate()))).toEqual([
      `${AWAY} rotation-unseen failed`,
      `${HOME} rotates nothing`,
    ]);
  });

  it('of a lost region do not stand in the way of the other', async () => {
    const { it } = await keyed();
    it.faults.loseRegion(AWAY);
    const report = await reportOf(it.rotate());
    expect(reasons(report)).toContain(`${HOME} rotation-off done`);
    expect(reasons(report)).toContain(`${AWAY} key-unseen failed`);
  });

  it('count calls as promised: per region its pages, per key four', async () => {
    const { it } = await keyed();
    await it.rotate();
    it.router.log.reset();
    await it.rotate();
    expect(it.router.log.count()).toBe(2 * 4 + 2 * 4);
  });
});

import { HOUR, MINUTE } from '../../shared/domain/time';
import { AWAY, at, HOME } from '../support/builders';
import { type Deployed, deploy, GOLD, makeKeys } from '../support/deployed';

// The handlers over HTTP, as Lambda runs them: what a person or a schedule sends, and what comes back.

let deployed: Deployed;
const home = () => deployed.cloud.region(HOME);
const standing = async (region = HOME) =>
  (
    (await deployed.cloud.region(region).rds.DescribeDBSnapshots({ SnapshotType: 'manual' })).DBSnapshots ??
    []
  ).map((one) => `${one.DBSnapshotIdentifier} ${one.Status}`);

beforeAll(async () => {
  deployed = await deploy(GOLD, { start: at('2026-03-01 09:00') });
  await makeKeys(deployed.cloud);
  home().stage.instance({ id: 'qrosity-db', key: 'alias/holdfast', tags: { team: 'erp' } });
});
afterAll(() => deployed.close());

const failing = (name: Parameters<Deployed['invoke']>[0], event: unknown) =>
  deployed.invoke(name, event).then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('create-snapshot', () => {
  it('answers a dry run with the plan and changes nothing', async () => {
    const report = await deployed.invoke('create-snapshot', { dryRun: true, time: '2026-03-01T09:00:00Z' });
    expect(report).toMatchObject({
      function: 'create-snapshot',
      at: '2026-03-01T09:00:00Z',
      dryRun: true,
      counts: { planned: 1, done: 0 },
      entries: [
        {
          subject: { database: 'qrosity-db', snapshot: 'holdfast-qrosity-db-20260301-0900' },
          action: 'create',
          reason: 'slot-due',
          outcome: 'planned',
        },
      ],
    });
    expect(await standing()).toEqual([]);
  });

  it('takes an on-demand snapshot by hand, and answers with its identifier and state', async () => {
    const answer = await deployed.invoke('create-snapshot', {
      database: 'qrosity-db',
      reason: 'before migration 42',
      keep: '7d',
      time: '2026-03-01T09:00:00Z',
    });
    expect(answer).toMatchObject({
      identifier: 'holdfast-qrosity-db-20260301-0900-before-migration-42',
      state: 'creating',
      counts: { done: 1 },
    });
    expect(await standing()).toEqual(['holdfast-qrosity-db-20260301-0900-before-migration-42 creating']);
  });

  it('answers the same request again with the same snapshot', async () => {
    await deployed.cloud.clock.advance(2 * MINUTE);
    const again = { database: 'qrosity-db', reason: 'before migration 42', time: '2026-03-01T09:02:00Z' };
    expect(await deployed.invoke('create-snapshot', again)).toMatchObject({
      identifier: 'holdfast-qrosity-db-20260301-0900-before-migration-42',
      state: 'creating',
      counts: { nothing: 1 },
      entries: [{ reason: 'asked-before', hint: expect.stringContaining('give it another label') }],
    });
  });

  it('says that nothing was taken when the instance is busy', async () => {
    const text = await failing('create-snapshot', {
      database: 'qrosity-db',
      reason: 'now!',
      time: '2026-03-01T09:02:00Z',
    });
    expect(text).toContain('RDS takes no snapshot while the instance is backing-up');
    expect(text).toContain('hint: nothing was taken: ask again when it is available');
  });

  it('puts the slot off while the instance is busy, and takes it at a later tick', async () => {
    expect(await deployed.tick('create-snapshot')).toMatchObject({
      counts: { postponed: 1, failed: 0 },
      entries: [{ reason: 'instance-busy', detail: expect.stringContaining('backing-up') }],
    });
    await deployed.cloud.clock.advance(8 * MINUTE);
    expect(await deployed.tick('create-snapshot')).toMatchObject({ counts: { done: 1 } });
  });

  it.each([
    [{ database: 'qrosity-bd' }, 'unknown database: no policy selects it'],
    [
      { database: 'qrosity-bd', reason: 'x' },
      'no instance of this name in us-east-1\n  hint: one of qrosity-db',
    ],
    [
      { database: 'qrosity-db', reason: 'x', keep: '7 days' },
      'invalid event: keep: "7 days" is not a duration (hint: a whole number and s, m, h or d, as in 45m, 1h or 7d)',
    ],
    [
      { databse: 'qrosity-db' },
      'invalid event: databse: unknown key (hint: this function knows time, dryRun, database, reason, label, keep)',
    ],
    [
      { reason: 'x' },
      'invalid event: database: is missing: an on-demand snapshot is of one database (hint: add it)',
    ],
    [
      { database: 'qrosity-db', keep: '7d' },
      'invalid event: reason: is missing: keep and label belong to an on-demand snapshot, which says why it is taken (hint: add it)',
    ],
  ])('says of %j what is wrong, and does nothing', async (event, text) => {
    const before = await standing();
    expect(await failing('create-snapshot', event)).toContain(text);
    expect(await standing()).toEqual(before);
  });

  it('reads the policy before anything else, and stops at one that does not read', async () => {
    deployed.policy(GOLD.replace('every: 1h', 'every:'));
    deployed.router.log.reset();
    expect(await failing('create-snapshot', {})).toMatch(/policies\.gold\.snapshots\.every/);
    expect(deployed.router.log.count()).toBe(0);
    deployed.policy(GOLD);
  });
});

describe('copy-snapshot', () => {
  it('is woken by the event of RDS, and copies what AWS says is there', async () => {
    let event: unknown;
    const stop = deployed.cloud.events.listen((sent) => {
      if (sent.detail.EventID === 'RDS-EVENT-0042') event = sent;
    });
    await deployed.cloud.clock.advance(10 * MINUTE);
    stop();
    expect(event).toMatchObject({ source: 'aws.rds', 'detail-type': 'RDS DB Snapshot Event' });
    expect(await deployed.invoke('copy-snapshot', event)).toMatchObject({
      counts: { done: 1 },
      entries: [
        {
          reason: 'newest-missing',
          subject: { region: AWAY, snapshot: 'holdfast-qrosity-db-20260301-0900-from-us-east-1' },
        },
      ],
    });
  });

  it('does nothing while the copy is in flight, and nothing once it is there', async () => {
    expect(await deployed.tick('copy-snapshot')).toMatchObject({
      counts: { nothing: 1, done: 0 },
      entries: [{ reason: 'all-copied' }],
    });
    await deployed.cloud.clock.advance(HOUR);
    expect(await standing(AWAY)).toEqual(['holdfast-qrosity-db-20260301-0900-from-us-east-1 available']);
    expect(await deployed.tick('copy-snapshot')).toMatchObject({
      counts: { nothing: 1 },
      entries: [{ reason: 'all-copied' }],
    });
  });

  it('takes the tags of the source over, and its recovery point', async () => {
    const { DBSnapshots } = await deployed.cloud.region(AWAY).rds.DescribeDBSnapshots({});
    const source = (
      await home().rds.DescribeDBSnapshots({ DBSnapshotIdentifier: 'holdfast-qrosity-db-20260301-0900' })
    ).DBSnapshots?.[0];
    expect(DBSnapshots?.[0]?.SnapshotDatabaseTime).toEqual(source?.SnapshotDatabaseTime);
    expect(DBSnapshots?.[0]?.TagList).toContainEqual({
      Key: 'holdfast:copy-of',
      Value: source?.DBSnapshotArn,
    });
  });

  it.each([
    [{ database: 'qrosity-bd' }, 'unknown database: no snapshot of ours is of it'],
    [
      { reason: 'x' },
      'invalid event: reason: unknown key (hint: this function knows time, dryRun, database, rekey)',
    ],
  ])('says of %j what is wrong', async (event, text) => {
    expect(await failing('copy-snapshot', event)).toContain(text);
  });
});

describe('prune-snapshots', () => {
  it('tells line by line what a dry run would do, and why each stays', async () => {
    const report = await deployed.invoke('prune-snapshots', { dryRun: true, time: '2026-03-09T12:00:00Z' });
    expect(
      report.entries
        .map(({ subject, reason, outcome }) => `${subject.region} ${subject.snapshot} ${reason} ${outcome}`)
        .sort(),
    ).toEqual([
      'us-east-1 holdfast-qrosity-db-20260301-0900 tier-daily nothing',
      'us-east-1 holdfast-qrosity-db-20260301-0900-before-migration-42 on-demand-expired planned',
      'us-west-2 holdfast-qrosity-db-20260301-0900-from-us-east-1 tier-daily nothing',
    ]);
  });

  it('adds up what is kept when the schedule runs it', async () => {
    const report = await deployed.invoke('prune-snapshots', { time: '2026-03-09T12:00:00Z' });
    expect(report).toMatchObject({ counts: { done: 1, nothing: 2 } });
    expect(report.entries).toContainEqual({
      subject: { database: 'qrosity-db', region: HOME },
      action: 'nothing',
      reason: 'tier-daily',
      outcome: 'nothing',
      count: 1,
    });
    expect(await standing()).toEqual(['holdfast-qrosity-db-20260301-0900 available']);
  });

  it.each([
    [{ allowShare: 0.6 }, 'invalid event: allowShare: 0.6 '],
    [{ database: 'qrosity-bd' }, 'unknown database: no snapshot of ours is of it'],
  ])('says of %j what is wrong', async (event, text) => {
    expect(await failing('prune-snapshots', event)).toContain(text);
  });
});

describe('rotate-keys', () => {
  const away = () => deployed.cloud.region(AWAY);
  const keyOf = async () => (await away().kms.DescribeKey({ KeyId: 'alias/holdfast' })).KeyMetadata;

  it('answers a report with the encryption of everything, as data and as a table', async () => {
    const answer = await deployed.invoke('rotate-keys', { report: true, time: '2026-03-09T12:00:00Z' });
    expect(answer).toMatchObject({
      dryRun: true,
      keysInDanger: 0,
      encryption: {
        resources: [{ kind: 'database', encrypted: true }, { kind: 'snapshots' }, { kind: 'copies' }],
      },
      table: expect.stringMatching(/qrosity-db +us-west-2 +1 copy +yes +alias\/holdfast +customer/),
    });
  });

  it("is woken by CloudTrail's event, and tells what hangs on the key and how to save it", async () => {
    let event: unknown;
    const stop = deployed.cloud.events.listen((sent) => {
      if (sent.detail.eventName === 'ScheduleKeyDeletion') event = sent;
    });
    await away().kms.ScheduleKeyDeletion({ KeyId: (await keyOf())?.KeyId, PendingWindowInDays: 7 });
    await deployed.cloud.clock.advance(MINUTE);
    stop();
    const text = await failing('rotate-keys', event);
    expect(text).toMatch(
      /us-west-2 alias\/holdfast: key-pending-deletion: will be deleted at .* 1 recovery point of qrosity-db/,
    );
    expect(text).toMatch(
      /hint: save it: aws kms cancel-key-deletion --region us-west-2 --key-id arn:aws:kms:us-west-2:/,
    );
    expect((await keyOf())?.KeyState).toBe('PendingDeletion');
  });

  it('saves it where the policy says so', async () => {
    deployed.policy(GOLD.replace('    copies:', '    keys: { rescue: true }\n    copies:'));
    expect(await deployed.tick('rotate-keys')).toMatchObject({
      entries: expect.arrayContaining([expect.objectContaining({ action: 'rescue', outcome: 'done' })]),
    });
    expect((await keyOf())?.KeyState).toBe('Enabled');
    deployed.policy(GOLD);
  });

  it.each([
    [{ report: 'yes' }, 'invalid event: report: "yes" is neither true nor false (hint: without quotes)'],
    [{ database: 'qrosity-bd' }, 'unknown database: no policy selects it and no snapshot of ours is of it'],
    [
      { rotate: true },
      'invalid event: rotate: unknown key (hint: this function knows time, dryRun, database, report)',
    ],
  ])('says of %j what is wrong', async (event, text) => {
    expect(await failing('rotate-keys', event)).toContain(text);
  });

  it('refuses a topic that cannot be one, before it looks at anything', async () => {
    process.env.NOTICES_TOPIC = 'holdfast-prod-notices';
    deployed.router.log.reset();
    expect(await failing('rotate-keys', {})).toMatch(
      /^NOTICES_TOPIC: "holdfast-prod-notices" is not the ARN/,
    );
    expect(deployed.router.log.count()).toBe(0);
    delete process.env.NOTICES_TOPIC;
  });
});

it('fails a run once, after trying everything, with the hint of each failure', async () => {
  deployed.faults.refuse(
    new (await import('../../local/wire/service')).WireError('AccessDenied', 'User is not authorized', 403),
    { operation: 'CreateDBSnapshot', times: 1 },
  );
  await deployed.cloud.clock.advance(2 * HOUR);
  const text = await failing('create-snapshot', { time: '2026-03-01T13:00:00Z' });
  expect(text).toMatch(
    /^create-snapshot: 1 failed\nfailed: create qrosity-db us-east-1 holdfast-qrosity-db-20260301-1300: slot-due: .*AccessDenied/,
  );
  expect(text).toContain("hint: compare the function's role in deploy/");
});

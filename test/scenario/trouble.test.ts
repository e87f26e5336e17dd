import { WireError } from '../../local/wire/service';
import { copyName, slotName } from '../../shared/domain/names';
import { TAG } from '../../shared/domain/tags';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { AWAY, at, copyTarget, HOME, policy, retention } from '../support/builders';
import { Meanwhile } from '../support/meanwhile';
import { reportOf, World, type WorldOptions } from '../support/world';

// What goes wrong in a year of backups, one at a time: the run says so, nothing is lost, and it heals by itself.

const START = at('2026-03-01 08:50');

async function world(options: WorldOptions = {}): Promise<World> {
  const made = new World({ start: START, ...options });
  await made.keys();
  return made;
}

async function withDatabase(options: WorldOptions = {}): Promise<World> {
  const made = await world(options);
  made.region().stage.instance({ id: 'qrosity-db', key: 'alias/holdfast', backupRetention: 7 });
  return made;
}

const ids = async (of: World, region = HOME) =>
  (await of.standing(region))
    .map(({ id, status }) => `${id.replace('holdfast-qrosity-db-', '')} ${status}`)
    .sort();
const reasons = (report: { entries: readonly { reason: string; outcome: string }[] }) =>
  report.entries.map(({ reason, outcome }) => `${reason} ${outcome}`);

describe('an instance', () => {
  it('that is stopped over night is no failure, and its slot is taken when it is back', async () => {
    const it = await withDatabase();
    await it.region().rds.StopDBInstance({ DBInstanceIdentifier: 'qrosity-db' });
    await it.advance(10 * MINUTE);
    expect(reasons(await it.create())).toEqual(['instance-stopped postponed']);
    await it.region().rds.StartDBInstance({ DBInstanceIdentifier: 'qrosity-db' });
    expect(reasons(await it.create())).toEqual(['instance-starting postponed']);
    await it.advance(10 * MINUTE);
    expect(reasons(await it.create())).toEqual(['slot-due done']);
  });

  it('that loses its key is told by name, and goes on when the key is back', async () => {
    const it = await withDatabase();
    const { KeyMetadata } = await it.region().kms.DescribeKey({ KeyId: 'alias/holdfast' });
    await it.region().kms.DisableKey({ KeyId: KeyMetadata?.KeyId });
    await it.advance(3 * HOUR);
    const report = await it.create();
    expect(reasons(report)).toEqual(['instance-lost-key postponed']);
    expect(report.entries[0]).toMatchObject({
      detail: expect.stringContaining('inaccessible-encryption-credentials-recoverable'),
      hint: expect.stringContaining('7 days'),
    });
    await it.region().kms.EnableKey({ KeyId: KeyMetadata?.KeyId });
    await it.region().rds.StartDBInstance({ DBInstanceIdentifier: 'qrosity-db' });
    await it.advance(30 * MINUTE);
    expect(reasons(await it.create())).toEqual(['slot-due done']);
  });

  it('that becomes busy between the look and the act is put off, not failed', async () => {
    const it = await withDatabase();
    it.faults.refuse(
      new WireError('InvalidDBInstanceState', 'Instance qrosity-db is not in available state.'),
      { operation: 'CreateDBSnapshot', times: 1 },
    );
    expect(reasons(await it.create())).toEqual(['slot-due postponed']);
    expect(reasons(await it.create())).toEqual(['slot-due done']);
  });

  it('that is deleted keeps its snapshots for their retention, and the last one until it is released', async () => {
    const rules = policy({ retention: retention({ hourly: 3 }), copies: [] }, { limits: { pruneShare: 1 } });
    const it = await withDatabase({ policy: rules });
    await it.live(START + 3 * HOUR);
    await it.region().rds.DeleteDBInstance({ DBInstanceIdentifier: 'qrosity-db', SkipFinalSnapshot: true });
    await it.advance(10 * MINUTE);
    expect(reasons(await it.create())).toEqual(['instance-gone nothing']);
    const before = await ids(it);
    expect(before).toHaveLength(3);
    await it.live(it.now + HOUR);
    expect((await ids(it)).length).toBeGreaterThan(1);
    await it.live(it.now + 5 * DAY);
    expect(await ids(it)).toEqual([before.at(-1)]);
    const [last] = await it.standing();
    await it
      .region()
      .rds.AddTagsToResource({ ResourceName: last?.arn, Tags: [{ Key: TAG.release, Value: 'yes' }] });
    expect(reasons(await it.prune())).toContain('released done');
    expect(await ids(it)).toEqual([]);
  });
});

describe('a failed snapshot or copy', () => {
  it('is removed and taken anew within the slot', async () => {
    const it = await withDatabase();
    it.region().stage.failNext('snapshot');
    await it.create();
    await it.advance(9 * MINUTE);
    expect(await ids(it)).toEqual(['20260301-0800 failed']);
    expect(reasons(await it.create())).toEqual(['slot-failed done']);
    await it.advance(9 * MINUTE);
    expect(await ids(it)).toEqual(['20260301-0800 available']);
  });

  it('of a copy is removed and begun anew', async () => {
    const it = await withDatabase();
    await it.create();
    await it.advance(9 * MINUTE);
    it.region(AWAY).stage.failNext('copy');
    await it.copy();
    await it.advance(HOUR);
    expect(await ids(it, AWAY)).toEqual(['20260301-0800-from-us-east-1 failed']);
    expect(reasons(await it.copy())).toEqual(['copy-failed done']);
    await it.advance(HOUR);
    expect(await ids(it, AWAY)).toEqual(['20260301-0800-from-us-east-1 available']);
  });

  it('of an older slot is removed by prune', async () => {
    const it = await withDatabase();
    it.region().stage.failNext('snapshot');
    await it.create();
    await it.advance(HOUR);
    await it.create();
    await it.advance(9 * MINUTE);
    expect(reasons(await it.prune())).toContain('failed done');
    expect(await ids(it)).toEqual(['20260301-0900 available']);
  });
});

describe('quotas and limits', () => {
  it('known before acting: what fits goes by debt, the rest is named, and the run fails', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const rules = policy({ copies: [] }, { databases: [{ match: { identifiers: names }, policy: 'gold' }] });
    const it = await world({ policy: rules, limits: { manualSnapshots: 5 } });
    for (const [n, id] of names.entries()) {
      it.region().stage.instance({ id, key: 'alias/holdfast' });
      const slot = at('2026-03-01 07:00') - n * HOUR;
      it.region().stage.snapshots([
        {
          id: slotName(id, slot),
          instance: id,
          at: slot,
          tags: {
            [TAG.owner]: 'holdfast',
            [TAG.database]: id,
            [TAG.policy]: 'gold',
            [TAG.slot]: new Date(slot).toISOString(),
          },
        },
      ]);
    }
    it.router.log.reset();
    const report = await reportOf(it.create());
    expect(
      report.entries.map(({ subject, reason, outcome }) => `${subject.database} ${reason} ${outcome}`),
    ).toEqual(['d slot-due done', 'c quota-full refused', 'b quota-full refused', 'a quota-full refused']);
    expect(it.router.log.count({ operation: 'DescribeAccountAttributes' })).toBe(1);
    expect(it.router.log.count({ operation: 'CreateDBSnapshot' })).toBe(1);
    await expect(it.create()).rejects.toThrow(
      /3 refused.*5 of 5 manual snapshots in us-east-1.*raise the quota/s,
    );
  });

  it('asks for no quota when nothing is due', async () => {
    const it = await withDatabase();
    await it.create();
    it.router.log.reset();
    await it.create();
    expect(it.router.log.table()).toEqual({
      'rds us-east-1 DescribeDBInstances': 1,
      'rds us-east-1 DescribeDBSnapshots': 1,
    });
  });

  it('copies in flight: no more begin than the region takes, oldest debt first, and nothing fails', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `db-${n}`);
    const rules = policy(
      {},
      { databases: [{ match: { identifiers: names }, policy: 'gold' }], limits: { copiesInFlight: 5 } },
    );
    const it = await world({ policy: rules, limits: { copiesInFlight: 5 } });
    for (const id of names) it.region().stage.instance({ id, key: 'alias/holdfast' });
    await it.create();
    await it.advance(10 * MINUTE);
    const first = await it.copy();
    expect(first.counts).toMatchObject({ done: 5, postponed: 3, failed: 0 });
    expect((await it.copy()).counts).toMatchObject({ done: 0, postponed: 3, nothing: 5, failed: 0 });
    await it.live(it.now + 2 * HOUR);
    for (const id of names)
      expect((await it.standing(AWAY)).some((one) => one.database === id && one.state === 'available')).toBe(
        true,
      );
  });

  it('a quota full in the copy region is refused there, and home goes on', async () => {
    const it = await withDatabase({ limitsAt: { [AWAY]: { manualSnapshots: 0 } } });
    await it.create();
    await it.advance(9 * MINUTE);
    expect(reasons(await reportOf(it.copy()))).toEqual(['quota-full refused']);
  });
});

describe('keys and option groups', () => {
  const copied = async (it: World) => {
    await it.create();
    await it.advance(9 * MINUTE);
    return reportOf(it.copy());
  };

  it('an encrypted copy without a key is refused by us, before AWS is asked', async () => {
    const it = await withDatabase({ policy: policy({ copies: [copyTarget({ key: null })] }) });
    const report = await copied(it);
    expect(report.entries[0]).toMatchObject({
      reason: 'no-key',
      outcome: 'refused',
      hint: expect.stringContaining('key: alias/holdfast'),
    });
    expect(it.router.log.count({ operation: 'CopyDBSnapshot' })).toBe(0);
  });

  it('a key that the region does not have is refused by us', async () => {
    const it = await withDatabase({ policy: policy({ copies: [copyTarget({ key: 'alias/other' })] }) });
    expect(reasons(await copied(it))).toEqual(['key-missing refused']);
    expect(it.router.log.count({ operation: 'CopyDBSnapshot' })).toBe(0);
  });

  it("AWS's own key is used, with a word on what follows", async () => {
    const it = await withDatabase({ policy: policy({ copies: [copyTarget({ key: 'alias/aws/rds' })] }) });
    // It comes into being with its first use in a region.
    it.region(AWAY).stage.instance({ id: 'other', key: 'alias/aws/rds' });
    const report = await copied(it);
    expect(report.entries[0]).toMatchObject({
      outcome: 'done',
      detail: expect.stringContaining('can be neither shared'),
    });
    await it.advance(HOUR);
    expect(await ids(it, AWAY)).toEqual(['20260301-0800-from-us-east-1 available']);
  });

  it('a key about to be deleted is refused with the command that saves it, and copying goes on when it is saved', async () => {
    const it = await withDatabase();
    const { KeyMetadata } = await it.region(AWAY).kms.DescribeKey({ KeyId: 'alias/holdfast' });
    await it.region(AWAY).kms.ScheduleKeyDeletion({ KeyId: KeyMetadata?.KeyId, PendingWindowInDays: 7 });
    const report = await copied(it);
    expect(report.entries[0]).toMatchObject({
      reason: 'key-unusable',
      hint: expect.stringContaining('aws kms cancel-key-deletion --region us-west-2'),
    });
    await it.region(AWAY).kms.CancelKeyDeletion({ KeyId: KeyMetadata?.KeyId });
    await it.region(AWAY).kms.EnableKey({ KeyId: KeyMetadata?.KeyId });
    expect(reasons(await it.copy())).toEqual(['newest-missing done']);
  });

  it('an option group that binds is refused by us, and one named for the destination is passed on', async () => {
    const it = await world();
    const group = {
      OptionGroupName: 'erp-options',
      EngineName: 'postgres',
      MajorEngineVersion: '17',
      OptionGroupDescription: 'x',
    };
    await it.region().rds.CreateOptionGroup(group);
    it.region().stage.option('erp-options', { name: 'TDE', persistent: true, permanent: false });
    it.region().stage.instance({ id: 'qrosity-db', key: 'alias/holdfast', optionGroup: 'erp-options' });
    expect(reasons(await copied(it))).toEqual(['option-group-needed refused']);
    await it.region(AWAY).rds.CreateOptionGroup({ ...group, OptionGroupName: 'erp-west' });
    it.region(AWAY).stage.option('erp-west', { name: 'TDE', persistent: true, permanent: false });
    it.policy = policy({ copies: [copyTarget({ optionGroup: 'erp-west' })] });
    expect(reasons(await it.copy())).toEqual(['newest-missing done']);
  });

  it("AWS's own tags on an instance do not break its copies", async () => {
    const it = await world();
    it.region().stage.instance({
      id: 'qrosity-db',
      key: 'alias/holdfast',
      tags: { 'aws:cloudformation:stack-name': 'erp', team: 'erp' },
      copyTagsToSnapshot: true,
    });
    expect(reasons(await copied(it))).toEqual(['newest-missing done']);
  });
});

describe('names', () => {
  it('of a slot taken by a stranger: left alone, and the run fails', async () => {
    const it = await withDatabase();
    it.region().stage.snapshots([
      { id: slotName('qrosity-db', at('2026-03-01 08:00')), instance: 'qrosity-db', at: START - HOUR },
    ]);
    expect(reasons(await reportOf(it.create()))).toEqual(['name-taken refused']);
    expect(it.mutations()).toBe(0);
  });

  it('of a copy taken by a stranger: left alone, and the run fails', async () => {
    const it = await withDatabase();
    await it.create();
    await it.advance(9 * MINUTE);
    const id = copyName(slotName('qrosity-db', at('2026-03-01 08:00')), HOME);
    it.region(AWAY).stage.snapshots([{ id, instance: 'qrosity-db', at: START - HOUR }]);
    it.router.log.reset();
    expect(reasons(await reportOf(it.copy()))).toEqual(['name-taken refused']);
    expect(it.mutations()).toBe(0);
  });

  it('of a slot taken by a stranger between the look and the act: not adopted', async () => {
    const it = await withDatabase();
    it.faults.refuse(
      new WireError('DBSnapshotAlreadyExists', 'Cannot create the snapshot because it exists.'),
      { operation: 'CreateDBSnapshot', times: 1 },
    );
    expect(reasons(await reportOf(it.create()))).toEqual(['slot-due failed']);
  });

  it('of a slot whose answer was lost: found again as our own', async () => {
    const it = await withDatabase();
    it.faults.kill({ at: 1, operation: 'CreateDBSnapshot', moment: 'after' });
    await it.create().catch(() => undefined);
    it.faults.revive();
    expect(reasons(await it.create())).toEqual(['slot-taken nothing']);
    expect(await it.standing()).toHaveLength(1);
  });
});

describe('events', () => {
  it('doubled and late ones change nothing: a slot is one snapshot, a copy is one copy', async () => {
    const it = await withDatabase({ delivery: { doubled: 1, late: 0.5, lateBy: [5 * MINUTE, 90 * MINUTE] } });
    it.cloud.events.listen(async (event) => {
      const time = Date.parse(event.time);
      await it.create({}, { now: time });
      await it.copy({}, { now: time });
    });
    await it.live(START + 6 * HOUR);
    const slots = (await it.standing()).map(({ tags }) => tags[TAG.slot]);
    expect(new Set(slots).size).toBe(slots.length);
    const copies = (await it.standing(AWAY)).map(({ tags }) => tags[TAG.copyOf]);
    expect(new Set(copies).size).toBe(copies.length);
  });
});

describe('regions', () => {
  it('a copy region that does not answer fails the run, and home keeps what may be read there', async () => {
    const it = await withDatabase({
      policy: policy({ retention: retention({ hourly: 2 }) }, { limits: { pruneShare: 1 } }),
    });
    await it.live(START + 2 * HOUR);
    it.faults.loseRegion(AWAY);
    const pruned = await reportOf(it.prune({}, { now: it.now + 30 * DAY }));
    expect(pruned.counts).toMatchObject({ done: 0, failed: 1 });
    expect(reasons(pruned)).toContain('copies-unseen nothing');
    expect(reasons(await reportOf(it.copy()))).toEqual(['region-unseen failed', 'region-unseen postponed']);
    await it.advance(HOUR);
    expect(reasons(await it.create())).toEqual(['slot-due done']);
    it.faults.regainRegion(AWAY);
    await it.advance(9 * MINUTE);
    expect((await it.copy()).counts.done).toBe(1);
  });

  it('when home cannot be looked at, nothing is deleted anywhere', async () => {
    const it = await withDatabase({
      policy: policy(
        {
          retention: retention({ hourly: 1 }),
          copies: [copyTarget({ retention: retention({ hourly: 1 }) })],
        },
        { limits: { pruneShare: 1 } },
      ),
    });
    await it.live(START + 3 * HOUR);
    await it.advance(3 * HOUR);
    expect((await it.standing(AWAY)).length).toBeGreaterThan(1);
    const denied = new WireError('AccessDenied', 'not authorized', 403);
    it.faults.refuse(denied, { operation: 'DescribeDBSnapshots', region: HOME, times: 1 });
    expect((await reportOf(it.prune())).counts).toMatchObject({ done: 0, failed: 1 });
    expect((await it.prune()).counts.done).toBeGreaterThan(0);
  });

  it('when AWS refuses the copy to the one furthest behind, the other gets its turn', async () => {
    const two = policy({ copies: [copyTarget({ region: 'eu-west-1' }), copyTarget()] });
    const it = await withDatabase({ policy: two, regions: [HOME, AWAY, 'eu-west-1'] });
    it.faults.refuse(new WireError('AccessDenied', 'not authorized', 403), {
      operation: 'CopyDBSnapshot',
      region: 'eu-west-1',
    });
    await it.create();
    await it.advance(9 * MINUTE);
    const lines = (await reportOf(it.copy())).entries.map(
      ({ subject, reason, outcome }) => `${subject.region} ${reason} ${outcome}`,
    );
    expect(lines).toEqual(['eu-west-1 newest-missing failed', 'us-west-2 another-region-first done']);
    it.faults.clear();
    await it.advance(HOUR);
    const healed = (await it.copy()).entries.map(
      ({ subject, reason, outcome }) => `${subject.region} ${reason} ${outcome}`,
    );
    expect(healed).toEqual(['eu-west-1 newest-missing done', 'us-west-2 all-copied nothing']);
  });

  it('when the answer to a copy is lost, the other region waits: the copy may have begun', async () => {
    const meanwhile = new Meanwhile();
    const two = policy({ copies: [copyTarget({ region: 'eu-west-1' }), copyTarget()] });
    const it = await withDatabase({
      policy: two,
      regions: [HOME, AWAY, 'eu-west-1'],
      watch: meanwhile.watch,
    });
    await it.create();
    await it.advance(9 * MINUTE);
    meanwhile.at('after', 'CopyDBSnapshot', () => {
      throw new WireError('InternalFailure', 'the answer is lost', 500);
    });
    expect(reasons(await reportOf(it.copy()))).toEqual([
      'newest-missing failed',
      'another-region-first postponed',
    ]);
    expect(await it.standing('eu-west-1')).toHaveLength(1);
    expect(await it.standing(AWAY)).toHaveLength(0);
  });

  it('throttled before it saw anything, a run breaks off with the hint, and the next one goes on', async () => {
    const it = await withDatabase();
    it.faults.throttle({ times: 1 });
    await expect(it.create()).rejects.toThrow(/list DB instances in us-east-1: Throttling: Rate exceeded/);
    expect(reasons(await it.create())).toEqual(['slot-due done']);
  });
});

describe('the second look', () => {
  /** An old slot that prune is about to delete, and something that happens right after prune has looked. */
  async function prunedWhile(
    happens: (it: World, victim: string) => unknown,
  ): Promise<{ reasons: string[]; detail: string | undefined; left: number }> {
    const rules = policy({ retention: retention({ hourly: 1 }) }, { limits: { pruneShare: 1 } });
    const meanwhile = new Meanwhile();
    const it = await withDatabase({ policy: rules, watch: meanwhile.watch });
    await it.create();
    await it.advance(3 * HOUR);
    await it.create();
    await it.advance(9 * MINUTE);
    const victim = slotName('qrosity-db', at('2026-03-01 08:00'));
    meanwhile.at('after', 'DescribeDBInstances', () => happens(it, victim));
    const report = await reportOf(it.prune());
    const entry = report.entries.find(({ subject }) => subject.snapshot === victim);
    return { reasons: reasons(report), detail: entry?.detail, left: (await it.standing()).length };
  }

  it('lets go what nothing speaks for', async () => {
    expect(await prunedWhile(() => undefined)).toMatchObject({ left: 1 });
  });

  it('keeps what was put on hold since', async () => {
    const hold = async (it: World, id: string) => {
      const arn = (await it.standing()).find((one) => one.id === id)?.arn;
      await it
        .region()
        .rds.AddTagsToResource({ ResourceName: arn, Tags: [{ Key: TAG.hold, Value: 'audit' }] });
    };
    expect(await prunedWhile(hold)).toMatchObject({ detail: 'on hold or under test since: kept', left: 2 });
  });

  it('keeps it when the newest one has vanished since', async () => {
    const vanish = (it: World) =>
      it
        .region()
        .rds.DeleteDBSnapshot({ DBSnapshotIdentifier: slotName('qrosity-db', at('2026-03-01 11:00')) });
    expect(await prunedWhile(vanish)).toMatchObject({
      detail: expect.stringContaining('is not there any more: kept'),
      left: 1,
    });
  });

  it('keeps it when the newest one has failed since', async () => {
    const fail = (it: World) =>
      it.region().stage.snapshotStatus(slotName('qrosity-db', at('2026-03-01 11:00')), 'failed');
    expect(await prunedWhile(fail)).toMatchObject({
      detail: expect.stringContaining('is not there any more: kept'),
      left: 2,
    });
  });

  it('keeps it when it is in other hands since', async () => {
    const busy = (it: World, id: string) => it.region().stage.snapshotStatus(id, 'creating');
    expect(await prunedWhile(busy)).toMatchObject({ detail: 'creating since: kept', left: 2 });
  });

  it('keeps it when a copy of it has begun since', async () => {
    const begin = (it: World, id: string) =>
      it.region(AWAY).rds.CopyDBSnapshot({
        SourceDBSnapshotIdentifier: `arn:aws:rds:us-east-1:111122223333:snapshot:${id}`,
        TargetDBSnapshotIdentifier: copyName(id, HOME),
        KmsKeyId: 'alias/holdfast',
      });
    expect(await prunedWhile(begin)).toMatchObject({
      detail: 'a copy to us-west-2 has begun since: kept',
      left: 2,
    });
  });

  it('keeps it when its tags were changed since', async () => {
    const change = async (it: World, id: string) => {
      const arn = (await it.standing()).find((one) => one.id === id)?.arn;
      await it.region().rds.AddTagsToResource({ ResourceName: arn, Tags: [{ Key: TAG.keep, Value: '90d' }] });
    };
    expect(await prunedWhile(change)).toMatchObject({ detail: 'its tags were changed since: kept', left: 2 });
  });

  it('keeps it when it is not ours any more', async () => {
    const disown = async (it: World, id: string) => {
      const arn = (await it.standing()).find((one) => one.id === id)?.arn;
      await it.region().rds.RemoveTagsFromResource({ ResourceName: arn, TagKeys: [TAG.owner] });
    };
    expect(await prunedWhile(disown)).toMatchObject({ detail: 'not ours any more: left alone', left: 2 });
  });

  it('takes one that is gone already for done by another', async () => {
    const remove = (it: World, id: string) => it.region().rds.DeleteDBSnapshot({ DBSnapshotIdentifier: id });
    expect(await prunedWhile(remove)).toMatchObject({ detail: 'gone already', left: 1 });
  });
});

describe('between the look and the act', () => {
  const SLOT = slotName('qrosity-db', at('2026-03-01 08:00'));
  const COPY = copyName(SLOT, HOME);
  const tags = {
    [TAG.owner]: 'holdfast',
    [TAG.database]: 'qrosity-db',
    [TAG.policy]: 'gold',
    [TAG.slot]: '2026-03-01T08:00:00Z',
  };
  const arn = `arn:aws:rds:${HOME}:111122223333:snapshot:${SLOT}`;

  async function interrupted(): Promise<{ it: World; meanwhile: Meanwhile }> {
    const meanwhile = new Meanwhile();
    return { it: await withDatabase({ watch: meanwhile.watch }), meanwhile };
  }

  it.each([
    ['our own earlier try', tags, 'slot-due nothing'],
    ['our snapshot of another slot', { ...tags, [TAG.slot]: '2026-03-01T07:00:00Z' }, 'slot-due failed'],
    ['our snapshot of another database', { ...tags, [TAG.database]: 'other' }, 'slot-due failed'],
    ['a stranger', {}, 'slot-due failed'],
  ])("a slot's name is taken by %s", async (_, found, outcome) => {
    const { it, meanwhile } = await interrupted();
    meanwhile.at('before', 'CreateDBSnapshot', () =>
      it.region().stage.snapshots([{ id: SLOT, instance: 'qrosity-db', at: it.now, tags: found }]),
    );
    expect(reasons(await reportOf(it.create()))).toEqual([outcome]);
    expect((await it.standing()).map((one) => one.tags)).toEqual([found]);
  });

  it.each([
    ['our own earlier try', { ...tags, [TAG.copyOf]: arn }, 'newest-missing nothing'],
    ['our copy of another snapshot', { ...tags, [TAG.copyOf]: `${arn}-other` }, 'newest-missing failed'],
    ['a stranger', {}, 'newest-missing failed'],
  ])("a copy's name is taken by %s", async (_, found, outcome) => {
    const { it, meanwhile } = await interrupted();
    await it.create();
    await it.advance(9 * MINUTE);
    meanwhile.at('before', 'CopyDBSnapshot', () =>
      it.region(AWAY).stage.snapshots([{ id: COPY, instance: 'qrosity-db', at: it.now, tags: found }]),
    );
    expect(reasons(await reportOf(it.copy()))).toEqual([outcome]);
    expect((await it.standing(AWAY)).map((one) => one.tags)).toEqual([found]);
  });

  it('a failed snapshot that is good after all is not removed', async () => {
    const { it, meanwhile } = await interrupted();
    it.region().stage.failNext('snapshot');
    await it.create();
    await it.advance(9 * MINUTE);
    meanwhile.at('after', 'DescribeDBSnapshots', () => it.region().stage.snapshotStatus(SLOT, 'available'));
    expect(reasons(await reportOf(it.create()))).toEqual(['slot-failed failed']);
    expect(await ids(it)).toEqual(['20260301-0800 available']);
  });

  it('a failed copy that is good after all is not removed', async () => {
    const { it, meanwhile } = await interrupted();
    await it.create();
    await it.advance(9 * MINUTE);
    it.region(AWAY).stage.failNext('copy');
    await it.copy();
    await it.advance(HOUR);
    meanwhile.at('after', 'DescribeDBInstances', () =>
      it.region(AWAY).stage.snapshotStatus(COPY, 'available'),
    );
    expect(reasons(await reportOf(it.copy()))).toEqual(['copy-failed failed']);
    expect(await ids(it, AWAY)).toEqual(['20260301-0800-from-us-east-1 available']);
  });
});

describe('a question that the role may not ask', () => {
  const denied = (operation: string) => ({
    error: new WireError('AccessDenied', 'not authorized', 403),
    target: { operation },
  });

  it('for the quota fails the run, after every snapshot was taken', async () => {
    const it = await withDatabase();
    const { error, target } = denied('DescribeAccountAttributes');
    it.faults.refuse(error, target);
    expect(reasons(await reportOf(it.create()))).toEqual(['quota-unseen failed', 'slot-due done']);
    await it.advance(9 * MINUTE);
    expect(reasons(await reportOf(it.copy()))).toEqual(['quota-unseen failed', 'newest-missing done']);
  });

  it('for a key fails the run, after every copy was begun', async () => {
    const it = await withDatabase();
    await it.create();
    await it.advance(9 * MINUTE);
    it.faults.refuse(new WireError('AccessDeniedException', 'not authorized', 400), {
      operation: 'DescribeKey',
    });
    const report = await reportOf(it.copy());
    expect(reasons(report)).toEqual(['key-unseen failed', 'newest-missing done']);
    expect(report.entries[0]?.hint).toContain("the function's role");
  });
});

describe('an endpoint that does not know the question for the quota', () => {
  const counted = async (manualSnapshots: number) => {
    const rules = policy({}, { limits: { manualSnapshots } });
    const it = await withDatabase({ policy: rules });
    it.faults.refuse(new WireError('InvalidAction', 'Could not find operation'), {
      operation: 'DescribeAccountAttributes',
    });
    for (const region of [HOME, AWAY])
      it.region(region).stage.snapshots([{ id: 'by-hand', instance: 'other', at: START - HOUR }]);
    return it;
  };

  it("has its snapshots counted by us, against the policy's limit", async () => {
    expect(reasons(await reportOf((await counted(1)).create()))).toEqual(['quota-full refused']);
    const it = await counted(2);
    expect(reasons(await it.create())).toEqual(['slot-due done']);
    await it.advance(9 * MINUTE);
    expect(reasons(await it.copy())).toEqual(['newest-missing done']);
    const second = await counted(3);
    await second.create();
    await second.advance(9 * MINUTE);
    second.policy = policy({}, { limits: { manualSnapshots: 1 } });
    expect(reasons(await reportOf(second.copy()))).toEqual(['quota-full refused']);
  });
});

import type { Asked as AskedToCopy } from '../../functions/copy-snapshot/run';
import { WireError } from '../../local/wire/service';
import { TAG } from '../../shared/domain/tags';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import { ACCOUNT, AWAY, copyTarget, HOME, policy, retention } from '../support/builders';
import { type Deployed, deploy, GOLD } from '../support/deployed';
import { aliased, keyed, OWNED, reasons, START } from '../support/keyed';
import { reportOf, type World } from '../support/world';

// Data comes under another key, by hand: `rekey` of copy-snapshot, and what schedule, retention and guard make of it.

/** A key in each region under one alias; their ARNs by region. */
async function newKeys(it: World, alias = 'alias/new', regions = [HOME, AWAY]) {
  const made: Record<string, string> = {};
  for (const region of regions) {
    made[region] = (await aliased(it, region, alias)).arn;
  }
  return made;
}

const idOf = (arn: string) => arn.split('/')[1] ?? '';

describe('re-keying data', () => {
  it('brings the newest recovery points under the new key in each region, and the next copies are full', async () => {
    const { it, away } = await keyed();
    await it.live(START + 3 * HOUR);
    const made = await newKeys(it);
    const rekey = { database: 'qrosity-db', rekey: { to: 'alias/new' } };
    expect((await it.copy(rekey, { dryRun: true })).counts).toMatchObject({ planned: 2 });
    const report = await it.copy(rekey);
    expect(reasons(report)).toEqual([`${HOME} rekey done`, `${AWAY} rekey done`]);
    expect(report.entries[1]?.detail).toContain('the next copies will be full');
    expect(reasons(await it.copy(rekey))).toEqual([
      `${HOME} rekeyed-before nothing`,
      `${AWAY} rekeyed-before nothing`,
    ]);
    await it.advance(HOUR);
    for (const region of [HOME, AWAY]) {
      const rekeyed = (await it.standing(region)).filter(({ id }) => id.includes('-under-'));
      expect(rekeyed).toMatchObject([{ state: 'available', key: made[region], encrypted: true }]);
    }
    // The policy follows: the copies to come are under the new key, and the old one has its time to be let go.
    it.policy = policy({ copies: [copyTarget({ key: 'alias/new' })] });
    await it.live(it.now + 3 * HOUR);
    const newest = (await it.standing(AWAY))
      .filter(({ tags }) => tags[TAG.slot] !== undefined)
      .sort((a, b) => (b.recoveryPoint ?? 0) - (a.recoveryPoint ?? 0))[0];
    expect(newest).toMatchObject({ state: 'available', key: made[AWAY] });
    const { encryption } = await it.rotate({ report: true });
    const old = encryption?.keys.find(({ arn }) => arn.endsWith(away));
    expect(old?.recoveryPoints).toBeGreaterThan(0);
    // The old key cannot go unnoticed as long as something hangs on it.
    await it.region(AWAY).kms.ScheduleKeyDeletion({ KeyId: away });
    expect(reasons(await reportOf(it.rotate()))).toContain(`${AWAY} key-pending-deletion refused`);
  });

  it('counts as no slot: schedule, copies and retention go on as before', async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    await newKeys(it, 'alias/new', [HOME]);
    const report = await reportOf(
      it.copy({ database: 'qrosity-db', rekey: { to: 'alias/new', keep: 2 * HOUR } }),
    );
    expect(reasons(report)).toEqual([`${HOME} rekey done`, `${AWAY} key-missing refused`]);
    await it.live(it.now + HOUR);
    expect((await it.standing()).filter(({ id }) => id.includes('-under-'))).toHaveLength(1);
    await it.live(it.now + 2 * HOUR);
    const home = await it.standing();
    expect(home.filter(({ id }) => id.includes('-under-'))).toEqual([]);
    expect((await it.standing(AWAY)).filter(({ id }) => id.includes('-under-'))).toEqual([]);
    const slots = new Set(home.map(({ tags }) => tags[TAG.slot]));
    expect(slots.size).toBe(home.length);
  });

  it('holds no scheduled copy of ours back while it is under way', async () => {
    const { it } = await keyed();
    await it.live(START + 145 * MINUTE);
    await newKeys(it);
    await it.copy({ database: 'qrosity-db', rekey: { to: 'alias/new' } });
    await it.advance(15 * MINUTE);
    await it.create();
    await it.advance(10 * MINUTE);
    const pending = (await it.standing(AWAY)).filter(({ state }) => state === 'pending');
    expect(pending.map(({ id }) => id.includes('-under-'))).toEqual([true]);
    expect(reasons(await it.copy())).toEqual([`${AWAY} newest-missing done`]);
  });

  it('never outlives its source: of equal recovery points the slot is kept', async () => {
    const short = policy({ copies: [], retention: retention({ hourly: 2 }) }, { limits: { pruneShare: 1 } });
    const { it } = await keyed({ policy: short });
    await it.live(START + 3 * HOUR);
    await newKeys(it, 'alias/new', [HOME]);
    await it.copy({ database: 'qrosity-db', rekey: { to: 'alias/new', keep: HOUR } });
    await it.region().rds.StopDBInstance({ DBInstanceIdentifier: 'qrosity-db' });
    await it.live(it.now + 6 * HOUR, () => undefined);
    expect((await it.standing()).map(({ id }) => id.includes('-under-'))).toEqual([false]);
  });

  it('of an unknown database is refused', async () => {
    const { it } = await keyed();
    const report = await reportOf(it.copy({ database: 'qrosity-bd', rekey: { to: 'alias/holdfast' } }));
    expect(reasons(report)).toEqual([`${HOME} nothing-to-copy refused`]);
  });
});

/** Its newest recovery points, and what is asked: `{"database": "qrosity-db", "rekey": {"to": "alias/new", ...}}`. */
const asked = (more: Partial<NonNullable<AskedToCopy['rekey']>> = {}) => ({
  database: 'qrosity-db',
  rekey: { to: 'alias/new', ...more },
});

describe('what is re-keyed', () => {
  it('is not the snapshot before the one that was just asked for', async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    await newKeys(it);
    const { identifier: last = '' } = await it.create({ database: 'qrosity-db', reason: 'the move' });
    const early = await reportOf(it.copy(asked()));
    expect(reasons(early)).toEqual([`${HOME} newest-not-ready refused`, `${AWAY} rekey done`]);
    expect(early.entries[0]).toMatchObject({
      subject: { snapshot: last },
      detail: expect.stringMatching(
        /^\S+ is creating, newer than holdfast-qrosity-db-20260301-0900 of 2026-/,
      ),
      hint: `call again when it is there: aws rds wait db-snapshot-available --region ${HOME} --db-snapshot-identifier ${last}`,
    });
    await it.advance(20 * MINUTE);
    expect(reasons(await it.copy(asked()))).toEqual([`${HOME} rekey done`, `${AWAY} rekeyed-before nothing`]);
    await it.advance(HOUR);
    const rekeyed = (await it.standing()).filter(({ id }) => id.includes('-under-'));
    expect(rekeyed.map(({ tags }) => tags[TAG.copyOf])).toEqual([expect.stringMatching(`:${last}$`)]);
  });

  it('is not the copy before the one that is on its way', async () => {
    const { it } = await keyed();
    await it.live(START + 95 * MINUTE);
    await it.advance(10 * MINUTE);
    await it.copy();
    await newKeys(it);
    const report = await reportOf(it.copy(asked()));
    expect(reasons(report)).toEqual([`${HOME} rekey done`, `${AWAY} newest-not-ready refused`]);
    expect(report.entries[1]?.hint).toContain(`--region ${AWAY} --db-snapshot-identifier`);
  });

  it('is the snapshot that was named, and its copy in the other region', async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    const made = await newKeys(it);
    const snapshot = 'holdfast-qrosity-db-20260301-0800';
    expect(reasons(await it.copy(asked({ snapshot })))).toEqual([`${HOME} rekey done`, `${AWAY} rekey done`]);
    await it.live(it.now + HOUR);
    for (const region of [HOME, AWAY]) {
      const [rekeyed] = (await it.standing(region)).filter(({ id }) => id.includes('-under-'));
      expect(rekeyed).toMatchObject({ id: expect.stringContaining(snapshot), key: made[region] });
    }
    // An hour and a slot later the same wish is the same copy.
    expect(reasons(await it.copy(asked({ snapshot })))).toEqual([
      `${HOME} rekeyed-before nothing`,
      `${AWAY} rekeyed-before nothing`,
    ]);
    // Without the name it would be another full one.
    await it.advance(HOUR);
    expect((await it.copy(asked(), { dryRun: true })).counts).toMatchObject({ planned: 2 });
  });
});

describe('the key that it goes to', () => {
  it('may be a multi-Region key, by the ARN of either', async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    const { KeyMetadata } = await it.region().kms.CreateKey({ MultiRegion: true, Tags: OWNED });
    await it.region().kms.ReplicateKey({ KeyId: KeyMetadata?.KeyId, ReplicaRegion: AWAY });
    await it.advance(10 * MINUTE);
    const report = await it.copy(asked({ to: KeyMetadata?.Arn ?? '' }));
    expect(reasons(report)).toEqual([`${HOME} rekey done`, `${AWAY} rekey done`]);
  });

  it('may be what the copies are under already, however the policy writes it', async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    const made = await newKeys(it);
    const planned = async (key: string) => {
      it.policy = policy({ copies: [copyTarget({ key })] });
      it.router.log.reset();
      const { entries } = await it.copy(asked(), { dryRun: true });
      return [
        entries[1]?.detail?.includes(`they go on under ${key}`),
        it.router.log.count({ operation: 'DescribeKey' }),
      ];
    };
    expect(await planned('alias/new')).toEqual([false, 2]);
    expect(await planned(made[AWAY] ?? '')).toEqual([false, 2]);
    expect(await planned(`arn:aws:kms:${AWAY}:${ACCOUNT}:alias/new`)).toEqual([false, 3]);
    expect(await planned('alias/holdfast')).toEqual([true, 3]);
  });

  it('is not looked for in a region that its ARN does not name, nor at all in another account', async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    const made = await newKeys(it, 'alias/new', [HOME]);
    it.router.log.reset();
    const report = await reportOf(it.copy(asked({ to: made[HOME] ?? '' }), { dryRun: true }));
    expect(reasons(report)).toEqual([`${HOME} rekey planned`, `${AWAY} key-missing refused`]);
    expect(it.router.log.count({ operation: 'DescribeKey', region: AWAY })).toBe(0);
    it.router.log.reset();
    const to = `arn:aws:kms:${HOME}:999988887777:key/${idOf(made[HOME] ?? '')}`;
    expect(reasons(await reportOf(it.copy(asked({ to }))))).toEqual([`${HOME} foreign-key refused`]);
    expect(it.router.log.count({ operation: 'DescribeKey' })).toBe(0);
  });
});

describe('beside the schedule', () => {
  it('lets the next copies wait until it is there: the recovery point away grows older by as long', async () => {
    const { it } = await keyed({ durations: { fullCopy: [5 * HOUR, 5 * HOUR] } });
    await it.live(START + 9 * HOUR);
    await newKeys(it, 'alias/new', [HOME]);
    const oldest = async (hours: number) => {
      let age = 0;
      for (const end = it.now + hours * HOUR; it.now < end; ) {
        await it.live(it.now + 10 * MINUTE);
        const there = (await it.standing(AWAY)).filter(({ state }) => state === 'available');
        age = Math.max(age, it.now - Math.max(...there.map(({ recoveryPoint }) => recoveryPoint ?? 0)));
      }
      return age;
    };
    expect(await oldest(3)).toBeLessThan(2 * HOUR);
    const report = await reportOf(it.copy(asked()));
    expect(report.entries[0]?.detail).toContain('RDS may let scheduled copies wait behind it');
    expect(await oldest(6)).toBeGreaterThan(5 * HOUR);
    expect(await oldest(3)).toBeLessThan(2 * HOUR);
  }, 30_000);

  it('leaves the last place of the quota to the next slot', async () => {
    const { it } = await keyed({ limits: { manualSnapshots: 4 }, policy: policy({ copies: [] }) });
    await it.live(START + 2 * HOUR + 30 * MINUTE);
    await newKeys(it);
    expect((await it.standing()).length).toBe(3);
    expect(reasons(await reportOf(it.copy(asked())))).toEqual([`${HOME} quota-full refused`]);
  });

  it("goes by our own count and the policy's limit where RDS does not tell the quota", async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    await newKeys(it);
    it.faults.refuse(new WireError('AccessDenied', 'not authorized'), {
      operation: 'DescribeAccountAttributes',
    });
    const within = async (manualSnapshots: number) => {
      it.policy = policy({}, { limits: { manualSnapshots } });
      return reasons(await reportOf(it.copy(asked(), { dryRun: true })));
    };
    const unseen = [`${HOME} quota-unseen failed`, `${AWAY} quota-unseen failed`];
    const standing = (await it.standing()).length;
    expect(await within(standing + 2)).toEqual([...unseen, `${HOME} rekey planned`, `${AWAY} rekey planned`]);
    expect((await within(standing + 1))[2]).toBe(`${HOME} quota-full refused`);
  });
});

describe('a call that did not come to its end', () => {
  const told = (report: { entries: readonly { detail?: string; hint?: string }[] }) =>
    report.entries.map(({ detail, hint }) => `${detail} ${hint}`).join('\n');

  it('says that a person has to call again, whatever stopped it', async () => {
    const { it } = await keyed();
    await it.live(START + 3 * HOUR);
    await newKeys(it);
    const late = await reportOf(it.copy(asked(), { timeLeft: () => 0 }));
    expect(reasons(late)).toEqual([`${HOME} out-of-time postponed`, `${AWAY} out-of-time postponed`]);
    it.faults.throttle({ operation: 'CopyDBSnapshot' });
    const throttled = await reportOf(it.copy(asked()));
    expect(reasons(throttled)).toEqual([`${HOME} rekey failed`, `${AWAY} rekey failed`]);
    it.faults.loseRegion(AWAY);
    const lost = await reportOf(it.copy(asked()));
    expect(reasons(lost)).toContain(`${AWAY} region-unseen failed`);
    for (const report of [late, throttled, lost]) {
      expect(told(report)).toContain('call again once it passes: no schedule goes on with a re-keying');
      expect(told(report)).not.toContain('the next run');
    }
    // Of the schedule it is true.
    expect(told(await reportOf(it.copy()))).toContain('the next run');
  });

  it('is called again: a copy that failed makes way for a new one', async () => {
    const { it } = await keyed({ policy: policy({ copies: [] }) });
    await it.live(START + 3 * HOUR);
    await newKeys(it);
    it.region().stage.failNext('copy');
    await it.copy(asked());
    await it.advance(HOUR);
    const rekeyed = async () => (await it.standing()).filter(({ id }) => id.includes('-under-'));
    expect(await rekeyed()).toMatchObject([{ state: 'failed' }]);
    expect(await it.copy(asked())).toMatchObject({ entries: [{ action: 'replace', outcome: 'done' }] });
    await it.advance(HOUR);
    expect(await rekeyed()).toMatchObject([{ state: 'available' }]);
  });
});

describe('the event', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy(GOLD, { start: START });
  });
  afterAll(() => deployed.close());

  it.each([
    [{ rekey: { to: 'alias/new' } }, 'database: is missing: re-keying is of one database (hint: add it)'],
    [
      { database: 'qrosity-db', rekey: { to: 'alias/new', keep: '23h' } },
      'rekey.keep: "23h" is less than 1d (hint: it counts from the request, and the copy itself may take hours)',
    ],
    [{ database: 'qrosity-db', rekey: { to: 'alias/new', snapshot: ' ' } }, 'rekey.snapshot: " " is blank'],
    [
      { database: 'qrosity-db', rekey: { to: 'alias/new', from: 'x' } },
      'rekey.from: unknown key (hint: rekey is {"to": "alias/..."}, and may have snapshot, an identifier, and keep',
    ],
  ])('%j is refused before anything is touched', async (event, text) => {
    await expect(deployed.invoke('copy-snapshot', event)).rejects.toThrow(text);
  });

  it('keeps for a day at least', async () => {
    const rekey = { to: 'alias/new', keep: '1d' };
    await expect(deployed.invoke('copy-snapshot', { database: 'qrosity-bd', rekey })).rejects.toThrow(
      'unknown database',
    );
  });
});

describe('the whole procedure', () => {
  /** Small numbers of each, so that a retention is over within the day. */
  const rules = (key: string, identifiers: string[]) =>
    policy(
      {
        retention: retention({ hourly: 3 }),
        copies: [copyTarget({ key, retention: retention({ hourly: 2 }) })],
        onDemand: { keep: DAY },
      },
      { databases: [{ match: { identifiers }, policy: 'gold' }], limits: { pruneShare: 1 } },
    );

  it.each([
    ['beside the old one', 'qrosity-db-2027'],
    ['under its name', 'qrosity-db'],
  ])(
    'moves the database to an instance %s, and nothing is left under the old keys',
    async (_, name) => {
      const { it, home, away } = await keyed({
        start: START,
        policy: rules('alias/holdfast', ['qrosity-db']),
      });
      const rds = it.region().rds;
      const quietly = (hours: number) => it.live(it.now + hours * HOUR, () => undefined);
      const under = async () => {
        const { encryption } = await it.rotate({ report: true });
        return [home, away].map(
          (id) => encryption?.keys.find(({ arn }) => arn.endsWith(id))?.recoveryPoints ?? 0,
        );
      };
      await it.live(START + 6 * HOUR);
      const made = await newKeys(it);
      it.policy = rules('alias/new', ['qrosity-db']);
      await it.live(it.now + 2 * HOUR);
      expect(await under()).toEqual([expect.any(Number), expect.any(Number)]);

      const { identifier: snapshot = '' } = await it.create({ database: 'qrosity-db', reason: 'move' });
      await it.advance(20 * MINUTE);
      expect(reasons(await it.copy(asked({ snapshot })))).toEqual([
        `${HOME} rekey done`,
        `${AWAY} not-copied nothing`,
      ]);
      await it.live(it.now + HOUR);
      const moved = (await it.standing()).find(({ tags }) => tags[TAG.copyOf]?.endsWith(`:${snapshot}`));
      const remove = async () => {
        await rds.DeleteDBInstance({
          DBInstanceIdentifier: 'qrosity-db',
          SkipFinalSnapshot: true,
          DeleteAutomatedBackups: true,
        });
        await it.advance(30 * MINUTE);
      };
      if (name === 'qrosity-db') await remove();
      await rds.RestoreDBInstanceFromDBSnapshot({
        DBSnapshotIdentifier: moved?.id,
        DBInstanceIdentifier: name,
      });
      await it.advance(HOUR);
      if (name !== 'qrosity-db') await remove();
      it.policy = rules('alias/new', [name]);
      await quietly(4);

      // The last slot of the old instance is younger than what was moved: it is put under the new key by its name.
      const left = (await it.standing()).filter(({ key }) => key?.endsWith(home) === true);
      const last = left.sort((a, b) => (b.recoveryPoint ?? 0) - (a.recoveryPoint ?? 0))[0]?.id ?? '';
      expect(reasons(await reportOf(it.copy(asked({ snapshot: last }))))[0]).toBe(`${HOME} rekey done`);
      await quietly(30);

      expect(await under()).toEqual([0, 0]);
      for (const region of [HOME, AWAY]) {
        const standing = await it.standing(region);
        expect(new Set(standing.map(({ key }) => key))).toEqual(new Set([made[region]]));
        expect(new Set(standing.map(({ resource }) => resource)).size).toBe(2);
      }
      for (const [region, id] of [
        [HOME, home],
        [AWAY, away],
      ] as const) {
        const { kms } = it.region(region);
        await kms.DisableKey({ KeyId: id });
        await kms.ScheduleKeyDeletion({ KeyId: id });
      }
      const { entries, keysInDanger } = await it.rotate();
      expect(keysInDanger).toBe(0);
      expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${home}|${away}|pending-deletion`));
    },
    60_000,
  );
});

import type { KeyDecision } from '../../../../functions/rotate-keys/key-case';
import { plan } from '../../../../functions/rotate-keys/plan';
import type { Key, Rotation } from '../../../../shared/domain/key';
import type { LookedAt } from '../../../../shared/domain/key-use';
import type { Policy } from '../../../../shared/domain/policy';
import { DAY, type Duration, type Instant } from '../../../../shared/domain/time';
import {
  AWAY,
  at,
  copyTarget,
  database,
  HOME,
  keysSeen,
  kmsKey,
  lookedAt,
  policy,
  rotation,
  slotSnapshot,
} from '../../../support/builders';

// Made on the first of January 2026: a year is over on the first of January 2027, 00:00.
const DUE = at('2027-01-01 00:00');
const HOME_ONLY = policy({ copies: [] });

/** A second policy beside the first, of which every key is promised to be rotated once a year. */
function beside(
  rotateEvery: Duration,
  { identifiers = [], rescue = false }: { identifiers?: string[]; rescue?: boolean } = {},
): Policy {
  const { gold } = HOME_ONLY.policies;
  const other = { ...gold, name: 'other', keys: { rotateEvery, rescue, also: [] } };
  return {
    ...HOME_ONLY,
    databases: [...HOME_ONLY.databases, { match: { identifiers }, policy: 'other' }],
    policies: { ...HOME_ONLY.policies, other } as Policy['policies'],
  };
}

function decide(
  key: Partial<Key>,
  its: Partial<Rotation> | null,
  now: Instant,
  { rules = HOME_ONLY, ...fields }: Partial<LookedAt> & { rules?: Policy } = {},
): KeyDecision[] {
  const seen = lookedAt(key, { rotation: its === null ? null : rotation(its), ...fields });
  return plan(keysSeen([seen], { databases: [database({ key: seen.key.arn })] }), rules, now);
}

const lines = (decisions: readonly KeyDecision[]) =>
  decisions.map(
    ({ action, reason, ...rest }) => `${action?.kind ?? ('outcome' in rest ? rest.outcome : '')} ${reason}`,
  );

describe('a key in use', () => {
  it('rotates as promised, and nothing is done: the last and the next time are told', () => {
    const done = [{ at: at('2026-02-01 00:00'), onDemand: false }];
    const [only, ...others] = decide({}, { done, next: at('2027-02-01 00:00') }, at('2026-03-01 00:00'));
    expect(others).toEqual([]);
    expect(only).toEqual({
      subject: { database: 'qrosity-db', region: HOME, key: 'alias/0' },
      action: null,
      outcome: 'nothing',
      reason: 'rotates',
      detail:
        'last rotated at 2026-02-01T00:00:00Z, next rotation at 2027-02-01T00:00:00Z; 25 of 25 on-demand rotations left',
    });
  });

  it('gets its automatic rotation turned on', () => {
    const [act] = decide({}, { automatic: false, period: null, next: null }, at('2026-03-01 00:00'));
    expect(act).toMatchObject({
      action: { kind: 'set-rotation', every: 365 * DAY },
      reason: 'rotation-off',
      detail: 'automatic rotation is off, promised every 365d',
    });
  });

  it.each([90, 364, 366, 730])('gets its period put back from %i days', (days) => {
    const [act] = decide({}, { period: days * DAY }, at('2026-03-01 00:00'));
    expect(act).toMatchObject({
      action: { kind: 'set-rotation', every: 365 * DAY },
      reason: 'period-drifted',
    });
  });
});

describe('an overdue key', () => {
  const OFF = { automatic: false, period: null, next: null } as const;

  it('is one that was never rotated since it was made, a year ago and an instant', () => {
    expect(lines(decide({}, OFF, DUE))).toEqual(['set-rotation rotation-off']);
    expect(lines(decide({}, OFF, DUE + 1))).toEqual(['set-rotation rotation-off', 'rotate never-rotated']);
  });

  it('is one whose last rotation, of whatever kind, is a year ago and an instant', () => {
    const last = (onDemand: boolean) => ({
      ...OFF,
      done: [
        { at: at('2026-02-01 00:00'), onDemand },
        { at: at('2026-01-15 00:00'), onDemand: false },
      ],
    });
    for (const onDemand of [true, false]) {
      expect(lines(decide({}, last(onDemand), at('2027-02-01 00:00')))).not.toContain('rotate overdue');
      expect(lines(decide({}, last(onDemand), at('2027-02-01 00:00') + 1))).toContain('rotate overdue');
    }
  });

  it('tells how many on-demand rotations are left', () => {
    const done = [1, 2, 3].map((month) => ({ at: at(`2025-0${month}-01 00:00`), onDemand: true }));
    const [, act] = decide({}, { ...OFF, done }, at('2026-03-02 00:00'));
    expect(act?.detail).toBe(
      'last rotated 366d ago, promised every 365d; on-demand rotation 4 of 25, 21 left after it',
    );
  });

  it('is left to KMS for a day, where KMS is about to rotate it by itself', () => {
    const automatic = { next: DUE + DAY };
    expect(lines(decide({}, automatic, DUE + 1))).toEqual(['nothing automatic-due']);
    expect(lines(decide({}, automatic, DUE + DAY))).toEqual(['nothing automatic-due']);
    expect(lines(decide({}, automatic, DUE + DAY + 1))).toEqual(['rotate never-rotated']);
  });

  it('is not left to a rotation of KMS that comes more than a day late', () => {
    expect(lines(decide({}, { next: DUE + DAY + 1 }, DUE + 1))).toEqual(['rotate never-rotated']);
  });

  it('is not rotated twice: one under way is waited for', () => {
    const underWay = at('2027-01-01 06:20');
    expect(lines(decide({}, { next: DUE + 9 * DAY, underWay }, at('2027-01-01 06:30')))).toEqual([
      'postponed rotation-under-way',
    ]);
  });

  it('is refused when all of its rotations on demand are spent, one under way being one', () => {
    const spent = (count: number) => ({
      next: null,
      done: Array.from({ length: count }, (_, n) => ({ at: at('2020-01-01 00:00') + n, onDemand: true })),
    });
    const now = at('2026-03-01 00:00');
    expect(lines(decide({}, spent(24), now))).toEqual(['rotate overdue']);
    const [refused] = decide({}, spent(25), now);
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'budget-spent' });
    expect(refused).toHaveProperty('hint', expect.stringContaining('functions/copy-snapshot/README.md'));
    const ten = policy({ copies: [] }, { limits: { onDemandRotations: 10 } });
    expect(lines(decide({}, spent(9), now, { rules: ten }))).toEqual(['rotate overdue']);
    expect(lines(decide({}, spent(10), now, { rules: ten }))).toEqual(['refused budget-spent']);
  });

  it('of automatic rotations none counts against the lifelong few', () => {
    const done = Array.from({ length: 40 }, (_, n) => ({ at: at('2020-01-01 00:00') + n, onDemand: false }));
    expect(lines(decide({}, { next: null, done }, at('2026-03-01 00:00')))).toEqual(['rotate overdue']);
  });
});

describe('what KMS does not rotate', () => {
  const now = at('2026-03-01 00:00');
  const late = at('2027-06-01 00:00');

  it('is said of a key that AWS manages, with what follows and the way out', () => {
    const [only, ...others] = decide({ manager: 'aws' }, {}, late);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ outcome: 'nothing', reason: 'managed-by-aws' });
    expect(only?.detail).toContain('can be neither shared nor copied to another account');
    expect(only).toHaveProperty('hint', expect.stringContaining('re-key'));
  });

  it('is said of imported material: a failure only once it is overdue, since new material can be imported', () => {
    const imported = { origin: 'imported' } as const;
    const never = { automatic: false, period: null };
    expect(lines(decide(imported, never, now))).toEqual(['nothing imported-material']);
    expect(lines(decide(imported, never, late))).toEqual(['refused imported-material']);
    expect(lines(decide(imported, never, late, { tags: {} }))).toEqual(['nothing imported-material']);
    // Where KMS tells nothing of its rotation, nobody knows how old the material is.
    expect(lines(decide(imported, null, late))).toEqual(['nothing imported-material']);
  });

  it.each([
    ['a custom key store', { origin: 'key-store' }, 'custom-key-store'],
    ['an asymmetric key', { symmetric: false }, 'asymmetric'],
  ] as const)('is said of %s, and fails no run: nobody could clear it', (_, key, reason) => {
    expect(lines(decide(key, null, late))).toEqual([`nothing ${reason}`]);
    expect(decide(key, null, late)[0]).toHaveProperty('hint', expect.any(String));
  });

  it("is said of another account's key, which is not looked at", () => {
    const arn = 'arn:aws:kms:us-east-1:999988887777:key/1';
    const found = plan(keysSeen([], { databases: [database({ key: arn })] }), HOME_ONLY, now);
    expect(lines(found)).toEqual(['nothing foreign-account']);
    expect(found[0]).toHaveProperty('hint', expect.stringContaining('ask its owner'));
  });

  it('is not taken for ours, where both have one name', () => {
    const ours = lookedAt(
      {},
      { aliases: ['alias/erp'], rotation: rotation({ automatic: false, period: null }) },
    );
    const theirs = `arn:aws:kms:${HOME}:999988887777:alias/erp`;
    const rules = policy({ copies: [copyTarget({ region: HOME, key: theirs })] });
    const found = plan(keysSeen([ours], { databases: [database({ key: ours.key.arn })] }), rules, now);
    expect(lines(found)).toEqual(['set-rotation rotation-off', 'nothing foreign-account']);
  });
});

describe('whose keys are changed', () => {
  const now = at('2026-03-01 00:00');
  const OFF = { automatic: false, period: null, next: null } as const;
  const also = (...names: string[]) =>
    policy({ copies: [], keys: { rotateEvery: 365 * DAY, rescue: false, also: names } });

  it('not those that neither carry our tag nor stand in the policy: they are reported', () => {
    const [only] = decide({}, OFF, now, { tags: { team: 'erp' } });
    expect(only).toMatchObject({
      outcome: 'nothing',
      reason: 'not-ours-to-change',
      detail: 'automatic rotation is off, promised every 365d',
    });
    expect(only).toHaveProperty('hint', expect.stringContaining('keys.also'));
    expect(lines(decide({}, OFF, now, { tags: { 'holdfast:owner': 'another' } }))).toEqual([
      'nothing not-ours-to-change',
    ]);
  });

  it.each([
    'alias/0',
    '0',
    `arn:aws:kms:${HOME}:111122223333:key/0`,
    `arn:aws:kms:${HOME}:111122223333:alias/0`,
  ])('those that keys.also names, as %s', (name) => {
    expect(lines(decide({}, OFF, now, { tags: {}, rules: also(name) }))).toEqual([
      'set-rotation rotation-off',
    ]);
  });

  it('not a namesake in another region', () => {
    const elsewhere = also(`arn:aws:kms:${AWAY}:111122223333:alias/0`);
    expect(lines(decide({}, OFF, now, { tags: {}, rules: elsewhere }))).toEqual([
      'nothing not-ours-to-change',
    ]);
  });

  it("those of the policy's copies, whether a copy is there or not", () => {
    const target = lookedAt({ id: '1', region: AWAY }, { tags: {}, rotation: rotation(OFF) });
    const named = policy({ copies: [copyTarget({ key: 'alias/1' })] });
    expect(lines(plan(keysSeen([target]), named, now))).toEqual(['set-rotation rotation-off']);
  });
});

describe('the period', () => {
  const now = at('2026-03-01 00:00');

  it('is the shortest that any user of the key was promised', () => {
    const key = lookedAt();
    const two = beside(730 * DAY, { identifiers: ['archive'] });
    const archive = database({ id: 'archive', key: key.key.arn });
    const both = { databases: [archive, database({ key: key.key.arn })] };
    expect(lines(plan(keysSeen([key], both), two, now))).toEqual(['nothing rotates']);
    expect(plan(keysSeen([key], { databases: [archive] }), two, now)[0]).toMatchObject({
      action: { kind: 'set-rotation', every: 730 * DAY },
    });
    // Asked for one database alone, its key is judged by all of its users still.
    expect(lines(plan(keysSeen([key], both), two, now, { only: 'archive' }))).toEqual(['nothing rotates']);
  });

  it('is not changed while something could not be seen that may have been promised another', () => {
    const two = beside(90 * DAY);
    const key = lookedAt({}, { rotation: rotation({ period: 90 * DAY }) });
    const seen = keysSeen([key], { databases: [database({ key: key.key.arn })] });
    expect(lines(plan(seen, two, now))).toEqual(['set-rotation period-drifted']);
    const hidden = new Set([HOME]);
    expect(lines(plan({ ...seen, hidden }, two, now))).toEqual(['postponed partly-unseen']);
    // With one period for all there is nothing to be in doubt about, and nobody of another region hangs on it.
    expect(lines(plan({ ...seen, hidden }, HOME_ONLY, now))).toEqual(['set-rotation period-drifted']);
    expect(lines(plan({ ...seen, hidden: new Set([AWAY]) }, two, now))).toEqual([
      'set-rotation period-drifted',
    ]);
  });

  it('is the mildest of all while nobody is seen who was promised one: no rotation can be taken back', () => {
    const two = beside(90 * DAY, { rescue: true });
    const topics = [{ arn: `arn:aws:sns:${HOME}:111122223333:notices`, key: 'alias/0' }];
    const later = at('2026-04-15 00:00');
    const decided = (key: LookedAt, hidden: readonly string[]) =>
      lines(plan(keysSeen([key], { topics, hidden: new Set(hidden) }), two, later));
    const key = lookedAt({}, { rotation: rotation({ next: null }) });
    expect(decided(key, [])).toEqual(['set-rotation period-drifted', 'rotate never-rotated']);
    expect(decided(key, [HOME])).toEqual(['nothing rotates']);
    const off = lookedAt({ state: 'disabled' });
    expect(decided(off, [])).toEqual(['rescue key-disabled']);
    expect(decided(off, [HOME])).toEqual(['refused key-disabled']);
  });

  it('of a snapshot whose database is gone is that of the policy it was taken under', () => {
    const key = lookedAt();
    const snapshots = [slotSnapshot(at('2026-02-01 00:00'), { database: 'gone', key: key.key.arn })];
    const half = policy({ copies: [], keys: { rotateEvery: 180 * DAY, rescue: false, also: [] } });
    expect(plan(keysSeen([key], { snapshots }), half, now)[0]).toMatchObject({
      action: { kind: 'set-rotation', every: 180 * DAY },
    });
  });
});

describe('a multi-Region key', () => {
  const now = at('2027-01-02 00:00');
  const primary = { arn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1', region: 'eu-west-1' };
  const OFF = rotation({ automatic: false, period: null, next: null });
  const first = lookedAt({ id: 'mrk-1', region: 'eu-west-1', primary }, { rotation: OFF });
  const replica = (region: string) => lookedAt({ id: 'mrk-1', region, primary }, { tags: {}, rotation: OFF });
  const inUse = (...regions: string[]) => ({
    snapshots: regions.map((region) =>
      slotSnapshot(at('2026-03-01 09:00'), { region, key: `arn:aws:kms:${region}:111122223333:key/mrk-1` }),
    ),
  });

  it('is rotated once, on its primary, wherever that lies', () => {
    const found = plan(keysSeen([first, replica(HOME), replica(AWAY)], inUse(HOME, AWAY)), HOME_ONLY, now);
    expect(lines(found)).toEqual(['set-rotation rotation-off', 'rotate never-rotated']);
    for (const { subject, action } of found) {
      expect(subject).toMatchObject({ region: 'eu-west-1', key: 'alias/mrk-1' });
      expect(action?.key.arn).toBe(primary.arn);
    }
  });

  it('is rotated once where the primary itself is in use too', () => {
    const found = plan(keysSeen([first, replica(HOME)], inUse('eu-west-1', HOME)), HOME_ONLY, now);
    expect(lines(found)).toEqual(['set-rotation rotation-off', 'rotate never-rotated']);
  });

  it('keeps the strictest promise of all regions, whichever of its databases is asked for', () => {
    const two = beside(90 * DAY, { identifiers: ['strict'] });
    const seen = keysSeen([first, replica(HOME), replica(AWAY)], {
      databases: [
        database({ key: `arn:aws:kms:${HOME}:111122223333:key/mrk-1` }),
        database({ id: 'strict', region: AWAY, key: `arn:aws:kms:${AWAY}:111122223333:key/mrk-1` }),
      ],
    });
    for (const only of [undefined, 'qrosity-db', 'strict'])
      expect(plan(seen, two, at('2026-01-02 00:00'), { only })).toMatchObject([
        { action: { kind: 'set-rotation', every: 90 * DAY } },
      ]);
  });

  it('is named in every region by being named in one', () => {
    const untagged = { ...first, tags: {} };
    const rules = policy({ copies: [], keys: { rotateEvery: 365 * DAY, rescue: false, also: ['mrk-1'] } });
    expect(lines(plan(keysSeen([untagged, replica(HOME)], inUse(HOME)), HOME_ONLY, now))).toEqual([
      'nothing not-ours-to-change',
    ]);
    expect(lines(plan(keysSeen([untagged, replica(HOME)], inUse(HOME)), rules, now))).toEqual([
      'set-rotation rotation-off',
      'rotate never-rotated',
    ]);
  });

  it('is not rotated while its primary cannot be: that is said', () => {
    const disabled = { ...first, key: kmsKey({ ...first.key, state: 'disabled' }) };
    const found = plan(keysSeen([disabled, replica(HOME)], inUse(HOME)), HOME_ONLY, now);
    expect(lines(found)).toEqual(['refused primary-unusable']);
    expect(found[0]).toHaveProperty(
      'hint',
      expect.stringContaining('save it: aws kms enable-key --region eu-west-1'),
    );
    const dying = { ...first, key: kmsKey({ ...first.key, state: 'pending-deletion' }) };
    const doomed = plan(keysSeen([dying, replica(HOME)], inUse(HOME)), HOME_ONLY, now);
    expect(doomed[0]).toHaveProperty(
      'hint',
      expect.stringMatching(/cancel-key-deletion .* && aws kms enable-key/),
    );
    const rescue = policy({ copies: [], keys: { rotateEvery: 365 * DAY, rescue: true, also: [] } });
    const rescued = (one: LookedAt) => lines(plan(keysSeen([one, replica(HOME)], inUse(HOME)), rescue, now));
    expect(rescued(dying)).toEqual(['rescue primary-unusable']);
    // Never one that is not ours, nor one that enabling does not bring back.
    expect(rescued({ ...dying, tags: {} })).toEqual(['refused primary-unusable']);
    const unavailable = { ...first, key: kmsKey({ ...first.key, state: 'unavailable' }) };
    expect(rescued(unavailable)).toEqual(['refused primary-unusable']);
  });

  it('keeps its period while one of its regions could not be looked at', () => {
    const two = beside(90 * DAY, { identifiers: ['strict'] });
    const its = rotation({ period: 90 * DAY });
    const home = { arn: `arn:aws:kms:${HOME}:111122223333:key/mrk-1`, region: HOME };
    const one = (region: string) => lookedAt({ id: 'mrk-1', region, primary: home }, { rotation: its });
    const databases = [
      database({ key: home.arn }),
      database({ id: 'strict', region: AWAY, key: `arn:aws:kms:${AWAY}:111122223333:key/mrk-1` }),
    ];
    const early = at('2026-01-02 00:00');
    expect(lines(plan(keysSeen([one(HOME), one(AWAY)], { databases }), two, early))).toEqual([
      'nothing rotates',
    ]);
    expect(lines(plan(keysSeen([one(HOME)], { databases }), two, early))).toEqual([
      'postponed partly-unseen',
    ]);
  });

  it('is rotated on demand by no promise that nobody was seen to have', () => {
    const two = beside(90 * DAY);
    const topics = [{ arn: `arn:aws:sns:${HOME}:111122223333:notices`, key: replica(HOME).key.arn }];
    const seen = keysSeen([first, replica(HOME)], { topics, hidden: new Set([AWAY]) });
    expect(lines(plan(seen, two, at('2026-05-01 00:00')))).toEqual(['postponed partly-unseen']);
  });

  it('of imported material is saved by its primary, too', () => {
    const imported = { ...first, key: kmsKey({ ...first.key, origin: 'imported', state: 'disabled' }) };
    const member = { ...replica(HOME), key: kmsKey({ ...replica(HOME).key, origin: 'imported' }) };
    const rescue = policy({ copies: [], keys: { rotateEvery: 365 * DAY, rescue: true, also: [] } });
    expect(lines(plan(keysSeen([imported, member], inUse(HOME)), rescue, now))).toEqual([
      'rescue primary-unusable',
    ]);
  });

  it('keeps its period while users of it in any region could not be seen', () => {
    const two = beside(90 * DAY);
    const early = at('2026-01-02 00:00');
    const seen = keysSeen([first, replica(HOME)], { ...inUse(HOME), hidden: new Set([AWAY]) });
    expect(lines(plan(seen, two, early))).toEqual(['postponed partly-unseen']);
  });
});

describe('what is told of a key', () => {
  const late = DUE + 3 * DAY;

  it('is not waited for where the run itself has just moved the next rotation away', () => {
    const soon = { period: 400 * DAY, next: DUE + DAY / 2 };
    expect(lines(decide({}, soon, DUE + DAY / 4))).toEqual([
      'set-rotation period-drifted',
      'rotate never-rotated',
    ]);
    expect(lines(decide({}, { next: DUE + DAY / 2 }, DUE + DAY / 4))).toEqual(['nothing automatic-due']);
  });

  it('has the day on which KMS rotates it by itself, where no rotation on demand is left', () => {
    const spent = Array.from({ length: 25 }, () => ({ at: at('2025-06-01 00:00'), onDemand: true }));
    const decided = (next: Instant | null) => decide({}, { done: spent, next, automatic: true }, late)[0];
    expect(decided(late + 5 * DAY)).toMatchObject({
      reason: 'budget-spent',
      detail: expect.stringContaining('KMS rotates it by itself at 2027-01-09T00:00:00Z'),
      hint: expect.stringMatching(/^wait for that, or re-key/),
    });
    expect(decided(null)).toHaveProperty('hint', expect.stringMatching(/^re-key/));
  });

  it('has its age where it is late and not ours to change, and not where KMS is about to rotate it', () => {
    expect(decide({}, { next: null }, late, { tags: {} })[0]?.detail).toContain(
      'never rotated since it was made',
    );
    const about = decide({}, { period: 400 * DAY, next: DUE + DAY / 2 }, DUE - DAY, { tags: {} });
    expect(about[0]?.detail).toBe('rotates every 400d, promised every 365d');
  });

  it('has the way to let us change it; where its tags could not be seen, that', () => {
    const hint = (tags: LookedAt['tags']) =>
      (decide({}, { automatic: false, period: null }, DUE, { tags })[0] as { hint?: string }).hint;
    expect(hint({})).toContain('or give it our tag');
    expect(hint(null)).toContain('whether it carries our tag could not be seen');
  });

  it("heeds no other installation's tag", () => {
    const another = policy({ copies: [] }, { name: 'another' });
    expect(lines(decide({}, { automatic: false, period: null }, DUE, { rules: another }))).toEqual([
      'nothing not-ours-to-change',
    ]);
  });
});

import { turnOf } from '../../../../functions/test-restore/choose';
import { standing } from '../../../../functions/test-restore/standing';
import {
  type Backups,
  candidates,
  type Request,
  start,
  startByHand,
} from '../../../../functions/test-restore/start';
import type { Database } from '../../../../shared/domain/database';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { TAG } from '../../../../shared/domain/tags';
import { DAY, formatInstant, HOUR } from '../../../../shared/domain/time';
import {
  AWAY,
  at,
  copyOf,
  database,
  foreign,
  HOME,
  place,
  policy,
  protection,
  restoreTest,
  slotSnapshot,
  testInstance,
} from '../../../support/builders';

const NOW = at('2026-03-01 09:10');
const gold = policy({ restoreTest: restoreTest() });
const eight = slotSnapshot(at('2026-03-01 08:00'));
const seven = slotSnapshot(at('2026-03-01 07:00'));
const backups = (
  home: readonly Snapshot[] = [seven, eight],
  away: readonly Snapshot[] = [copyOf(seven)],
): Backups => ({
  databases: [database()],
  regions: new Map([
    [HOME, home],
    [AWAY, away],
  ]),
  unseen: false,
});
const none = standing([], [], 'holdfast').tests;
const candidate = {
  database: 'qrosity-db',
  protection: protection({ restoreTest: restoreTest() }),
  rules: restoreTest(),
};

describe('a database is asked about', () => {
  const ask = (databases: Database[], under = none, by = gold) =>
    candidates({ databases, regions: new Map(), unseen: false }, by, under).map((one) => one.database);

  it('where its policy has restore tests', () => {
    expect(ask([database()])).toEqual(['qrosity-db']);
    expect(ask([database()], none, policy())).toEqual([]);
  });

  it('never while a test of it is under way, in whichever region', () => {
    const under = standing([testInstance(NOW, { region: AWAY })], [], 'holdfast').tests;
    expect(ask([database()], under)).toEqual([]);
  });

  it('never where it is no PostgreSQL instance, or was made by a restore test itself', () => {
    expect(ask([database({ engine: 'mysql' }), database({ inCluster: true })])).toEqual([]);
    expect(ask([database({ tags: { [TAG.restoreTest]: formatInstant(NOW) } })])).toEqual([]);
  });
});

describe('a test of this turn', () => {
  const turn = turnOf('qrosity-db', 7 * DAY, NOW);

  it('begins by putting the snapshot on hold, to this moment, and asking RDS for an instance', () => {
    expect(start(candidate, null, backups(), gold, NOW)).toMatchObject({
      subject: { database: 'qrosity-db' },
      action: {
        kind: 'begin',
        id: 'holdfast-test-qrosity-db',
        hold: { [TAG.underTest]: '2026-03-01T09:10:00Z' },
        tags: { [TAG.restoreTest]: '2026-03-01T09:10:00Z', [TAG.restoreAsked]: '2026-03-01T09:10:00Z' },
      },
      reason: 'due',
    });
  });

  it.each([
    ['passed', turn.start, 'not-due'],
    ['failed', turn.start, 'not-due'],
    ['passed', turn.start - 1_000, 'due'],
    ['inconclusive', NOW - DAY + 1_000, 'not-due'],
    ['inconclusive', NOW - DAY, 'due'],
  ] as const)('after one that %s at %d: %s', (verdict, requested, reason) => {
    expect(start(candidate, { verdict, requested }, backups(), gold, NOW).reason).toBe(reason);
  });

  it('is of another backup after a day without a verdict: what is wrong with one need not be with another', () => {
    const from = Array.from({ length: 4 }, (_, day) => turn.start + day * DAY + HOUR);
    const chosen = from.map((now) => {
      const { subject } = start(
        candidate,
        { verdict: 'inconclusive', requested: now - DAY },
        backups(),
        gold,
        now,
      );
      return subject.snapshot;
    });
    expect(new Set(chosen).size).toBeGreaterThanOrEqual(3);
  });

  it('waits where there is no backup, and is refused where the policy has no place for it', () => {
    expect(start(candidate, null, backups([], []), gold, NOW)).toMatchObject({
      outcome: 'postponed',
      reason: 'no-backup',
    });
  });
});

describe('a test by hand', () => {
  const ask = (request: Partial<Request>, seen = backups(), by = gold, under = none) =>
    startByHand({ database: 'qrosity-db', ...request }, seen, by, under, NOW);

  it.each([
    ['the newest at home', {}, eight.id, true],
    ['the newest of a region', { region: AWAY }, copyOf(seven).id, true],
    ['any snapshot, wherever it lies', { snapshot: copyOf(seven).id }, copyOf(seven).id, true],
    ['one that is not ours, untagged', { snapshot: 'made-by-hand' }, 'made-by-hand', false],
  ])('takes %s', (_, request, id, held) => {
    const { subject, action, reason } = ask(request, backups([seven, eight, foreign()]));
    expect([subject.snapshot, reason]).toEqual([id, 'asked']);
    expect(action).toMatchObject({
      kind: 'begin',
      hold: held ? { [TAG.underTest]: '2026-03-01T09:10:00Z' } : null,
    });
  });

  it("takes RDS's own, which no one could put on hold", () => {
    const own = slotSnapshot(at('2026-03-01 06:00'), { id: 'rds:qrosity-db-2026-03-01', kind: 'automated' });
    expect(ask({ snapshot: own.id }, backups([own]))).toMatchObject({
      action: {
        kind: 'begin',
        id: 'holdfast-test-qrosity-db',
        tags: { [TAG.testOf]: own.arn, [TAG.restoreTest]: '2026-03-01T09:10:00Z' },
      },
    });
  });

  it('does not take the tags of the source along', () => {
    const tagged = foreign({ tags: { team: 'erp', 'holdfast:owner': 'another' } });
    const { action } = ask({ snapshot: 'made-by-hand' }, backups([tagged]));
    expect(action).toMatchObject({ kind: 'begin', tags: expect.not.objectContaining({ team: 'erp' }) });
    expect(action).toMatchObject({ tags: { [TAG.owner]: 'holdfast' } });
  });

  it.each([
    ['a database that no policy selects', { database: 'other' }, gold, 'no-policy'],
    ['a policy without restore tests', {}, policy(), 'no-restore-test'],
    ['a snapshot that is not there', { snapshot: 'nowhere' }, gold, 'no-such-snapshot'],
    ['a region without backups', { region: 'eu-west-1' }, gold, 'no-such-snapshot'],
    [
      'a region without a place',
      { region: AWAY },
      policy({ restoreTest: restoreTest({ places: [place(HOME)] }) }),
      'no-place',
    ],
  ] as const)('refuses %s, with the way out', (_, request, by, reason) => {
    expect(ask(request, backups(), by)).toMatchObject({
      outcome: 'refused',
      reason,
      hint: expect.any(String),
    });
  });

  it('refuses a name that two regions have, until it is told which', () => {
    const twin = foreign({ region: AWAY });
    const seen = backups([foreign()], [twin]);
    expect(ask({ snapshot: 'made-by-hand' }, seen)).toMatchObject({
      outcome: 'refused',
      reason: 'no-such-snapshot',
    });
    expect(ask({ snapshot: 'made-by-hand', region: AWAY }, seen)).toMatchObject({
      subject: { region: AWAY },
      action: { kind: 'begin' },
    });
  });

  it('refuses the snapshot of another database, whose verdict would say nothing of this one', () => {
    const others = foreign({ id: 'of-another', database: 'other-db' });
    expect(ask({ snapshot: 'of-another' }, backups([others]))).toMatchObject({
      outcome: 'refused',
      reason: 'no-such-snapshot',
      detail: expect.stringContaining('is of other-db'),
      hint: expect.stringContaining(TAG.database),
    });
    // Restored under another name and tagged as whose it is.
    const renamed = foreign({
      id: 'of-another',
      database: 'other-db',
      tags: { [TAG.database]: 'qrosity-db' },
    });
    expect(ask({ snapshot: 'of-another' }, backups([renamed]))).toMatchObject({ action: { kind: 'begin' } });
  });

  it('refuses a snapshot that is under test, whoever asked for that', () => {
    const held = { ...eight, tags: { ...eight.tags, [TAG.underTest]: 'since yesterday' } };
    expect(ask({}, backups([held]))).toMatchObject({ outcome: 'refused', reason: 'under-way' });
  });

  it('refuses while another is under way, and says since when and where', () => {
    const under = standing([testInstance(NOW - HOUR, { region: AWAY })], [], 'holdfast').tests;
    expect(ask({}, backups(), gold, under)).toMatchObject({
      outcome: 'refused',
      reason: 'under-way',
      detail: expect.stringContaining('us-west-2 since 2026-03-01T08:10:00Z'),
    });
  });

  it('refuses where a region could not be seen: a test of it may be under way there', () => {
    expect(ask({}, { ...backups(), unseen: true })).toMatchObject({ outcome: 'refused', reason: 'unseen' });
  });

  it('refuses a snapshot that is not available', () => {
    const pending = foreign({ state: 'pending', recoveryPoint: null });
    expect(ask({ snapshot: pending.id }, backups([pending]))).toMatchObject({ reason: 'no-such-snapshot' });
  });
});

describe('what stands of tests', () => {
  const held = { ...eight, tags: { ...eight.tags, [TAG.underTest]: formatInstant(NOW) } };

  it('is a snapshot on hold and its instance, as one test', () => {
    const { tests, orphans } = standing([testInstance(NOW)], [held], 'holdfast');
    expect(tests).toMatchObject([
      {
        test: { database: 'qrosity-db', region: HOME, requested: NOW },
        held: { id: eight.id },
        instance: { id: 'holdfast-test-qrosity-db' },
      },
    ]);
    expect(orphans).toEqual([]);
  });

  it('is nothing of another installation, and nothing that a person put on hold', () => {
    const other = { [TAG.owner]: 'other' };
    const byPerson = { ...eight, tags: { ...eight.tags, [TAG.underTest]: 'do not touch' } };
    const seen = standing(
      [testInstance(NOW, { tags: other })],
      [{ ...held, tags: { ...held.tags, ...other } }, byPerson],
      'holdfast',
    );
    expect(seen).toEqual({ tests: [], orphans: [] });
  });

  it.each([
    ['tells no time', { [TAG.restoreTest]: 'by hand' }],
    ['names no database', { [TAG.database]: undefined as unknown as string }],
  ])('is an orphan where the instance %s', (_, tags) => {
    const { tests, orphans } = standing([testInstance(NOW, { tags })], [], 'holdfast');
    expect([tests.length, orphans.length]).toEqual([0, 1]);
  });
});

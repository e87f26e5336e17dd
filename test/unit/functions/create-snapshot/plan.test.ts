import { type CreateDecision, plan, withinQuota } from '../../../../functions/create-snapshot/plan';
import type { Condition } from '../../../../shared/domain/database';
import { TAG } from '../../../../shared/domain/tags';
import { MINUTE } from '../../../../shared/domain/time';
import { at, database, foreign, policy, protection, slotSnapshot } from '../../../support/builders';

const NINE = at('2026-03-01 09:00');
const named = (...identifiers: string[]) => ({ databases: [{ match: { identifiers }, policy: 'gold' }] });
const lines = (decisions: readonly CreateDecision[]) =>
  decisions.map(
    ({ subject, action, reason }) => `${subject.database} ${action?.kind ?? 'nothing'} ${reason}`,
  );

describe('the slot of now', () => {
  it('is taken at its first millisecond', () => {
    const [decision] = plan(
      { databases: [database()], snapshots: [slotSnapshot(at('2026-03-01 08:00'))] },
      policy(),
      NINE,
    );
    expect(decision).toMatchObject({
      action: { kind: 'create', id: 'holdfast-qrosity-db-20260301-0900' },
      subject: { database: 'qrosity-db', region: 'us-east-1', snapshot: 'holdfast-qrosity-db-20260301-0900' },
      reason: 'slot-due',
      detail: 'newest recovery point is 58m old',
    });
  });

  it('is still the one before at the last millisecond before it', () => {
    const observed = { databases: [database()], snapshots: [slotSnapshot(at('2026-03-01 08:00'))] };
    expect(lines(plan(observed, policy(), NINE - 1))).toEqual(['qrosity-db nothing slot-taken']);
  });

  it('carries owner, database, policy and slot as tags', () => {
    const [decision] = plan(
      { databases: [database()], snapshots: [] },
      policy(),
      at('2024-02-29 23:59:59.999'),
    );
    expect(decision?.action?.tags).toEqual({
      [TAG.owner]: 'holdfast',
      [TAG.database]: 'qrosity-db',
      [TAG.instance]: 'db-qrosity-db',
      [TAG.policy]: 'gold',
      [TAG.slot]: '2024-02-29T23:00:00Z',
    });
  });

  it('is taken late when the instance was busy, without shifting the next one', () => {
    const late = slotSnapshot(at('2026-03-01 08:00'), { recoveryPoint: NINE - 90_000 });
    expect(lines(plan({ databases: [database()], snapshots: [late] }, policy(), NINE))).toEqual([
      'qrosity-db create slot-due',
    ]);
  });

  it('is not taken for an event that arrives after a later slot was taken', () => {
    const observed = { databases: [database()], snapshots: [slotSnapshot(at('2026-03-01 10:00'))] };
    expect(lines(plan(observed, policy(), NINE + MINUTE))).toEqual(['qrosity-db nothing later-slot-taken']);
  });

  it('is taken although somebody asked for one of a time to come', () => {
    const ahead = slotSnapshot(at('2036-03-01 09:00'), { recoveryPoint: at('2026-03-01 08:30') });
    const observed = { databases: [database()], snapshots: [ahead] };
    expect(lines(plan(observed, policy(), NINE))).toEqual(['qrosity-db create slot-due']);
  });

  it('counts a snapshot on its way as taken', () => {
    const observed = { databases: [database()], snapshots: [slotSnapshot(NINE, { state: 'pending' })] };
    expect(lines(plan(observed, policy(), NINE + MINUTE))).toEqual(['qrosity-db nothing slot-taken']);
  });

  it('is taken anew when its snapshot failed', () => {
    const failed = slotSnapshot(NINE, { state: 'failed' });
    const [decision] = plan({ databases: [database()], snapshots: [failed] }, policy(), NINE + MINUTE);
    expect(decision).toMatchObject({
      action: { kind: 'replace', failed: { id: failed.id } },
      reason: 'slot-failed',
    });
  });

  it.each([
    ['no tags', {}],
    [
      'the tags of another installation',
      { [TAG.owner]: 'staging', [TAG.database]: 'qrosity-db', [TAG.slot]: '2026-03-01T09:00:00Z' },
    ],
    [
      'our tags for another database',
      { [TAG.owner]: 'holdfast', [TAG.database]: 'other', [TAG.slot]: '2026-03-01T09:00:00Z' },
    ],
    [
      'our tags for another slot',
      { [TAG.owner]: 'holdfast', [TAG.database]: 'qrosity-db', [TAG.slot]: '2026-03-01T08:00:00Z' },
    ],
  ])('is refused when its name is taken by a snapshot with %s', (_, tags) => {
    const squatter = foreign({ id: 'holdfast-qrosity-db-20260301-0900', tags });
    const [decision] = plan({ databases: [database()], snapshots: [squatter] }, policy(), NINE);
    expect(decision).toMatchObject({ action: null, outcome: 'refused', reason: 'name-taken' });
  });
});

describe('an instance that RDS takes no snapshot of', () => {
  it.each<[Condition, string]>([
    ['busy', 'backing-up'],
    ['stopped', 'stopped'],
    ['starting', 'starting'],
    ['lost-key', 'inaccessible-encryption-credentials-recoverable'],
    ['unusable', 'storage-full'],
    ['deleting', 'deleting'],
  ])('is put off while %s, with the reason and no failure', (condition, status) => {
    const [decision] = plan({ databases: [database({ condition, status })], snapshots: [] }, policy(), NINE);
    expect(decision).toMatchObject({ action: null, outcome: 'postponed', reason: `instance-${condition}` });
    expect(decision?.detail).toContain(status);
  });

  it('is to be saved within 7 days where its key is lost, and restored where RDS has given it up', () => {
    const hint = (status: string) => {
      const lost = database({ condition: 'lost-key', status });
      const [decision] = plan({ databases: [lost], snapshots: [] }, policy(), NINE);
      return decision?.action === null ? decision.hint : undefined;
    };
    expect(hint('inaccessible-encryption-credentials-recoverable')).toMatch(
      /^enable the key again.* within 7 days/,
    );
    expect(hint('inaccessible-encryption-credentials')).toMatch(/^restore the newest recovery point/);
  });

  it('is refused when it is not PostgreSQL, or a member of an Aurora cluster', () => {
    const databases = [
      database({ id: 'a', engine: 'mysql' }),
      database({ id: 'b', engine: 'aurora-postgresql', inCluster: true }),
    ];
    expect(lines(plan({ databases, snapshots: [] }, policy({}, named('a', 'b')), NINE))).toEqual([
      'a nothing not-postgresql',
      'b nothing cluster-member',
    ]);
  });
});

describe('selection', () => {
  it('passes over what no policy selects', () => {
    expect(
      plan({ databases: [database({ id: 'scratch' }), database()], snapshots: [] }, policy(), NINE),
    ).toHaveLength(1);
  });

  it('finds databases by tag, an identifier before a tag, and never a restore test', () => {
    const tagged = { tags: { holdfast: 'gold' } };
    const twice = policy(
      {},
      {
        databases: [
          { match: { tags: { holdfast: 'gold' } }, policy: 'gold' },
          { match: { identifiers: ['named'] }, policy: 'silver' },
        ],
        policies: { gold: protection(), silver: protection({ name: 'silver' }) },
      },
    );
    const databases = [
      database({ id: 'by-tag', ...tagged }),
      database({ id: 'named', ...tagged }),
      database({ id: 'test', tags: { ...tagged.tags, [TAG.restoreTest]: '2026-03-01' } }),
    ];
    const chosen = plan({ databases, snapshots: [] }, twice, NINE).map(({ subject, action }) => [
      subject.database,
      action?.tags[TAG.policy],
    ]);
    expect(chosen).toEqual([
      ['by-tag', 'gold'],
      ['named', 'silver'],
    ]);
  });

  it('tells a deleted database from a name that never was', () => {
    const observed = { databases: [], snapshots: [slotSnapshot(at('2026-02-01 00:00'))] };
    const decisions = plan(observed, policy({}, named('qrosity-db', 'qrosity-bd')), NINE);
    expect(decisions.map(({ reason, ...rest }) => [reason, 'outcome' in rest && rest.outcome])).toEqual([
      ['instance-gone', 'nothing'],
      ['never-seen', 'refused'],
    ]);
  });
});

describe('the quota', () => {
  const databases = ['a', 'b', 'c'].map((id) => database({ id }));
  const snapshots = [
    slotSnapshot(at('2026-03-01 08:00'), { database: 'a' }),
    slotSnapshot(at('2026-03-01 05:00'), { database: 'b' }),
  ];
  const planned = () => plan({ databases, snapshots }, policy({}, named('a', 'b', 'c')), NINE);

  it('goes to the largest recovery-point debt first', () => {
    expect(lines(planned())).toEqual(['c create slot-due', 'b create slot-due', 'a create slot-due']);
  });

  it('lets through what fits and refuses the rest by name', () => {
    const fitting = withinQuota(planned(), { used: 98, most: 100 });
    expect(lines(fitting)).toEqual(['c create slot-due', 'b create slot-due', 'a nothing quota-full']);
    expect(fitting[2]).toMatchObject({
      outcome: 'refused',
      detail: '98 of 100 manual snapshots in us-east-1 stand; newest recovery point is 58m old',
    });
  });

  it('is full when it is overdrawn', () => {
    expect(lines(withinQuota(planned(), { used: 101, most: 100 }))).toEqual([
      'c nothing quota-full',
      'b nothing quota-full',
      'a nothing quota-full',
    ]);
  });

  it('takes no room for a snapshot that replaces a failed one', () => {
    const failed = slotSnapshot(NINE, { state: 'failed' });
    const replaced = plan({ databases: [database()], snapshots: [failed] }, policy(), NINE);
    expect(lines(withinQuota(replaced, { used: 100, most: 100 }))).toEqual([
      'qrosity-db replace slot-failed',
    ]);
  });
});

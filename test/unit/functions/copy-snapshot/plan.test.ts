import { type CopyDecision, plan } from '../../../../functions/copy-snapshot/plan';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { TAG } from '../../../../shared/domain/tags';
import { HOUR } from '../../../../shared/domain/time';
import {
  AWAY,
  at,
  copyOf,
  copyTarget,
  database,
  foreign,
  onDemand,
  policy,
  retention,
  slotSnapshot,
} from '../../../support/builders';

const NOW = at('2026-03-01 09:10');
const hour = (text: string, fields: Partial<Snapshot> = {}) => slotSnapshot(at(`2026-03-01 ${text}`), fields);
const lines = (decisions: readonly CopyDecision[]) =>
  decisions.map(
    ({ subject, action, reason }) =>
      `${subject.database} ${subject.region} ${action?.kind ?? 'nothing'} ${action?.source.id.slice(-4) ?? ''} ${reason}`,
  );

function decide(home: Snapshot[], away: Snapshot[] = [], withPolicy = policy(), now = NOW) {
  return plan({ databases: [database()], home, away: new Map([[AWAY, away]]) }, withPolicy, now);
}

describe('what to copy next', () => {
  it('is the newest good slot', () => {
    expect(
      lines(decide([hour('07:00'), hour('08:00'), hour('09:00', { state: 'pending', recoveryPoint: null })])),
    ).toEqual(['qrosity-db us-west-2 copy 0800 newest-missing']);
  });

  it('is an older one that both retentions keep, once the newest is there', () => {
    const [seven, eight] = [hour('07:00'), hour('08:00')];
    expect(lines(decide([seven, eight], [copyOf(eight)]))).toEqual([
      'qrosity-db us-west-2 copy 0700 older-missing',
    ]);
  });

  it('is nothing when all are there', () => {
    const eight = hour('08:00');
    expect(lines(decide([eight], [copyOf(eight)]))).toEqual(['qrosity-db us-west-2 nothing  all-copied']);
  });

  it('is nothing that the destination would prune at once', () => {
    const daily = policy({ copies: [copyTarget({ retention: retention({ daily: 30 }) })] });
    const eight = hour('08:00');
    expect(lines(decide([hour('07:00'), eight], [copyOf(eight)], daily))).toEqual([
      'qrosity-db us-west-2 nothing  all-copied',
    ]);
  });

  it('is a slot whose copy is gone, though a re-keyed copy of it stands: that one is kept for its own time', () => {
    const eight = hour('08:00');
    const rekeyed = onDemand(NOW, '30d', {
      id: 'holdfast-qrosity-db-20260301-0800-from-us-east-1-under-12345678',
      region: AWAY,
      recoveryPoint: eight.recoveryPoint,
    });
    expect(lines(decide([eight], [rekeyed]))).toEqual(['qrosity-db us-west-2 copy 0800 newest-missing']);
  });

  it('is nothing that home would prune: its source could vanish under the copy', () => {
    const old = slotSnapshot(at('2026-02-20 05:00'));
    const longer = policy({
      retention: retention({ hourly: 24 }),
      copies: [copyTarget({ retention: retention({ daily: 90 }) })],
    });
    const eight = hour('08:00');
    expect(lines(decide([old, eight], [copyOf(eight)], longer))).toEqual([
      'qrosity-db us-west-2 nothing  all-copied',
    ]);
  });

  it('is no slot past retention there for which a re-keyed copy stands: it would only be pruned again', () => {
    const week = policy({ copies: [copyTarget({ retention: retention({ hourly: 24 }) })] });
    const last = slotSnapshot(at('2026-02-20 08:00'));
    const rekeyed = onDemand(NOW, '30d', {
      id: `${last.id}-from-us-east-1-under-12345678`,
      region: AWAY,
      recoveryPoint: last.recoveryPoint,
    });
    expect(decide([last], [rekeyed], week)).toMatchObject([
      { reason: 'all-copied', detail: 'what stands there is as new as anything that would be kept' },
    ]);
    const copied = lines(decide([last], [], week));
    expect(copied).toEqual(['qrosity-db us-west-2 copy 0800 newest-missing']);
    for (const other of [
      { state: 'pending' },
      { recoveryPoint: (last.recoveryPoint ?? 0) - 1 },
      { resource: 'db-other' },
    ] as const)
      expect(lines(decide([last], [{ ...rekeyed, ...other }], week))).toEqual(copied);
  });

  it('leaves on-demand snapshots at home', () => {
    expect(lines(decide([onDemand(at('2026-03-01 09:05'), '7d')]))).toEqual([
      'qrosity-db us-west-2 nothing  nothing-to-copy',
    ]);
  });

  it('leaves alone what is not ours', () => {
    expect(decide([foreign({ recoveryPoint: NOW })])).toEqual([]);
  });

  it('is the failed copy again, in place of the failed one', () => {
    const eight = hour('08:00');
    const failed = copyOf(eight, { state: 'failed' });
    const [decision] = decide([eight], [failed]);
    expect(decision).toMatchObject({
      action: { kind: 'replace', failed: { id: failed.id } },
      reason: 'copy-failed',
    });
  });

  it('goes on for a deleted instance, by the policy that its snapshots carry', () => {
    const decisions = plan(
      { databases: [], home: [hour('08:00', { database: 'gone' })], away: new Map([[AWAY, []]]) },
      policy(),
      NOW,
    );
    expect(lines(decisions)).toEqual(['gone us-west-2 copy 0800 newest-missing']);
  });
});

describe('the copy', () => {
  it('is named after its source and home, and carries where it came from', () => {
    const [decision] = decide([
      hour('08:00', { tags: { team: 'erp', 'aws:cloudformation:stack-name': 'x' } }),
    ]);
    expect(decision?.action).toMatchObject({
      id: 'holdfast-qrosity-db-20260301-0800-from-us-east-1',
      tags: {
        team: 'erp',
        [TAG.owner]: 'holdfast',
        [TAG.database]: 'qrosity-db',
        [TAG.policy]: 'gold',
        [TAG.slot]: '2026-03-01T08:00:00Z',
        [TAG.copyOf]: 'arn:aws:rds:us-east-1:111122223333:snapshot:holdfast-qrosity-db-20260301-0800',
      },
    });
    expect(Object.keys(decision?.action?.tags ?? {})).not.toContain('aws:cloudformation:stack-name');
  });

  it('drops tags of the source rather than its own when there are more than RDS takes', () => {
    const many = Object.fromEntries(Array.from({ length: 46 }, (_, n) => [`t${n}`, 'x']));
    const [decision] = decide([hour('08:00', { tags: many })]);
    const tags = decision?.action?.tags ?? {};
    expect(Object.keys(tags)).toHaveLength(50);
    expect(tags[TAG.owner]).toBe('holdfast');
  });
});

describe('refusals', () => {
  it('is refused without a key when the source is encrypted', () => {
    const keyless = policy({ copies: [copyTarget({ key: null })] });
    expect(decide([hour('08:00')], [], keyless)[0]).toMatchObject({
      action: null,
      outcome: 'refused',
      reason: 'no-key',
      hint: expect.stringContaining('us-west-2'),
    });
    expect(lines(decide([hour('08:00', { encrypted: false, key: null })], [], keyless))).toEqual([
      'qrosity-db us-west-2 copy 0800 newest-missing',
    ]);
  });

  it.each([
    ['nobody', {}],
    ['another installation', { [TAG.owner]: 'staging' }],
    [
      'us, but of another source',
      { [TAG.owner]: 'holdfast', [TAG.copyOf]: 'arn:aws:rds:eu-west-1:111122223333:snapshot:x' },
    ],
  ])('is refused when the name belongs to %s', (_, tags) => {
    const eight = hour('08:00');
    const squatter = foreign({ id: copyOf(eight).id, region: AWAY, tags });
    expect(decide([eight], [squatter])[0]).toMatchObject({
      action: null,
      outcome: 'refused',
      reason: 'name-taken',
    });
  });
});

it('is not kept at home by a name that is taken: the others go on', () => {
  const [six, seven, eight] = [hour('06:00'), hour('07:00'), hour('08:00')];
  const squatter = foreign({ id: copyOf(seven).id, region: AWAY });
  expect(lines(decide([six, seven, eight], [copyOf(eight), squatter]))).toEqual([
    'qrosity-db us-west-2 nothing  name-taken',
    'qrosity-db us-west-2 copy 0600 older-missing',
  ]);
});

it('goes on for what is left of an instance that was made anew under its name', () => {
  const lost = hour('05:00', { resource: 'db-lost' });
  const eight = hour('08:00');
  const hourly = policy({
    retention: retention({ hourly: 1 }),
    copies: [copyTarget({ retention: retention({ hourly: 1 }) })],
  });
  expect(lines(decide([lost, eight], [copyOf(eight)], hourly))).toEqual([
    'qrosity-db us-west-2 copy 0500 older-missing',
  ]);
});

describe('one copy of an instance at a time', () => {
  const two = policy({ copies: [copyTarget(), copyTarget({ region: 'eu-west-1' })] });
  const [seven, eight] = [hour('07:00'), hour('08:00')];
  const regions = (west: Snapshot[], europe: Snapshot[]) =>
    plan(
      {
        databases: [database()],
        home: [seven, eight],
        away: new Map([
          [AWAY, west],
          ['eu-west-1', europe],
        ]),
      },
      two,
      NOW,
    );

  it('begins none while one is in flight, to whichever region, whoever began it', () => {
    const pending = foreign({
      id: 'by-hand',
      region: 'eu-west-1',
      state: 'pending',
      copyOf: 'arn:aws:rds:us-east-1:111122223333:snapshot:x',
    });
    expect(lines(regions([], [pending]))).toEqual([
      'qrosity-db us-west-2 nothing  copy-in-flight',
      'qrosity-db eu-west-1 nothing  copy-in-flight',
    ]);
  });

  it('puts the region first that is furthest behind', () => {
    expect(lines(regions([copyOf(seven)], []))).toEqual([
      'qrosity-db eu-west-1 copy 0800 newest-missing',
      'qrosity-db us-west-2 copy 0800 newest-missing',
    ]);
  });

  it('goes on to other regions when one cannot be looked at', () => {
    const decisions = plan(
      { databases: [database()], home: [eight], away: new Map([['eu-west-1', []]]) },
      two,
      NOW,
    );
    expect(lines(decisions).sort()).toEqual([
      'qrosity-db eu-west-1 copy 0800 newest-missing',
      'qrosity-db us-west-2 nothing  region-unseen',
    ]);
  });
});

it('puts the database with the oldest copy first', () => {
  const home = ['a', 'b', 'c'].map((id) => hour('08:00', { database: id }));
  const older = (id: string, hours: number) =>
    copyOf(slotSnapshot(at('2026-03-01 08:00') - hours * HOUR, { database: id }));
  const decisions = plan(
    { databases: [], home, away: new Map([[AWAY, [older('a', 1), older('b', 3)]]]) },
    policy(),
    NOW,
  );
  expect(decisions.map(({ subject }) => subject.database)).toEqual(['c', 'b', 'a']);
});

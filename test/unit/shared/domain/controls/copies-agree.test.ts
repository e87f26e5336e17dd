import { copiesAgree } from '../../../../../shared/domain/controls/copies-agree';
import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import {
  AWAY,
  at,
  copyOf,
  copyTarget,
  HOME,
  onDemand,
  retention,
  slotSnapshot,
} from '../../../../support/builders';
import { complete, databaseSeen, judged, keptCopies, keptSlots, NOW, seen } from '../../../../support/seen';

const slot = (text: string) => slotSnapshot(at(text));
const without = (text: string) => keptCopies().filter(({ id }) => id !== copyOf(slot(text)).id);

it('passes where every slot that both ends keep has its copy', () => {
  expect(judged(copiesAgree, seen())).toMatchObject({
    subject: { database: 'qrosity-db', region: AWAY },
    verdict: 'passed',
    found: '31 slots, each with its copy',
  });
});

it('names the slots without a copy, and what they would cost', () => {
  expect(judged(copiesAgree, seen({ away: without('2026-03-04 23:00') }))).toMatchObject({
    verdict: 'failed',
    found: 'of 31 slots, without a good copy: holdfast-qrosity-db-20260304-2300',
    cost: 'the way back to 2026-03-04T23:02:00Z and the like, if us-east-1 is lost now',
    measure: { value: 1, unit: 'slots' },
  });
});

it.each([
  ['not good', { state: 'failed' as const }],
  ['not ours', { tags: { 'holdfast:owner': 'other' } }],
  [
    'of another snapshot',
    { tags: { 'holdfast:copy-of': 'arn:aws:rds:us-east-1:111122223333:snapshot:else' } },
  ],
])('takes no copy for one that is %s', (_, fields) => {
  const source = slot('2026-03-04 23:00');
  const away = [...without('2026-03-04 23:00'), copyOf(source, fields)];
  expect(judged(copiesAgree, seen({ away })).verdict).toBe('failed');
});

it('fails where a copy is of another moment than its source', () => {
  const source = slot('2026-03-04 23:00');
  const away = [...without('2026-03-04 23:00'), copyOf(source, { recoveryPoint: at('2026-03-04 23:01') })];
  expect(judged(copiesAgree, seen({ away })).found).toBe(
    'of 31 slots, of another moment than the copy: holdfast-qrosity-db-20260304-2300',
  );
});

it('waits for the copy of a slot as long as its region was granted', () => {
  // The slot of 07:00 is of 07:02: it is due at 09:02 and a moment.
  const look = (now: number) => seen({ away: without('2026-03-10 07:00') }, { now });
  expect(judged(copiesAgree, look(at('2026-03-10 09:02'))).verdict).toBe('passed');
  expect(judged(copiesAgree, look(at('2026-03-10 09:02') + 1)).verdict).toBe('failed');
});

it('asks for no copy that either end would not keep', () => {
  const short = complete({ copies: [copyTarget({ retention: retention({ hourly: 6 }) })] });
  const away = keptCopies().filter(({ recoveryPoint }) => NOW - (recoveryPoint ?? 0) < 8 * HOUR);
  expect(judged(copiesAgree, seen({ away }, { policy: short })).verdict).toBe('passed');
});

it('asks for no copy of what was taken by hand, nor of what is not good', () => {
  const home = [
    ...keptSlots(),
    onDemand(at('2026-03-09 22:30'), '30d'),
    slotSnapshot(at('2026-03-03 20:00'), { state: 'failed' }),
  ];
  expect(judged(copiesAgree, seen({ home })).found).toBe('31 slots, each with its copy');
});

it('lets a later copy of the day stand for it, although its source is gone', () => {
  const daily = complete({ copies: [copyTarget({ retention: retention({ daily: 30 }) })] });
  const home = [slot('2026-03-04 22:00'), slot('2026-03-10 09:00')];
  const later = copyOf(slot('2026-03-04 23:00'));
  // That the later one is gone at home is another matter.
  expect(judged(copiesAgree, seen({ home, away: [later] }, { policy: daily })).found).toBe(
    'of 1 slot, gone at home although its retention keeps it: holdfast-qrosity-db-20260304-2300',
  );
  expect(judged(copiesAgree, seen({ home, away: [] }, { policy: daily })).found).toBe(
    'of 1 slot, without a good copy: holdfast-qrosity-db-20260304-2200',
  );
});

it('lets no on-demand snapshot there stand for a day', () => {
  const daily = complete({ copies: [copyTarget({ retention: retention({ daily: 30 }) })] });
  const home = [slot('2026-03-04 22:00'), slot('2026-03-10 09:00')];
  const byHand = onDemand(at('2026-03-04 23:00'), '30d', { region: AWAY });
  expect(judged(copiesAgree, seen({ home, away: [byHand] }, { policy: daily })).verdict).toBe('failed');
});

it('knows nothing where no slot is old enough, unless the database itself is younger than the promise', () => {
  const young = slotSnapshot(at('2026-03-10 09:00'), { recoveryPoint: NOW - MINUTE });
  const judge = (created: number | null) =>
    judged(copiesAgree, seen({ databases: [databaseSeen({ created })], home: [young], away: [] }));
  expect(judge(NOW - 2 * HOUR - 1)).toMatchObject({
    verdict: 'unknown',
    found: 'no good slot that is older than 120 minutes stands at either end, although the database is older',
  });
  for (const created of [NOW - 2 * HOUR, null])
    expect(judge(created)).toMatchObject({
      verdict: 'passed',
      found: 'no slot is old enough to need a copy',
    });
  expect(judged(copiesAgree, seen({ home: [], away: [] })).verdict).toBe('unknown');
});

it('passes where the two retentions have nothing in common that is old enough', () => {
  const policy = complete({
    retention: retention({ daily: 30 }),
    copies: [copyTarget({ retention: retention({ hourly: 2 }) })],
  });
  const home = [slot('2026-03-10 09:00'), slot('2026-03-09 23:00')];
  const away = [copyOf(slot('2026-03-10 08:00')), copyOf(slot('2026-03-10 07:00'))];
  expect(judged(copiesAgree, seen({ home, away }, { policy }))).toMatchObject({
    verdict: 'passed',
    found: 'no slot that both ends keep is older than 120 minutes',
  });
});

describe('what stands away', () => {
  const gone = (...texts: readonly string[]) => {
    const names = texts.map((text) => slot(text).id);
    return keptSlots().filter(({ id }) => !names.includes(id));
  };

  it('stands at home too, for as long as home keeps it', () => {
    expect(judged(copiesAgree, seen({ home: gone('2026-03-04 23:00') }))).toMatchObject({
      verdict: 'failed',
      found: 'of 31 slots, gone at home although its retention keeps it: holdfast-qrosity-db-20260304-2300',
      cost: 'the way back to 2026-03-04T23:02:00Z and the like, if us-west-2 is lost now',
      command:
        'aws cloudtrail lookup-events --region us-east-1 --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteDBSnapshot',
      measure: { value: 1, unit: 'slots' },
    });
  });

  it('is all that is left, where the history at home was deleted', () => {
    const [newest] = keptSlots();
    const look = seen({ home: newest === undefined ? [] : [newest] });
    expect(judged(copiesAgree, look)).toMatchObject({ verdict: 'failed', measure: { value: 32 } });
    expect(judged(copiesAgree, seen({ home: [] })).measure?.value).toBe(32);
  });

  it('is told beside what has no copy, worst of both', () => {
    const look = seen({ home: gone('2026-03-04 23:00'), away: without('2026-03-05 23:00') });
    expect(judged(copiesAgree, look)).toMatchObject({
      found:
        'of 31 slots, without a good copy: holdfast-qrosity-db-20260305-2300;' +
        ' gone at home although its retention keeps it: holdfast-qrosity-db-20260304-2300',
      cost:
        'the way back to 2026-03-05T23:02:00Z and the like, if us-east-1 is lost now;' +
        ' the way back to 2026-03-04T23:02:00Z and the like, if us-west-2 is lost now',
      command: expect.stringContaining('holdfast-prod-copy-snapshot'),
      measure: { value: 2, unit: 'slots' },
    });
  });

  it.each(['failed', 'deleting'] as const)('does not stand at home by a snapshot that is %s', (state) => {
    const home = [...gone('2026-03-04 23:00'), slotSnapshot(at('2026-03-04 23:00'), { state })];
    expect(judged(copiesAgree, seen({ home })).verdict).toBe('failed');
  });

  it('stands at home under another name, too: re-keyed, or copied back', () => {
    const { recoveryPoint } = slot('2026-03-04 23:00');
    const rekeyed = onDemand(at('2026-03-09 10:00'), '30d', { recoveryPoint });
    const look = (...home: readonly Snapshot[]) => seen({ home: [...gone('2026-03-04 23:00'), ...home] });
    expect(judged(copiesAgree, look(rekeyed)).verdict).toBe('passed');
    const other = onDemand(at('2026-03-09 10:00'), '30d');
    expect(judged(copiesAgree, look(other)).found).toContain('gone at home');
  });

  it('stands at home by one that RDS is busy with', () => {
    const home = [...gone('2026-03-04 23:00'), slotSnapshot(at('2026-03-04 23:00'), { state: 'pending' })];
    expect(judged(copiesAgree, seen({ home })).verdict).toBe('passed');
  });

  it('is rightly gone at home once the retention there has let it go', () => {
    const fields = { retention: retention({ hourly: 6, daily: 2 }) };
    const policy = complete({ ...fields, copies: [copyTarget()] });
    // The first hour and the first day that are kept no more, and the ones before that are.
    const home = keptSlots().filter(
      ({ recoveryPoint }) =>
        (recoveryPoint ?? 0) >= at('2026-03-10 03:00') ||
        [at('2026-03-09 23:02'), at('2026-03-08 23:02')].includes(recoveryPoint ?? 0),
    );
    expect(judged(copiesAgree, seen({ home }, { policy })).verdict).toBe('passed');
    const less = home.filter(({ recoveryPoint }) => recoveryPoint !== at('2026-03-08 23:02'));
    expect(judged(copiesAgree, seen({ home: less }, { policy })).found).toContain('20260308-2300');
  });

  it('is rightly gone at home where a later one stands for its day', () => {
    const home = [...gone('2026-03-04 23:00'), slot('2026-03-04 23:30')];
    expect(judged(copiesAgree, seen({ home })).found).not.toContain('gone at home');
  });

  it.each<[string, Parameters<typeof copyOf>[1]]>([
    [
      'on hold past the retention of both ends',
      { recoveryPoint: at('2026-01-04 23:02'), tags: { 'holdfast:hold': 'audit' } },
    ],
    ['of a policy that is not in the file any more', { tags: { 'holdfast:policy': 'iron' } }],
    ['asked for by hand', { tags: { 'holdfast:requested': '2026-03-04T23:00:00Z' } }],
    ['not ours', { tags: { 'holdfast:owner': 'other' } }],
    [
      'of another region than home',
      { tags: { 'holdfast:copy-of': 'arn:aws:rds:eu-west-1:111122223333:snapshot:x' } },
    ],
    ['a copy of the copy that somebody made by hand', { id: 'by-hand' }],
    ['no copy at all, as after home was another region', { tags: { 'holdfast:copy-of': '' } }],
    ['not good', { state: 'failed' }],
  ])('is not asked for at home while it is %s', (_, fields) => {
    const source = slot('2026-03-04 23:00');
    const home = gone('2026-03-04 23:00');
    const away = [...without('2026-03-04 23:00'), copyOf(source, fields)];
    expect(judged(copiesAgree, seen({ home, away })).verdict).toBe('passed');
  });

  it('is judged by the policy that it was taken under as well: home kept to that until the database changed its policy', () => {
    const both = complete({}, {});
    const silver = { ...both.policies.gold, name: 'silver', retention: retention({ hourly: 24, daily: 3 }) };
    const policy = { ...both, policies: { ...both.policies, silver } } as typeof both;
    const taken = { tags: { 'holdfast:policy': 'silver' } };
    const of = (text: string) => copyOf(slot(text), taken);
    const [longAgo, lately] = ['2026-03-04 23:00', '2026-03-08 23:00'] as const;
    const look = (text: string) =>
      judged(copiesAgree, seen({ home: gone(text), away: [...without(text), of(text)] }, { policy })).verdict;
    expect([look(longAgo), look(lately)]).toEqual(['passed', 'failed']);
  });

  it('is of the instance that lives now: what an earlier one of the name left is not asked for', () => {
    const earlier = { resource: 'db-earlier' };
    const away = [...without('2026-03-04 23:00'), copyOf(slot('2026-03-04 23:00'), earlier)];
    expect(judged(copiesAgree, seen({ home: gone('2026-03-04 23:00'), away })).verdict).toBe('passed');
  });
});

it.each([HOME, AWAY])('is unknown where %s could not be seen', (region) => {
  const snapshots = new Map([...seen().snapshots, [region, { unseen: 'throttled' }]]);
  expect(judged(copiesAgree, seen({}, { snapshots }))).toMatchObject({
    verdict: 'unknown',
    found: 'throttled',
  });
  expect(keptSlots()).toHaveLength(33);
});

import type { Seen } from '../../../../../shared/domain/controls/seen';
import { selectionKept } from '../../../../../shared/domain/controls/selection-kept';
import { AWAY, at, foreign, HOME, policy, slotSnapshot } from '../../../../support/builders';
import { complete, copied, databaseSeen, judged, keptSlots, seen } from '../../../../support/seen';

const byTag = complete(
  {},
  { databases: [{ match: { tags: { holdfast: 'gold', app: 'the erp' } }, policy: 'gold' }] },
);
const SELECTED = { holdfast: 'gold', app: 'the erp' };
const [nine, eight] = [slotSnapshot(at('2026-03-10 09:00')), slotSnapshot(at('2026-03-10 08:00'))];
const standing = { home: [nine, eight], away: [copied(eight)] };
const tagged = (tags: Record<string, string>, differs: Parameters<typeof seen>[0] = standing) =>
  seen({ databases: [databaseSeen({ tags })], ...differs }, { policy: byTag });

describe('a database that was backed up', () => {
  it('passes while a policy selects it', () => {
    expect(judged(selectionKept, tagged(SELECTED))).toMatchObject({
      subject: { database: 'qrosity-db', region: HOME },
      verdict: 'passed',
      found: 'gold selects it; 3 recovery points stand',
    });
    expect(judged(selectionKept, seen()).verdict).toBe('passed');
  });

  it('is told when it has lost the tag that selected it, with the command that gives it back', () => {
    expect(judged(selectionKept, tagged({ holdfast: 'gold' }))).toMatchObject({
      subject: { database: 'qrosity-db', region: HOME },
      verdict: 'failed',
      found:
        'no policy selects it any more, and its instance stands in us-east-1, as qrosity-db: 3 recovery points of it are left, the newest of 2026-03-10T09:02:00Z',
      cost: 'what is written since 2026-03-10T09:02:00Z, if the instance and its automated backups are lost now',
      command:
        'aws rds add-tags-to-resource --region us-east-1 --resource-name arn:aws:rds:us-east-1:111122223333:db:qrosity-db' +
        ` --tags Key=holdfast,Value=gold 'Key=app,Value=the erp'`,
    });
  });

  it('is told with its own tags to look at, where its policy selects by no tag', () => {
    const others = policy({}, { databases: [{ match: { identifiers: ['other'] }, policy: 'gold' }] });
    expect(
      judged(selectionKept, seen(standing, { policy: others }), { database: 'qrosity-db' }).command,
    ).toBe(
      'aws rds list-tags-for-resource --region us-east-1 --resource-name arn:aws:rds:us-east-1:111122223333:db:qrosity-db',
    );
  });

  it('is told when its instance is gone, with what is left of it', () => {
    const look = seen({ databases: [], ...standing }, { policy: byTag });
    expect(judged(selectionKept, look)).toMatchObject({
      verdict: 'failed',
      found:
        'no policy selects it any more, and no instance of its name is in us-east-1: 3 recovery points of it are left, the newest of 2026-03-10T09:02:00Z',
      cost: 'nothing more is written; what is left of it is all there is',
      command: `aws rds describe-db-snapshots --region us-east-1 --db-snapshot-identifier ${nine.id}`,
    });
  });

  it('is told by the copies alone, where they are all that is left', () => {
    const look = seen({ databases: [], home: [], away: [copied(eight)] }, { policy: byTag });
    expect(judged(selectionKept, look)).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('1 recovery point of it is left, the newest of 2026-03-10T08:02:00Z'),
      command: `aws rds describe-db-snapshots --region ${AWAY} --db-snapshot-identifier ${copied(eight).id}`,
    });
  });

  it('passes when it has another name now under which a policy selects it, and is told by that where none does', () => {
    const { resource } = databaseSeen().database;
    const renamed = (tags: Record<string, string>) =>
      seen({ databases: [databaseSeen({ id: 'erp-db', resource, tags })], ...standing }, { policy: byTag });
    expect(judged(selectionKept, renamed(SELECTED), { database: 'qrosity-db' })).toMatchObject({
      verdict: 'passed',
      found: 'it is erp-db now, which a policy selects; 3 recovery points stand',
    });
    expect(judged(selectionKept, renamed({}), { database: 'qrosity-db' })).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('its instance stands in us-east-1, as erp-db'),
      command: expect.stringMatching(/^aws rds add-tags-to-resource .*:db:erp-db /),
    });
  });

  it('passes once its newest recovery point is released: somebody has given it up', () => {
    const released = { ...nine, tags: { ...nine.tags, 'holdfast:release': 'sold' } };
    const look = (...home: (typeof nine)[]) => seen({ databases: [], home, away: [] }, { policy: byTag });
    expect(judged(selectionKept, look(released, eight))).toMatchObject({
      verdict: 'passed',
      found: 'released by hand; 2 recovery points stand',
    });
    const older = { ...eight, tags: released.tags };
    expect(judged(selectionKept, look(nine, older)).verdict).toBe('failed');
  });

  it('is database-covered’s to tell of, where the policy names it', () => {
    expect(selectionKept.judge(seen({ databases: [] }))).toEqual([]);
  });
});

describe('nothing is told', () => {
  const none = (look: Seen) => expect(selectionKept.judge(look)).toEqual([]);

  it('of what others took, of what came to nothing, or of what RDS copied our tags onto', () => {
    const automated = slotSnapshot(at('2026-03-10 09:00'), { id: 'rds:nightly', kind: 'automated' });
    const home = [foreign(), slotSnapshot(at('2026-03-10 09:00'), { state: 'failed' }), automated];
    none(seen({ databases: [], home, away: [] }, { policy: byTag }));
    none(
      seen(
        { databases: [], home: keptSlots({ tags: { 'holdfast:owner': 'other' } }), away: [] },
        { policy: byTag },
      ),
    );
  });

  it('of an instance that a restore test made', () => {
    const test = { database: 'holdfast-test-qrosity-db' };
    const home = [slotSnapshot(at('2026-03-10 09:00'), test)];
    const one = databaseSeen({
      id: test.database,
      tags: { 'holdfast:restore-test': '2026-03-10T08:00:00Z' },
    });
    none(seen({ databases: [one], home, away: [] }, { policy: byTag }));
    none(seen({ databases: [], home, away: [] }, { policy: byTag }));
  });

  it('of a database that is selected, and has no recovery point yet', () => {
    none(tagged(SELECTED, { home: [], away: [] }));
  });
});

describe('it is unknown', () => {
  it('whether a tag selects it, where no instance was seen', () => {
    const look = seen(standing, { policy: byTag, databases: { unseen: 'us-east-1: denied' } });
    expect(judged(selectionKept, look)).toMatchObject({
      subject: { database: 'qrosity-db', region: HOME },
      verdict: 'unknown',
      found: 'us-east-1: denied',
    });
  });

  it('of a selected one that was not found in the regions that were seen', () => {
    const look = tagged(SELECTED);
    const snapshots = new Map([[AWAY, { unseen: 'us-west-2: denied' }], ...[[HOME, { seen: [] }] as const]]);
    expect(judged(selectionKept, { ...look, snapshots } as Seen)).toMatchObject({
      verdict: 'unknown',
      found: 'us-west-2: denied',
    });
  });

  it('never of one that is in plain sight without a policy: it is told by what was seen', () => {
    const look = tagged({});
    const snapshots = new Map([...look.snapshots, [AWAY, { unseen: 'us-west-2: denied' }] as const]);
    expect(judged(selectionKept, { ...look, snapshots })).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('2 recovery points of it are left'),
    });
  });
});

import { encryptionCopies } from '../../../../../shared/domain/controls/encryption-copies';
import { encryptionInstance } from '../../../../../shared/domain/controls/encryption-instance';
import { encryptionSnapshots } from '../../../../../shared/domain/controls/encryption-snapshots';
import type { Sharing } from '../../../../../shared/domain/controls/seen';
import { snapshotPublic } from '../../../../../shared/domain/controls/snapshot-public';
import { snapshotShared } from '../../../../../shared/domain/controls/snapshot-shared';
import { DAY, SECOND } from '../../../../../shared/domain/time';
import { AWAY, at, copyOf, copyTarget, foreign, HOME, slotSnapshot } from '../../../../support/builders';
import { complete, judged, NOW, seen } from '../../../../support/seen';

const nine = slotSnapshot(at('2026-03-10 09:00'));
const unseen = (region: string) => ({
  snapshots: new Map([...seen().snapshots, [region, { unseen: 'throttled' }]]),
});

describe('the encryption of snapshots', () => {
  it("is told of ours, of RDS's own and of a stranger's, with those that are not", () => {
    const naked = foreign({ id: 'by-hand', encrypted: false, key: null });
    const automated = foreign({ id: 'rds:qrosity-db-1', kind: 'automated', encrypted: false, key: null });
    expect(judged(encryptionSnapshots, seen({ home: [nine, naked, automated] }))).toMatchObject({
      subject: { database: 'qrosity-db', region: HOME },
      verdict: 'failed',
      found: '2 of 3 snapshots not encrypted: by-hand, rds:qrosity-db-1',
      measure: { value: 2, unit: 'snapshots' },
    });
  });

  it('of a copy is the other region’s to tell', () => {
    const look = seen({ home: [nine], away: [copyOf(nine, { encrypted: false, key: null })] });
    expect(judged(encryptionSnapshots, look).verdict).toBe('passed');
    expect(judged(encryptionCopies, look)).toMatchObject({ subject: { region: AWAY }, verdict: 'failed' });
  });

  describe('is righted', () => {
    const bare = { encrypted: false, key: null };
    const rekey = (to: string) =>
      'aws lambda invoke --function-name holdfast-prod-copy-snapshot --cli-binary-format raw-in-base64-out' +
      ` --payload '{"database":"qrosity-db","rekey":{"to":"${to}"}}' /dev/stdout`;
    const none = { policy: complete({ copies: [copyTarget({ key: null })] }) };

    it('by copy-snapshot, whose copies are pruned in time, under the key that the policy names there', () => {
      const rules = {
        policy: complete({
          copies: [copyTarget({ region: 'eu-west-1', key: 'alias/eu' }), copyTarget({ key: 'alias/erp' })],
        }),
      };
      const away = seen({ home: [nine], away: [copyOf(nine, bare)] }, rules);
      expect(judged(encryptionCopies, away, { region: AWAY }).command).toBe(rekey('alias/erp'));
    });

    it('at home under the alias that the policy names for copies', () => {
      const home = slotSnapshot(at('2026-03-10 09:00'), bare);
      expect(judged(encryptionSnapshots, seen({ home: [home] })).command).toBe(rekey('alias/holdfast'));
    });

    it('where the policy names none, under that of a sibling, else under one that is to be named', () => {
      const earlier = copyOf(slotSnapshot(at('2026-03-10 08:00')));
      const sibling = seen({ home: [nine], away: [copyOf(nine, bare), earlier] }, none);
      expect(judged(encryptionCopies, sibling).command).toBe(rekey(earlier.key ?? ''));
      const alone = slotSnapshot(at('2026-03-10 09:00'), bare);
      expect(judged(encryptionSnapshots, seen({ home: [alone] }, none)).command).toBe(rekey('alias/KEY'));
    });

    it('by a snapshot first, where there is none of ours to bring under a key', () => {
      const automated = foreign({ id: 'rds:qrosity-db-1', kind: 'automated', ...bare });
      expect(judged(encryptionSnapshots, seen({ home: [automated] })).command).toContain(
        `holdfast-prod-create-snapshot --cli-binary-format raw-in-base64-out --payload '{"database":"qrosity-db",`,
      );
    });

    it('by nothing that costs a copy, where our newest is under a key: somebody has to see whose the other is', () => {
      const naked = foreign({ id: 'by-hand', ...bare });
      expect(judged(encryptionSnapshots, seen({ home: [nine, naked] })).command).toBe(
        'aws rds describe-db-snapshots --region us-east-1 --db-snapshot-identifier by-hand',
      );
    });

    it('by the invocation that the control has for all', () => {
      for (const { remedy } of [encryptionCopies, encryptionInstance, encryptionSnapshots])
        expect(remedy.command).toBe(
          rekey('alias/KEY').replace('holdfast-prod', 'DEPLOYMENT').replace('qrosity-db', 'DATABASE'),
        );
    });
  });

  it('of no snapshot at all is nothing to tell', () => {
    expect(judged(encryptionSnapshots, seen({ home: [] }))).toMatchObject({
      verdict: 'passed',
      found: 'no snapshot there',
    });
    expect(judged(encryptionSnapshots, seen({ home: [nine] })).found).toBe('1 snapshot, all encrypted');
  });

  it('is told of a database that is gone, as long as snapshots of ours stand', () => {
    const orphan = slotSnapshot(at('2026-03-10 09:00'), { database: 'gone', encrypted: false, key: null });
    expect(judged(encryptionSnapshots, seen({ home: [nine, orphan] }), { database: 'gone' }).verdict).toBe(
      'failed',
    );
  });

  it.each([
    [encryptionSnapshots, HOME],
    [encryptionCopies, AWAY],
  ])('is unknown where the region could not be seen', (control, region) => {
    expect(judged(control, seen({}, unseen(region)))).toMatchObject({
      subject: { database: 'qrosity-db', region },
      verdict: 'unknown',
      found: 'throttled',
    });
  });
});

describe('whom snapshots are shared with', () => {
  const shared = (sharing: Sharing | undefined, allowedAccounts: readonly string[] = []) =>
    seen(
      { home: [nine], away: [] },
      { sharing: new Map(sharing === undefined ? [] : [[nine.arn, sharing]]), allowedAccounts },
    );
  const publicly = (look: Parameters<typeof judged>[1]) => judged(snapshotPublic, look, { region: HOME });
  const beyond = (look: Parameters<typeof judged>[1]) => judged(snapshotShared, look, { region: HOME });

  it('is everybody, where one is public', () => {
    const look = shared({ with: ['all'], asked: NOW - DAY });
    expect(publicly(look)).toMatchObject({
      verdict: 'failed',
      found: `1 of 1 snapshot: ${nine.id} with all`,
      command:
        `aws rds modify-db-snapshot-attribute --region us-east-1 --db-snapshot-identifier ${nine.id}` +
        ' --attribute-name restore --values-to-remove all',
    });
    expect(beyond(look).verdict).toBe('passed');
  });

  it('is told of an account that is not on the allow-list, and not of one that is', () => {
    const sharing = { with: ['999988887777'], asked: NOW - DAY };
    expect(beyond(shared(sharing))).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('999988887777'),
    });
    expect(beyond(shared(sharing, ['999988887777'])).verdict).toBe('passed');
    expect(publicly(shared(sharing)).verdict).toBe('passed');
  });

  it('is unknown until RDS was asked, and again a week after', () => {
    expect(publicly(shared(undefined))).toMatchObject({
      verdict: 'unknown',
      found: 'RDS was not asked about 1 of 1 snapshot in the last 7d',
      command: `aws rds describe-db-snapshot-attributes --region us-east-1 --db-snapshot-identifier ${nine.id}`,
    });
    expect(publicly(shared({ with: [], asked: NOW - 7 * DAY })).verdict).toBe('passed');
    expect(publicly(shared({ with: [], asked: NOW - 7 * DAY - SECOND })).verdict).toBe('unknown');
  });

  it('says how old the oldest answer is that it goes by, from a day on', () => {
    const ten = slotSnapshot(at('2026-03-10 08:00'));
    const asked = (age: number) =>
      seen(
        { home: [nine, ten], away: [] },
        {
          sharing: new Map([
            [nine.arn, { with: [], asked: NOW }],
            [ten.arn, { with: [], asked: NOW - age }],
          ]),
        },
      );
    expect(publicly(asked(DAY)).found).toBe('2 snapshots, none of them public');
    expect(publicly(asked(DAY + SECOND)).found).toBe(
      '2 snapshots, none of them public; the oldest answer is 2 days old',
    );
    expect(beyond(asked(6 * DAY)).found).toBe(
      '2 snapshots, none shared beyond the allow-list; the oldest answer is 6 days old',
    );
  });

  it('is not forgotten when the answer gets old', () => {
    expect(publicly(shared({ with: ['all'], asked: NOW - 30 * DAY })).verdict).toBe('failed');
  });

  it("is no matter of RDS's own snapshots, which cannot be shared", () => {
    const automated = foreign({ id: 'rds:one', kind: 'automated' });
    expect(publicly(seen({ home: [automated], away: [] }, { sharing: new Map() }))).toMatchObject({
      verdict: 'passed',
      found: 'no snapshot there that could be shared',
    });
  });

  it('is unknown where the region could not be seen', () => {
    expect(publicly(seen({}, unseen(HOME))).verdict).toBe('unknown');
    expect(beyond(seen({}, unseen(HOME))).verdict).toBe('unknown');
  });

  it('is asked in every region of the policy', () => {
    const regions = snapshotPublic
      .judge(seen({}, { policy: complete() }))
      .map(({ subject }) => subject.region);
    expect(regions).toEqual([HOME, AWAY]);
  });
});

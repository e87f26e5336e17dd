import { selectionUsed } from '../../../../../shared/domain/controls/selection-used';
import { HOME } from '../../../../support/builders';
import { complete, databaseSeen, judged, seen } from '../../../../support/seen';

const byTags = complete(
  {},
  {
    databases: [
      { match: { identifiers: ['qrosity-db'] }, policy: 'gold' },
      { match: { tags: { backup: 'gold', app: 'erp' } }, policy: 'gold' },
    ],
  },
);
const look = (tags: Record<string, string>) =>
  seen({ databases: [databaseSeen({ id: 'other-db', tags })] }, { policy: byTags });

describe('a selection by tags', () => {
  it('passes where an instance carries all of them', () => {
    expect(judged(selectionUsed, look({ backup: 'gold', app: 'erp', team: 'x' }))).toMatchObject({
      subject: { database: '*', region: HOME, resource: 'tags app=erp and backup=gold' },
      verdict: 'passed',
      found: '1 database',
      expected: 'an instance in us-east-1 carries app=erp and backup=gold',
    });
  });

  it('is told where none does, or only part of them, or only what a restore test has made', () => {
    const nobody = {
      verdict: 'failed',
      found: 'no instance carries it',
      command: expect.stringMatching(/^aws rds describe-db-instances --region us-east-1 /),
    };
    expect(judged(selectionUsed, look({ Backup: 'gold', app: 'erp' }))).toMatchObject(nobody);
    expect(judged(selectionUsed, look({ app: 'erp' }))).toMatchObject(nobody);
    const restored = { backup: 'gold', app: 'erp', 'holdfast:restore-test': '2026-03-01T00:00:00Z' };
    expect(judged(selectionUsed, look(restored))).toMatchObject(nobody);
  });

  it('is unknown where the instances were not seen, and nothing is said of names', () => {
    const dark = seen({}, { policy: byTags, databases: { unseen: 'RDS: denied' } });
    expect(judged(selectionUsed, dark)).toMatchObject({ verdict: 'unknown', found: 'RDS: denied' });
    expect(selectionUsed.judge(seen())).toEqual([]);
  });
});

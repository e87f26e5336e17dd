import { CONTROLS } from '../../../../../shared/domain/controls/all';
import { encryptionSnapshots } from '../../../../../shared/domain/controls/encryption-snapshots';
import { complianceOf } from '../../../../../shared/report/compliance/assemble';
import { assessed } from '../../../../../shared/report/compliance/assessed';
import { checklist, QUESTIONS } from '../../../../../shared/report/compliance/checklist';
import type { Assessed } from '../../../../../shared/report/compliance/compliance';
import {
  ofStanding,
  reportVerdict,
  standing,
  verdictOf,
} from '../../../../../shared/report/compliance/verdict';
import { verdictWords } from '../../../../../shared/report/compliance/verdict-words';
import { HOME } from '../../../../support/builders';
import { judged, NOW, seen } from '../../../../support/seen';
import { failing, healthy, openFinding } from './samples';

const AT = '2026-03-10T09:30:00Z';

function one(fields: Partial<Assessed> = {}): Assessed {
  const [first] = healthy().assessments;
  if (first === undefined) throw new Error('the sample has assessments');
  return { ...first, ...fields };
}

function waived(until: string): Assessed {
  return one({ verdict: 'failed', waiver: { reason: 'known, and borne', until } });
}

describe('the verdict', () => {
  it('is failed while any failure is not waived, else unknown while anything is, else passed', () => {
    expect(verdictOf([one(), one({ verdict: 'unknown' }), one({ verdict: 'failed' })], AT)).toBe('failed');
    expect(verdictOf([one(), one({ verdict: 'unknown' })], AT)).toBe('unknown');
    expect(verdictOf([one(), waived('2026-04-01T00:00:00Z')], AT)).toBe('passed');
    expect(verdictOf([one()], AT)).toBe('passed');
  });

  it('is unknown where nothing was judged', () => {
    expect(verdictOf([], AT)).toBe('unknown');
  });

  it('of a report is no pass without a database that a policy selects', () => {
    const good = healthy();
    expect(reportVerdict(good)).toBe('passed');
    expect(verdictWords(good)).toBe('Every promise is kept');
    const gone = complianceOf({ ...good, databases: [] }, NOW);
    expect(gone.verdict).toBe('unknown');
    expect(verdictWords(gone)).toContain('No database was found that a policy selects');
    const left = good.databases.map((each) => ({ ...each, unprotected: 'no policy selects it now' }));
    expect(complianceOf({ ...good, databases: left }, NOW).verdict).toBe('unknown');
  });

  it('of a report names the questions of the checklist that no promise answers', () => {
    const good = healthy();
    const assessments = good.assessments.filter(({ control }) => !['tenants', 'isolation'].includes(control));
    const open = complianceOf({ ...good, assessments }, NOW);
    expect(open.checklist.find(({ id }) => id === 'tenants')).toMatchObject({
      verdict: 'unknown',
      answer: 'nothing was judged that could answer it',
    });
    expect(open.verdict).toBe('passed');
    expect(verdictWords(open)).toBe(
      'Every promise is kept. Not answered, of the checklist: Tenant schemas verified',
    );
  });

  it('of a report is no pass while a promise could not be judged', () => {
    const good = healthy();
    const assessments = good.assessments.map((each) =>
      each.control === 'isolation' ? { ...each, verdict: 'unknown' as const } : each,
    );
    const open = complianceOf({ ...good, assessments }, NOW);
    expect(open.verdict).toBe('unknown');
    expect(verdictWords(open)).toBe('Not every promise could be judged');
  });

  it('of a report says how many failures are waived, where that is all that is wrong', () => {
    const good = healthy();
    const assessments = good.assessments.map((each) =>
      each.control === 'multi-az'
        ? { ...each, verdict: 'failed' as const, waiver: { reason: 'borne', until: '2026-04-30T00:00:00Z' } }
        : each,
    );
    const borne = complianceOf({ ...good, assessments }, NOW);
    expect(borne.verdict).toBe('passed');
    expect(verdictWords(borne)).toBe('Every promise is kept, except for 1 that is waived');
    const item = borne.checklist.find(({ id }) => id === 'replication');
    expect(item?.verdict).toBe('waived');
    expect(item?.answer).toMatch(/^No, waived until 2026-04-30: 4 of 5 passed, 1 waived$/);
    expect(item?.open).toHaveLength(1);
  });
});

describe('a waiver', () => {
  it('holds through its last moment, and not a second longer', () => {
    expect(standing(waived(AT), AT)).toBe('waived');
    expect(standing(waived(AT), '2026-03-10T09:30:01Z')).toBe('failed');
  });

  it('does not hold where nobody can read its end', () => {
    expect(standing(waived('some day'), AT)).toBe('failed');
  });

  it('bears what could not be judged for so long that it is a finding, and nothing that has only just begun', () => {
    const unseen = { ...waived('2026-04-01T00:00:00Z'), verdict: 'unknown' } as const;
    expect(standing({ ...unseen, since: '2026-03-10T04:30:00Z' }, AT)).toBe('waived');
    expect(standing({ ...unseen, since: null }, AT)).toBe('unknown');
    const over = waived('2026-03-01T00:00:00Z');
    expect(standing({ ...over, verdict: 'unknown', since: '2026-02-10T04:30:00Z' }, AT)).toBe('unknown');
  });

  it('makes no pass of what has passed', () => {
    expect(standing({ ...waived('2026-04-01T00:00:00Z'), verdict: 'passed' }, AT)).toBe('passed');
  });
});

describe('findings', () => {
  it('come gravest first, and equally grave ones in the order of the controls', () => {
    const all = ofStanding(failing().assessments, 'failed', AT);
    expect(all.map(({ severity }) => severity)).toEqual([
      'critical',
      'critical',
      'high',
      'high',
      'high',
      'high',
      'high',
      'medium',
      'medium',
    ]);
    expect(all.slice(0, 2).map(({ control }) => control)).toEqual([
      'recovery-point-home',
      'recovery-point-copy',
    ]);
  });
});

describe('an assessment', () => {
  const [control] = CONTROLS;
  if (control === undefined) throw new Error('there are controls');
  const judged = {
    control: control.id,
    subject: { database: 'qrosity-db', region: HOME },
    verdict: 'unknown',
    found: 'RDS did not answer',
    expected: 'it is there',
  } as const;

  it('stays failed while its finding is open and a look shows nothing', () => {
    const finding = openFinding({ found: 'it is gone', expected: 'it is there' });
    const told = assessed(control, judged, finding);
    expect(told).toMatchObject({ verdict: 'failed', found: 'it is gone', unseen: 'RDS did not answer' });
    expect(told).toMatchObject({ since: '2026-03-10T04:30:00Z', lastSeen: '2026-03-10T09:30:00Z' });
  });

  it('says that nothing was there, as its control does', () => {
    expect(assessed(control, { ...judged, verdict: 'passed', nothingThere: true }, null).nothingThere).toBe(
      true,
    );
    expect(assessed(control, { ...judged, verdict: 'passed' }, null)).not.toHaveProperty('nothingThere');
  });

  it('says when it passed again, and nothing of its past once it is open again', () => {
    const resolvedAt = Date.parse('2026-03-09T00:00:00Z');
    const finding = openFinding({ state: 'resolved', resolvedAt });
    expect(assessed(control, { ...judged, verdict: 'passed' }, finding)).toMatchObject({
      resolved: '2026-03-09T00:00:00Z',
      since: null,
    });
    expect(assessed(control, { ...judged, verdict: 'failed' }, openFinding()).resolved).toBeNull();
  });
});

describe('the checklist', () => {
  it('asks what the customer asked, and every control that answers exists', () => {
    expect(QUESTIONS.map(({ question }) => question)).toEqual([
      'RPO and RTO confirmed with the business',
      'Backup strategy tested',
      'Replication configured',
      'Encryption verified',
      'Failover documented and tested',
      'Tenant schemas verified',
      'Extensions enabled',
      'Regular tests scheduled',
    ]);
    const ids = new Set(CONTROLS.map(({ id }) => id));
    expect(QUESTIONS.flatMap(({ controls }) => controls).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('is answered by verdict, with the controls behind it', () => {
    const answers = Object.fromEntries(failing().checklist.map((item) => [item.id, item.verdict]));
    expect(answers).toEqual({
      objectives: 'failed',
      'backups-tested': 'failed',
      replication: 'failed',
      encryption: 'passed',
      failover: 'unknown',
      tenants: 'failed',
      extensions: 'passed',
      'tests-scheduled': 'unknown',
    });
    expect(failing().checklist[1]?.answer).toBe('No: 4 of 6 passed, 2 failed');
    expect(healthy().checklist.map(({ verdict }) => verdict)).toEqual(Array(8).fill('passed'));
  });

  it('leaves a question open while one of its controls has judged nothing', () => {
    const without = healthy().assessments.filter(({ control }) => control !== 'isolation');
    const tenants = checklist(without, AT).find(({ id }) => id === 'tenants');
    expect(tenants?.verdict).toBe('unknown');
    expect(tenants?.answer).toBe('Not known: 1 of 1 passed, nothing judged by isolation');
  });

  it('says so where nothing was there to judge', () => {
    const all = healthy().assessments.map((each) =>
      each.control === 'encryption-snapshots' ? { ...each, nothingThere: true as const } : each,
    );
    const encryption = checklist(all, AT).find(({ id }) => id === 'encryption');
    expect(encryption?.verdict).toBe('passed');
    expect(encryption?.answer).toMatch(
      /^Yes, of what is there: 7 of 7 passed; nothing was there yet to judge: Snapshots at home are encrypted at rest$/,
    );
    // As the control says it.
    expect(judged(encryptionSnapshots, seen({ home: [] })).nothingThere).toBe(true);
    expect(judged(encryptionSnapshots, seen()).nothingThere).toBeUndefined();
  });

  it('names a dozen pieces of evidence, that of failures first, and counts the others', () => {
    const evidence = (at: number) => [`reports/${`${at}`.padStart(2, '0')}/encryption.json`];
    const [key] = healthy().assessments.filter(({ control }) => control === 'key-rotation');
    if (key === undefined) throw new Error('the sample has keys');
    const many = Array.from(
      { length: 40 },
      (_, at): Assessed => ({
        ...key,
        verdict: at === 30 ? 'failed' : 'passed',
        evidence: evidence(at),
      }),
    );
    const item = checklist(many, AT).find(({ id }) => id === 'encryption');
    expect(item?.evidence).toHaveLength(12);
    expect(item?.evidence[0]).toBe('reports/30/encryption.json');
    expect(item?.evidenceLeft).toBe(28);
  });

  it('names the runbooks and the evidence', () => {
    const evidence = ['drills/qrosity-db/us-east-1/2026-02-01T00:00:00Z-passed.json'];
    const all = healthy().assessments.map((each) =>
      each.control === 'failover-drilled' ? { ...each, evidence } : each,
    );
    const failover = checklist(all, AT).find(({ id }) => id === 'failover');
    expect(failover?.evidence).toEqual(evidence);
    expect(failover?.documents).toEqual(['docs/recovery.md#1-fail-over-to-the-other-zone']);
  });
});

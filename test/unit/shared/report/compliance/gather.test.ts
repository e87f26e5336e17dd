import { CONTROLS } from '../../../../../shared/domain/controls/all';
import type { Seen } from '../../../../../shared/domain/controls/seen';
import type { FindingsDocument } from '../../../../../shared/domain/findings/document';
import { AgesByHour } from '../../../../../shared/domain/recovery-ages';
import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import { reportFiles } from '../../../../../shared/report/compliance/files';
import { gather } from '../../../../../shared/report/compliance/gather';
import { ofDatabase } from '../../../../../shared/report/compliance/of-database';
import { inSlices } from '../../../../../shared/report/compliance/slices';
import { ACCOUNT, AWAY, HOME } from '../../../../support/builders';
import { complete, databaseSeen, looked, NOW, restored, seen } from '../../../../support/seen';
import { failing, fleetOf, openFinding } from './samples';

const KEPT = { ages: 'recovery-ages/now.json', encryption: 'reports/now/encryption.json' };

function gathered(look: Seen, document: Partial<FindingsDocument> | null = null) {
  const assessments = CONTROLS.flatMap((control) => control.judge(look));
  const whole = {
    schema: 'holdfast.findings/1',
    installation: 'holdfast',
    number: 1,
    at: NOW,
    run: 'a',
    findings: [],
    unknowns: {},
    lastLight: NOW,
    lastDaily: null,
    ...document,
  } as const;
  return gather({
    seen: look,
    account: ACCOUNT,
    assessments,
    document: document === null ? null : whole,
    ages: new AgesByHour(),
    kept: KEPT,
  });
}

describe('what a report says', () => {
  it('names for each verdict what of the evidence store it rests on', () => {
    const look = seen(
      {},
      { inspections: new Map([['qrosity-db', { seen: { ...looked(), evidence: 'inspections/x.json' } }]]) },
    );
    const evidence = (control: string, region = HOME) =>
      gathered(look).assessments.find((one) => one.control === control && one.subject.region === region)
        ?.evidence;
    expect(evidence('tenants')).toEqual(['inspections/x.json']);
    expect(evidence('recovery-point-copy', AWAY)).toEqual([KEPT.ages]);
    expect(evidence('encryption-instance')).toEqual([KEPT.encryption]);
    expect(evidence('multi-az')).toEqual([]);
    const tested = restored({ region: AWAY });
    expect(evidence('restore-time', AWAY)).toEqual([
      `restore-tests/qrosity-db/${AWAY}/${tested.requested}-${tested.verdict}.json`,
    ]);
  });

  it('keeps what is open and out of sight: nobody knows that it is better', () => {
    const gone = openFinding({
      id: `multi-az/gone-db/${HOME}`,
      control: 'multi-az',
      subject: { database: 'gone-db', region: HOME },
      found: 'it runs in one zone',
      unseen: { since: NOW - HOUR, why: 'the region did not answer' },
      cost: 'a restore',
    });
    const resolved = { ...gone, id: `multi-az/old-db/${HOME}`, state: 'resolved' as const };
    const report = gathered(seen(), { findings: [gone, resolved] });
    expect(report.verdict).toBe('failed');
    expect(report.assessments.filter(({ subject }) => subject.database === 'gone-db')).toEqual([
      expect.objectContaining({
        verdict: 'failed',
        found: 'it runs in one zone',
        cost: 'a restore',
        unseen: 'the region did not answer',
        lastSeen: '2026-03-10T09:30:00Z',
        since: '2026-03-10T04:30:00Z',
      }),
    ]);
    expect(report.assessments.some(({ subject }) => subject.database === 'old-db')).toBe(false);
  });

  it('has the databases that are named and no keys where they could not be seen, and is no pass', () => {
    const report = gathered(seen({}, { databases: { unseen: 'denied' }, keys: { unseen: 'denied' } }));
    expect(report).toMatchObject({ keys: [], verdict: 'unknown' });
    expect(report.databases).toMatchObject([
      { database: 'qrosity-db', unprotected: 'the instances could not be seen: denied' },
    ]);
  });

  it('is no pass where a tag was renamed and nothing is selected any more', () => {
    const byTag = complete({}, { databases: [{ match: { tags: { holdfast: 'gold' } }, policy: 'gold' }] });
    const report = gathered(seen({ home: [], away: [] }, { policy: byTag }));
    expect(report.databases).toEqual([]);
    expect(report.verdict).not.toBe('passed');
  });

  it('has a row and the slots of a database that is gone while snapshots of ours stand', () => {
    const report = gathered(seen({ databases: [] }));
    expect(report.databases).toMatchObject([
      {
        database: 'qrosity-db',
        unprotected: 'no instance of this name is in us-east-1',
        promise: { policy: 'gold' },
        slots: { to: '2026-03-10T10:00:00Z' },
      },
    ]);
    const tagged = complete({}, { databases: [{ match: { tags: { holdfast: 'gold' } }, policy: 'gold' }] });
    const [lost] = gathered(seen({}, { policy: tagged })).databases;
    expect(lost).toMatchObject({ database: 'qrosity-db', unprotected: 'no policy selects it now' });
    expect(lost?.slots?.rows[0]?.runs.at(-1)?.state).toBe('taken');
    const [cluster] = gathered(seen({ databases: [databaseSeen({ inCluster: true })] })).databases;
    expect(cluster?.unprotected).toMatch(/member of a cluster/);
  });

  it('has a row for a name of the policy that no instance has', () => {
    const report = gathered(seen({ databases: [], home: [], away: [] }));
    expect(report.databases).toMatchObject([
      { database: 'qrosity-db', restoreTests: [expect.anything(), expect.anything()] },
    ]);
    expect(report.verdict).toBe('failed');
  });

  it('says where runbooks can be read, as the policy does', () => {
    expect(gathered(seen()).runbooks).toBeNull();
    const rules = { ...complete().compliance, runbooks: 'https://example.com/holdfast/' };
    expect(gathered(seen({}, { policy: { ...complete(), compliance: rules } })).runbooks).toBe(
      rules.runbooks,
    );
  });

  it('draws no slots where the snapshots at home could not be seen', () => {
    const report = gathered(seen({}, { snapshots: new Map([[AWAY, { seen: [] }]]) }));
    expect(report.databases[0]?.slots).toBeNull();
  });

  it('has restore tests oldest first, and the keys that a database hangs on', () => {
    const old = restored({ requested: '2026-03-01T09:30:00Z' });
    const look = seen({}, { restoreTests: new Map([['qrosity-db', { seen: [restored(), old] }]]) });
    const [database] = gathered(look).databases;
    expect(database?.restoreTests.map(({ requested }) => requested)).toEqual([
      old.requested,
      restored().requested,
    ]);
    expect([...(database?.keys ?? [])].sort()).toEqual(
      gathered(look)
        .keys.map(({ arn }) => arn)
        .sort(),
    );
  });
});

describe('of one database', () => {
  it('speaks of it and of what all hang on, and of no other', () => {
    const look = seen({
      databases: [databaseSeen(), databaseSeen({ id: 'other-db', latestRestorable: NOW - 9 * MINUTE })],
    });
    const one = ofDatabase(gathered(look), 'qrosity-db');
    expect(new Set(one?.assessments.map(({ subject }) => subject.database))).toEqual(
      new Set(['qrosity-db', '*']),
    );
    expect(one?.databases.map(({ database }) => database)).toEqual(['qrosity-db']);
    expect(ofDatabase(gathered(look), 'nobody')).toBeNull();
  });

  it('leaves out what is of other policies and of keys that only others hang on', () => {
    const whole = gathered(seen());
    const [database] = whole.databases;
    const [agreed] = whole.assessments.filter(({ control }) => control === 'objectives-agreed');
    if (agreed === undefined || database === undefined) throw new Error('the look has both');
    const key = `arn:aws:kms:${HOME}:${ACCOUNT}:key/9`;
    const others = [
      { ...agreed, id: 'a', subject: { ...agreed.subject, resource: 'silver' }, verdict: 'failed' as const },
      { ...agreed, id: 'b', control: 'key-rotation', subject: { ...agreed.subject, resource: key } },
    ];
    const compliance = {
      ...whole,
      assessments: [...whole.assessments, ...others],
      databases: [database, { ...database, database: 'other-db', keys: [key] }],
    };
    const one = ofDatabase(compliance, 'qrosity-db');
    expect(one?.assessments).toEqual(whole.assessments);
    expect(one?.checklist[0]?.verdict).toBe('passed');
  });
});

describe('formats', () => {
  it('say the same in pieces as at once', () => {
    const whole = fleetOf(30);
    const pieces = [...inSlices(whole, 100)];
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.flatMap(({ assessments }) => assessments)).toEqual(whole.assessments);
    for (const { assessments, databases } of pieces)
      for (const { subject } of assessments)
        expect(
          subject.database === '*' || databases.some(({ database }) => database === subject.database),
        ).toBe(true);
    const csv = reportFiles(whole, { unseen: [], resources: [], keys: [] }).find(({ name }) =>
      name.endsWith('.csv'),
    );
    const rows = [...(csv?.text() ?? [])].join('').split('\r\n');
    expect(rows).toHaveLength(whole.assessments.length + 2);
  });

  it('are made only when they are asked for', () => {
    const files = reportFiles(failing(), { unseen: [], resources: [], keys: [] });
    expect(files.map(({ name, compressed }) => [name, compressed])).toEqual([
      ['compliance.html', false],
      ['compliance.md', false],
      ['compliance.csv', false],
      ['ocsf.jsonl.gz', true],
      ['encryption.json', false],
    ]);
  });
});

import type { Compliance } from '../../../../../shared/report/compliance/compliance';
import * as csvFormat from '../../../../../shared/report/compliance/csv';
import { complianceMarkdown } from '../../../../../shared/report/compliance/markdown';
import { empty, failing, healthy, hostile, neglected } from './samples';

/** RFC 4180, read back. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  const field = /"((?:[^"]|"")*)"(,|\r\n)/gy;
  for (let match = field.exec(csv); match !== null; match = field.exec(csv)) {
    rows.at(-1)?.push((match[1] ?? '').replaceAll('""', '"'));
    if (match[2] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

const complianceCsv = (compliance: Compliance) => [...csvFormat.complianceCsv(compliance)].join('');

describe('CSV', () => {
  it('has one row for each assessment below the names, and nothing that a reader would drop', () => {
    for (const compliance of [empty(), healthy(), failing(), hostile()]) {
      const csv = complianceCsv(compliance);
      const [names, ...rows] = rowsOf(csv);
      expect(rows).toHaveLength(compliance.assessments.length);
      expect(rows.every((row) => row.length === names?.length)).toBe(true);
      const again = [names ?? [], ...rows].map(
        (row) => `${row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')}\r\n`,
      );
      expect(again.join('')).toBe(csv);
    }
  });

  it('tells of each what was found, what it maps to and whether it is waived', () => {
    const [names = [], ...rows] = rowsOf(complianceCsv(failing()));
    const row = rows.find((one) => one[names.indexOf('control')] === 'tags-copied') ?? [];
    const cell = (name: string) => row[names.indexOf(name)];
    expect(cell('verdict')).toBe('failed');
    expect(cell('standing')).toBe('waived');
    expect(cell('waived until')).toBe('2026-04-30T23:59:59Z');
    expect(cell('frameworks')).toContain('Security Hub RDS.17');
    expect(cell('since')).toBe('2026-03-10T04:30:00Z');
  });

  it('leads to the runbook, where the policy says that it can be read', () => {
    const runbookOf = (compliance: Compliance) => {
      const [names = [], row = []] = rowsOf(complianceCsv(compliance));
      return row[names.indexOf('runbook')];
    };
    const [first] = failing().assessments;
    expect(runbookOf(failing())).toBe(first?.runbook);
    const runbooks = 'https://example.com/holdfast/';
    expect(runbookOf({ ...failing(), runbooks })).toBe(`${runbooks}${first?.runbook}`);
  });

  it('holds nothing that a spreadsheet takes for a formula', () => {
    const cells = rowsOf(complianceCsv(hostile())).flat();
    expect(cells.some((cell) => cell.startsWith("'=HYPERLINK("))).toBe(true);
    expect(cells.some((cell) => cell.startsWith("'+cmd"))).toBe(true);
    expect(cells.some((cell) => cell.startsWith("'@everyone"))).toBe(true);
    expect(cells.filter((cell) => /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/.test(cell))).toEqual([]);
  });

  it('keeps a record on one line, whatever a name holds', () => {
    const compliance = hostile();
    expect(complianceCsv(compliance).split('\r\n')).toHaveLength(compliance.assessments.length + 2);
    expect(complianceCsv(compliance)).not.toMatch(/[^\r]\n|\r[^\n]|\u202e/);
  });
});

describe('Markdown', () => {
  const titlesOf = (text: string, level: string) =>
    [...text.matchAll(new RegExp(`^${level} (.*)$`, 'gm'))].map(([, title]) => title);

  it('says the verdict, then the findings, then the checklist', () => {
    const text = complianceMarkdown(failing());
    expect(text).toMatch(
      /^# Recoverability of holdfast\n\n\*\*FAILED\*\*: Promises are broken \(9 failed, 1 unknown, 1 waived, \d+ passed/,
    );
    expect(titlesOf(text, '##')).toEqual([
      ...[
        'Open findings',
        'Checklist',
        'Databases',
        'Keys',
        'Tenants',
        'All assessments',
        'How to read this',
      ],
    ]);
  });

  it('says of a database in words what the page shows in pictures', () => {
    const text = complianceMarkdown(failing());
    expect(titlesOf(text, '####')).toEqual([
      'Slots, copies and gaps',
      'Recovery point over time',
      'Restore tests in us-east-1',
      'Restore tests in us-west-2',
      'Inside the database',
    ]);
    for (const told of [
      '28 slots taken, 2 slots not there (missed or deleted)',
      '| 2026-03-10 07:00 UTC | 2 | us-east-1 | not there: missed or deleted |',
      'the promise of 1h was exceeded 2 times',
      '| 2026-03-10 07:30 UTC | 2026-03-10 09:30 UTC | 3h |',
      'restores get 1m34s longer each day, and are beyond the promise by now',
      '| 2026-03-10 07:30 UTC | failed | 4h1m | 3h13m | it took longer than promised | `restore-tests/',
      'us-west-2: 1h30m of 2h',
      '- Restore tests: every 7d',
      '| `alias/holdfast` (`arn:aws:kms:us-west-2:111122223333:key/0`) | us-west-2 | enabled | customer | 365 days | – | 2027-01-01 | – |',
      'written down in',
      '**waived**: it failed',
    ])
      expect(text).toContain(told);
  });

  it('says what was not seen this time, and whose waiver is over', () => {
    const made = failing();
    const assessments = made.assessments.map((one) =>
      one.control === 'multi-az' && one.verdict === 'failed'
        ? { ...one, unseen: 'RDS did not answer', waiver: { reason: 'borne', until: '2026-03-01T00:00:00Z' } }
        : one,
    );
    const text = complianceMarkdown({ ...made, assessments });
    expect(text).toContain('- waived: borne (until 2026-03-01 00:00 UTC, which is over)');
    expect(text).toContain('- not seen now: RDS did not answer');
    expect(text).toContain('it runs in one zone (not seen now: RDS did not answer)');
  });

  it('reads well raw: names, keys and paths are code, not strewn with backslashes', () => {
    const text = complianceMarkdown(failing());
    expect(text).toContain('no schema for tenants: `tenant_x`');
    expect(text).toContain('(`copies[0].point`)');
    expect(text).toContain("runbook: `docs/controls.md#multi-az` in Holdfast's repository");
    expect(text.replace(/^ {4}(`{3,})\n.*\n {4}\1$/gm, '')).not.toContain('\\');
  });

  it('leads to the runbooks where the policy says that they can be read', () => {
    const runbooks = 'https://example.com/holdfast/blob/main/';
    expect(complianceMarkdown({ ...failing(), runbooks })).toContain(
      '[`docs/controls.md#multi-az`](<https://example.com/holdfast/blob/main/docs/controls.md#multi-az>)',
    );
    const links = [...complianceMarkdown({ ...hostile(), runbooks }).matchAll(/\]\(<([^>]*)>\)/g)];
    expect(links.length).toBeGreaterThan(10);
    for (const [, link = ''] of links) expect(link.startsWith(runbooks)).toBe(true);
  });

  it('has every assessment of a few databases as a row of one table, with as many cells as names', () => {
    for (const compliance of [healthy(), failing(), hostile()]) {
      const text = complianceMarkdown(compliance);
      const [table = ''] = text.slice(text.indexOf('| control | about')).split('\n\n');
      expect(table.split('\n')).toHaveLength(compliance.assessments.length + 2);
      // A bar is in no cell: it would begin another one.
      for (const line of table.split('\n')) expect(line.split('|')).toHaveLength(9);
    }
  });

  it('has as many cells in every row of every table as there are names', () => {
    for (const compliance of [healthy(), failing(), hostile()]) {
      const tables = complianceMarkdown(compliance).match(/(^\|.*\n)+/gm) ?? [];
      expect(tables.length).toBeGreaterThan(4);
      for (const table of tables) {
        const widths = new Set(
          table
            .trim()
            .split('\n')
            .map((line) => line.split('|').length),
        );
        expect(widths.size).toBe(1);
      }
    }
  });

  it('is cut for a large fleet as the page is, and counts what it leaves out', () => {
    const text = complianceMarkdown(neglected(1_000));
    expect(text.length).toBeLessThan(4 * 1024 * 1024);
    expect(text).toMatch(/8,800 more: .*1,8\d\d critical.*; compliance\.csv has all/);
    expect(text).toContain('| tenant-shard-0999 | failed |');
  });

  it('turns no name into markup', () => {
    const text = complianceMarkdown(hostile());
    const blocks = /^ {4}(`{3,})\n.*\n {4}\1$/gm;
    expect([...text.matchAll(blocks)].length).toBeGreaterThan(10);
    // Code spans hold nothing that a reader could take for more than text.
    const spans = /`[\w .:/#=,+*%(){}[\]"'~$?-]+`/g;
    const outside = text.replace(blocks, '').replace(spans, '');
    for (const [span] of text.replace(blocks, '').matchAll(spans)) expect(span).not.toMatch(/:\/\/|\]\(/);
    expect(outside).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(outside).toContain('\\[x\\](javascript:alert(1))');
    expect(outside).not.toMatch(/[<>`]|[^\\]\]\(|:\/\/|@everyone|\u202e/);
  });

  it('ends no block of code before its end', () => {
    const text = complianceMarkdown(hostile());
    expect(text).toContain('    ````\n    a | b ` c ``` d\n    ````');
  });

  it('says so where there is nothing', () => {
    const text = complianceMarkdown(empty());
    expect(text).toContain('**UNKNOWN**: No database was found that a policy selects');
    expect(text).toContain('nothing was judged that could answer it');
  });
});

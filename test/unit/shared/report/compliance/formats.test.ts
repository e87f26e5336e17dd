import type { Compliance } from '../../../../../shared/report/compliance/compliance';
import * as csvFormat from '../../../../../shared/report/compliance/csv';
import { complianceMarkdown } from '../../../../../shared/report/compliance/markdown';
import { empty, failing, healthy, hostile } from './samples';

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
  it('says the verdict, then the findings, then the checklist', () => {
    const text = complianceMarkdown(failing());
    expect(text).toMatch(
      /^# Recoverability of holdfast\n\n\*\*FAILED\*\*: 9 failed, 1 unknown, 1 waived, 53 passed/,
    );
    const titles = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(titles).toEqual(['Open findings', 'Checklist', 'Databases', 'Keys', 'Tenants', 'All assessments']);
  });

  it('has every assessment as a row of the last table, with as many cells as names', () => {
    for (const compliance of [healthy(), failing(), hostile()]) {
      const text = complianceMarkdown(compliance);
      const table = text.slice(text.indexOf('## All assessments')).trim().split('\n').slice(2);
      expect(table).toHaveLength(compliance.assessments.length + 2);
      // A bar is in no cell: it would begin another one.
      for (const line of table) expect(line.split('|')).toHaveLength(9);
    }
  });

  it('turns no name into markup', () => {
    const text = complianceMarkdown(hostile());
    const blocks = /^ {4}(`{3,})\n.*\n {4}\1$/gm;
    expect([...text.matchAll(blocks)].length).toBeGreaterThan(10);
    const outside = text.replace(blocks, '');
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
    expect(text).toContain('**UNKNOWN**');
    expect(text).toContain('nothing was judged that could answer it');
  });
});

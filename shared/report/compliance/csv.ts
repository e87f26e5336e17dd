import { clean } from './clean';
import type { Assessed, Compliance } from './compliance';
import { runbookAddress } from './runbooks';
import { inSlices } from './slices';
import { standing } from './verdict';

type Column = readonly [name: string, value: (one: Assessed, compliance: Compliance) => string | null];

const COLUMNS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['installation', (_, { installation }) => installation],
  ['account', (_, { account }) => account],
  ['judged at', (_, { at }) => at],
  ['control', ({ control }) => control],
  ['title', ({ title }) => title],
  ['severity', ({ severity }) => severity],
  ['verdict', ({ verdict }) => verdict],
  ['standing', (one, { at }) => standing(one, at)],
  ['database', ({ subject }) => subject.database],
  ['region', ({ subject }) => subject.region],
  ['resource', ({ subject }) => subject.resource ?? null],
  ['found', ({ found }) => found],
  ['expected', ({ expected }) => expected],
  ['cost', ({ cost }) => cost],
  ['since', ({ since }) => since],
  ['resolved', ({ resolved }) => resolved],
  ['last seen', (one, { at }) => one.lastSeen ?? at],
  ['could not be seen now', ({ unseen }) => unseen],
  ['waived until', ({ waiver }) => waiver?.until ?? null],
  ['waiver reason', ({ waiver }) => waiver?.reason ?? null],
  ['requirements', ({ requirements }) => requirements.join('; ')],
  ['frameworks', ({ frameworks }) => frameworks.join('; ')],
  ['what to do', ({ remedy }) => remedy],
  ['command', ({ command }) => command],
  ['runbook', ({ runbook }, { runbooks }) => runbookAddress(runbook, runbooks) ?? runbook],
  ['evidence', ({ evidence }) => evidence.join('; ')],
];

/** So many rows are made at a time: a fleet's table is 20 MB, and a run has little room. */
const TOGETHER = 500;

/** One row for each assessment, as RFC 4180 has it: quoted throughout, lines ending with CRLF. In pieces. */
export function* complianceCsv(compliance: Compliance): Generator<string> {
  yield line(COLUMNS.map(([name]) => name));
  for (const some of inSlices(compliance, TOGETHER)) {
    const cleaned = clean(some);
    yield cleaned.assessments
      .map((one) => line(COLUMNS.map(([, value]) => value(one, cleaned) ?? '')))
      .join('');
  }
}

function line(row: readonly string[]): string {
  return `${row.map(field).join(',')}\r\n`;
}

/**
 * A spreadsheet runs what begins so as a formula, quoted or not, and a database may be named by whoever can make one. An
 * apostrophe in front makes it text. The wide forms count: some programs take them for the narrow ones.
 */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/;

function field(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

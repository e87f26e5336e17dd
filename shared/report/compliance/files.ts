import type { EncryptionReport } from '../../domain/encryption';
import type { Compliance } from './compliance';
import { complianceCsv } from './csv';
import { complianceMarkdown } from './markdown';
import { ocsfLines } from './ocsf';
import { compliancePage } from './page/page';

/** One format of the report. What it says is made when it is asked for, piece by piece: no two are in memory at once. */
export interface ReportFile {
  readonly name: string;
  /** A media type. */
  readonly type: string;
  readonly compressed: boolean;
  readonly text: () => Iterable<string>;
}

/** What the encryption report is called in a report's folder: other parts of the report name it as evidence. */
export const ENCRYPTION = 'encryption.json';

/** The report in every format: for people, for repositories, for spreadsheets, for collectors; and the keys as data. */
export function reportFiles(compliance: Compliance, encryption: EncryptionReport): ReportFile[] {
  return [
    file('compliance.html', 'text/html; charset=utf-8', () => [compliancePage(compliance)]),
    file('compliance.md', 'text/markdown; charset=utf-8', () => [complianceMarkdown(compliance)]),
    file('compliance.csv', 'text/csv; charset=utf-8', () => complianceCsv(compliance)),
    { ...file('ocsf.jsonl.gz', 'application/gzip', () => ocsfLines(compliance)), compressed: true },
    file(ENCRYPTION, 'application/json', () => [`${JSON.stringify(encryption, null, 2)}\n`]),
  ];
}

function file(name: string, type: string, text: ReportFile['text']): ReportFile {
  return { name, type, compressed: false, text };
}

import type { EvidenceRecord } from '../evidence';
import { Refusal } from '../refusal';
import { formatInstant, type Instant, parseInstant } from '../time';
import type { Finding, FindingsDocument } from './document';
import { padded } from './messages';
import { timesChanged } from './times';

/** Where the documents lie, in the order of their numbers. */
export const FINDINGS = 'findings/';

/** Where the parts lie of those that are too large for one record. */
const PAGES = 'findings-pages/';

export function findingsKey(number: number): string {
  return `${FINDINGS}${padded(number)}.json`;
}

/** The number in a key that `findingsKey` made; `null` for any other. */
export function findingsNumber(key: string): number | null {
  const [, digits] = /^findings\/(\d{12})\.json$/.exec(key) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** A run that is killed leaves pages that no document names; with its name in theirs they are in nobody's way. */
export function pageKey({ number, run }: Pick<FindingsDocument, 'number' | 'run'>, page: number): string {
  return `${PAGES}${padded(number)}/${run.replace(/[^A-Za-z0-9-]/g, '_')}-${padded(page).slice(-4)}.json`;
}

/** Part of a document that is too large for one record. */
export interface FindingsPage extends EvidenceRecord {
  readonly schema: 'holdfast.findings-page/1';
  readonly findings: readonly unknown[];
  readonly unknowns: Readonly<Record<string, unknown>>;
}

/** A document as it is kept: its times as ISO 8601, and what does not fit in the pages that it names, in their order. */
export interface FindingsRecord extends EvidenceRecord {
  readonly schema: 'holdfast.findings/1';
  readonly installation: string;
  readonly number: number;
  readonly at: string;
  readonly begun?: string;
  readonly run: string;
  readonly lastLight: string | null;
  readonly lastDaily: string | null;
  readonly findings: readonly unknown[];
  readonly unknowns: Readonly<Record<string, unknown>>;
  readonly pages: readonly string[];
}

export function headOf(document: FindingsDocument): Omit<FindingsRecord, 'findings' | 'unknowns' | 'pages'> {
  const { schema, installation, number, run, begun, lastLight, lastDaily } = document;
  const at = (instant: Instant | null) => (instant === null ? null : formatInstant(instant));
  const times = { at: formatInstant(document.at), lastLight: at(lastLight), lastDaily: at(lastDaily) };
  return {
    schema,
    installation,
    number,
    run,
    ...times,
    ...(begun !== undefined && { begun: formatInstant(begun) }),
  };
}

/** With its times as texts. */
export function writtenFinding(finding: Finding): unknown {
  return timesChanged(finding, (time) => (typeof time === 'number' ? formatInstant(time) : time));
}

export function writtenUnknowns(unknowns: FindingsDocument['unknowns']): Record<string, string> {
  return Object.fromEntries(Object.entries(unknowns).map(([id, since]) => [id, formatInstant(since)]));
}

/**
 * The record of a document, checked as far as a mistake could be told from it: another installation's findings, or an
 * unreadable time, would resolve or open what is none of ours.
 */
export function readHead(key: string, kept: unknown, installation: string): FindingsRecord {
  const record = kept as FindingsRecord | null;
  if (record?.schema !== 'holdfast.findings/1' || findingsNumber(key) !== record.number)
    throw damaged(key, 'it is no document of findings');
  if (record.installation !== installation)
    throw damaged(key, `it is of the installation ${record.installation}, and this is ${installation}`);
  return record;
}

export function readPage(key: string, kept: unknown): FindingsPage {
  const page = kept as FindingsPage | null;
  if (page?.schema !== 'holdfast.findings-page/1') throw damaged(key, 'it is no page of findings');
  return page;
}

/** The document of a record and its pages. */
export function documentOf(
  key: string,
  record: FindingsRecord,
  pages: readonly FindingsPage[],
): FindingsDocument {
  const parts = [record, ...pages];
  const time = (value: unknown): Instant => {
    const instant = typeof value === 'string' ? parseInstant(value) : null;
    if (instant === null) throw damaged(key, `${JSON.stringify(value)} is no time`);
    return instant;
  };
  const { schema, installation, number, run, at, begun, lastLight, lastDaily } = record;
  const times = { at, lastLight, lastDaily, ...(begun !== undefined && { begun }) };
  const unknowns = parts.flatMap((part) => Object.entries(part.unknowns));
  return {
    schema,
    installation,
    number,
    run,
    ...(timesChanged(times, time) as Pick<FindingsDocument, 'at' | 'begun' | 'lastLight' | 'lastDaily'>),
    findings: parts.flatMap((part) => part.findings.map((one) => timesChanged(one, time) as Finding)),
    unknowns: Object.fromEntries(unknowns.map(([id, since]) => [id, time(since)])),
  };
}

function damaged(key: string, why: string): Refusal {
  return new Refusal(
    'damaged',
    `read ${key}: ${why}`,
    'look for who else writes into this bucket; findings begin anew when the documents are moved away',
  );
}

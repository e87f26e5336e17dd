import type { FindingsDocument } from '../domain/findings/document';
import {
  documentOf,
  FINDINGS,
  type FindingsPage,
  findingsKey,
  findingsNumber,
  headOf,
  pageKey,
  readHead,
  readPage,
  writtenFinding,
  writtenUnknowns,
} from '../domain/findings/record';
import type { Evidence } from '../ports/evidence';
import { sha256 } from './compliance/files';

/** Of one record, in bytes: the store takes 5 MiB, and what is estimated here is no less than what is written. */
const MOST_BYTES = 4 * 2 ** 20;

/** As many keys as one call lists. */
const PAGE = 1_000;

/**
 * Keeps a document under its number; a `Refusal` of kind `taken` says that another run was first. Pages come before the
 * document that names them, so that whoever finds it finds all of it. 20,000 open findings are some ten pages.
 */
export async function keepFindings(evidence: Evidence, document: FindingsDocument): Promise<void> {
  const [only, ...more] = pagesOf(document);
  const head = { ...headOf(document), findings: [], unknowns: {}, pages: [] };
  const key = findingsKey(document.number);
  if (only === undefined || more.length === 0) {
    await evidence.keep(key, { ...head, findings: only?.findings ?? [], unknowns: only?.unknowns ?? {} });
    return;
  }
  const pages: string[] = [];
  for (const [index, page] of [only, ...more].entries()) {
    // Where a run could not keep its document, its next one has the same number and other pages.
    const digest = sha256(Buffer.from(JSON.stringify(page))).slice(0, 12);
    const its = pageKey({ number: document.number, run: `${document.run}-${digest}` }, index + 1);
    await evidence.keep(its, page);
    pages.push(its);
  }
  await evidence.keep(key, { ...head, pages });
}

/** The newest document of this installation; `null` where there is none yet. */
export async function newestFindings(
  evidence: Evidence,
  installation: string,
): Promise<FindingsDocument | null> {
  const number = await newestNumber(evidence);
  if (number === null) return null;
  const key = findingsKey(number);
  const record = readHead(key, await evidence.read(key), installation);
  const pages: FindingsPage[] = [];
  for (const its of record.pages) pages.push(readPage(its, await evidence.read(its)));
  return documentOf(key, record, pages);
}

/**
 * The highest number. A store lists in ascending order only, and two years hold 100,000 documents and more: since numbers
 * follow each other without a gap, the end is found by strides that double, then by halving; 16 calls for 100,000.
 */
async function newestNumber(evidence: Evidence): Promise<number | null> {
  const lastAfter = async (number: number) => {
    const keys = await evidence.list(FINDINGS, { after: findingsKey(number), most: PAGE });
    const numbers = keys.map(findingsNumber).filter((one) => one !== null);
    return { last: numbers.at(-1) ?? null, full: keys.length === PAGE };
  };
  let { last, full } = await lastAfter(0);
  let beyond: number | null = null;
  for (let stride = PAGE; full && last !== null; ) {
    const half: number = beyond === null ? stride : Math.floor((beyond - last) / 2);
    // What is left between the two is on the page behind the last that is known.
    const from: number = beyond !== null && beyond - last <= PAGE ? last : last + half;
    const next = await lastAfter(from);
    if (next.last === null) {
      if (from === last) break;
      beyond = from;
    } else {
      ({ last, full } = next);
      stride *= 2;
    }
  }
  return last;
}

function pagesOf({ findings, unknowns }: FindingsDocument): FindingsPage[] {
  const items = [
    ...findings.map((finding) => ({ finding: writtenFinding(finding), unknown: null })),
    ...Object.entries(writtenUnknowns(unknowns)).map((unknown) => ({ finding: null, unknown })),
  ];
  const pages: { findings: unknown[]; unknowns: Record<string, unknown> }[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { finding, unknown } of items) {
    const size = sizeOf(finding ?? unknown);
    if (bytes + size > MOST_BYTES) {
      pages.push({ findings: [], unknowns: {} });
      bytes = 0;
    }
    bytes += size;
    const page = pages.at(-1);
    if (finding !== null) page?.findings.push(finding);
    else if (page !== undefined && unknown !== null) page.unknowns[unknown[0]] = unknown[1];
  }
  return pages.map((page) => ({ schema: 'holdfast.findings-page/1', ...page }));
}

/** No less than it takes in a record: that is indented by two spaces a level, two levels further in. */
function sizeOf(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(item, null, 8)) + 32;
}

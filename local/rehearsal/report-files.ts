import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Cloud } from '../cloud';
import { EVIDENCE } from '../furnish';

/** The folder for the report cannot be used: told before the story begins. */
export class FolderError extends Error {
  constructor(folder: string, why: string) {
    super(
      `--out: ${folder} cannot be written: ${why}\n  hint: name a folder of your own, as --out /tmp/rehearsal`,
    );
    this.name = 'FolderError';
  }
}

/** Makes the folder where there is none, and finds out whether files can be written there. */
export function prepareFolder(folder: string): void {
  try {
    make(resolve(folder));
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new FolderError(folder, (error as Error).message);
  }
}

/** One by one: Node's own `recursive` never returns where the system says of a parent that is there that it is not (/proc). */
function make(folder: string): void {
  if (existsSync(folder)) return;
  make(dirname(folder));
  mkdirSync(folder);
}

/** The record of a report, as far as the rehearsal reads it. */
interface Kept {
  readonly verdict: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly files: readonly { readonly key: string }[];
}

/** A report that was taken out of the evidence store and lies in a folder. */
export interface WrittenReport {
  readonly verdict: string;
  /** Assessments by what they come to. */
  readonly counts: Readonly<Record<string, number>>;
  /** Paths of its files; the page for people comes first. */
  readonly files: readonly string[];
}

/**
 * Writes a report as the evidence store has it, byte by byte, over that of an earlier rehearsal.
 *
 * @param key of the report's record
 */
export async function writeReport(
  cloud: Cloud,
  home: string,
  key: string,
  folder: string,
): Promise<WrittenReport> {
  const { s3 } = cloud.region(home);
  const read = async (Key: string) => Buffer.from((await s3.GetObject({ Bucket: EVIDENCE, Key })).Body);
  const { verdict, counts, files } = JSON.parse((await read(key)).toString('utf8')) as Kept;
  const written: string[] = [];
  for (const file of files) {
    const path = join(folder, basename(file.key));
    writeFileSync(path, await read(file.key));
    written.push(path);
  }
  return { verdict, counts, files: written };
}

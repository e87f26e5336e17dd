import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packed from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

export interface Opened {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * The browser of BROWSER_PATH, or else the one that npm brought, unpacked for this run.
 *
 * @throws where neither runs on this machine
 */
export async function openBrowser(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-browser-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  try {
    const executablePath = process.env.BROWSER_PATH ?? (await unpack(folder));
    // Without its sandbox: root has none, and the one page that it opens is ours.
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const close = () => browser.close().finally(clean);
    return { browser, close };
  } catch (error) {
    clean();
    if (process.platform === 'linux' && process.arch === 'x64') throw error;
    const hint = 'name a Chromium or Chrome of this machine in BROWSER_PATH';
    throw new Error(`npm brings a browser for Linux on x64 only\n  hint: ${hint}`, { cause: error });
  }
}

/** It unpacks where temporary files go, and brings the libraries that a bare image lacks only if it believes to be in a Lambda. */
async function unpack(folder: string): Promise<string> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  try {
    return await packed.executablePath();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

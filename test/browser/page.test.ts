import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import type { Compliance } from '../../shared/report/compliance/compliance';
import { compliancePage } from '../../shared/report/compliance/page/page';
import { empty, failing, fleetOf, healthy, hostile } from '../unit/shared/report/compliance/samples';
import { type Opened, openBrowser } from './browser';

/** What was seen, for people to look at: `npm run browser` leaves it there. */
const PICTURES = resolve(__dirname, '../../.browser');
const SAMPLES: Record<string, () => Compliance> = { empty, healthy, failing, hostile: few };
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const THEMES = ['light', 'dark'] as const;

/** Two hostile databases tell as much as eleven, and fit into a picture. */
function few(): Compliance {
  const compliance = hostile();
  return {
    ...compliance,
    databases: compliance.databases.slice(0, 2),
    assessments: compliance.assessments.slice(0, 6),
  };
}

let opened: Opened;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-pages-'));
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, sample] of [...Object.entries(SAMPLES), ['fleet', () => fleetOf(1_000)] as const])
    writeFileSync(join(folder, `${name}.html`), compliancePage(sample()));
  opened = await openBrowser();
});

afterAll(async () => {
  await opened?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Heard {
  readonly page: Page;
  /** Requests beyond that of the page itself, dialogs, errors and what its content policy refused. */
  readonly heard: string[];
}

async function show(
  name: string,
  options: { readonly width: number; readonly height?: number; readonly theme?: 'light' | 'dark' },
): Promise<Heard> {
  const { width, height = 900, theme = 'light' } = options;
  const page = await opened.browser.newPage({
    viewport: { width, height },
    colorScheme: theme,
    // The checker is put into the page, whose policy lets nothing run.
    bypassCSP: true,
  });
  return { page, heard: await listen(page, name) };
}

async function listen(page: Page, name: string): Promise<string[]> {
  const heard: string[] = [];
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  page.on('request', (request) => {
    if (request.url() !== url) heard.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', ({ message }) => heard.push(`error: ${message}`));
  page.on('console', (message) => heard.push(`console: ${message.text()}`));
  await page.goto(url);
  return heard;
}

/** The head of the page and its first database: all of a long one is more than a browser draws at once. */
async function picture(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  if (size === null) throw new Error('the page has no window');
  await page.setViewportSize({ ...size, height: 4_000 });
  await photograph(page, join(PICTURES, `${name}.png`));
  const database = page.locator('.database').first();
  if ((await database.count()) > 0) await photograph(database, join(PICTURES, `${name}-database.png`));
  await page.setViewportSize(size);
}

/** On a busy machine the browser is not ready for one at once. */
async function photograph(what: Page | Locator, path: string): Promise<void> {
  for (let left = 5; left > 0; left -= 1) {
    const refused = await what.screenshot({ path }).then(
      () => null,
      (error: Error) => error,
    );
    if (refused === null) return;
    if (left === 1) throw refused;
    await setTimeout(1_000);
  }
}

/** Names of elements that reach beyond the window, scrolled areas aside. */
const beyond = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return [...document.body.querySelectorAll('*')]
      .filter((one) => one.closest('.scroll') === null && !one.matches('.skip'))
      .filter((one) => one.getBoundingClientRect().right > width + 1)
      .map((one) => `${one.tagName} ${one.textContent?.slice(0, 60)}`);
  });

/** Lengths, verdicts and counts that take more than a line, and times that take more than two. */
const broken = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('tbody .short, tbody .time')].flatMap((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      const lines =
        range.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(cell).lineHeight);
      const most = cell.matches('.time') ? 2 : 1;
      return lines > most + 0.5 ? [`${cell.textContent}: ${lines.toFixed(1)} lines`] : [];
    }),
  );

describe.each(Object.keys(SAMPLES))('the page of the sample %s in a browser', (name) => {
  it.each(THEMES)(
    'has nothing that an accessibility checker objects to, contrast included: %s',
    async (theme) => {
      for (const [size, { width, height }] of Object.entries(SIZES)) {
        const { page, heard } = await show(name, { width, height, theme });
        await page.evaluate(() => {
          for (const one of document.querySelectorAll('details')) one.open = true;
        });
        await picture(page, `${name}-${theme}-${size}`);
        await page.evaluate(axe.source);
        const { violations, checked } = await page.evaluate(async () => {
          const run = (window as unknown as { axe: typeof axe }).axe;
          const { violations, passes } = await run.run(document);
          return {
            violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
            checked: passes.map(({ id }) => id),
          };
        });
        expect(violations).toEqual([]);
        expect(checked).toContain('color-contrast');
        expect(heard).toEqual([]);
        await page.close();
      }
    },
  );

  // 320 pixels are a page of 1280 at 400 % (WCAG 2.2, 1.4.10).
  it.each([1280, 390, 320])('never scrolls sideways: %i pixels', async (width) => {
    const { page } = await show(name, { width });
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(await beyond(page)).toEqual([]);
    expect(scrolls).toBeLessThanOrEqual(width);
    await page.close();
  });

  it.each([1280, 718, 390, 320])(
    'breaks no length, verdict, count or time in a table: %i pixels',
    async (width) => {
      const { page } = await show(name, { width });
      await page.evaluate(() => {
        for (const one of document.querySelectorAll('details')) one.open = true;
      });
      expect(await broken(page)).toEqual([]);
      await page.emulateMedia({ media: 'print' });
      if (width === 718) expect(await broken(page)).toEqual([]);
      await page.close();
    },
  );

  it('loads, asks and runs nothing under its own policy', async () => {
    const page = await opened.browser.newPage();
    const heard = await listen(page, name);
    expect(await page.locator('.verdict').isVisible()).toBe(true);
    expect(heard).toEqual([]);
    await page.close();
  });

  it('goes on paper: nothing cut off, what was folded is unfolded, no contents to click', async () => {
    // A4 between margins of 1 cm, at 96 pixels an inch.
    const { page } = await show(name, { width: 718, theme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    const cut = await page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      return [...document.body.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > width + 1)
        .map((one) => `${one.tagName} ${one.textContent?.slice(0, 60)}`);
    });
    expect(cut).toEqual([]);
    expect(await page.locator('nav').isVisible()).toBe(false);
    const folded = await page.evaluate(() =>
      [...document.querySelectorAll('details')].map(
        (one) =>
          one.getBoundingClientRect().height > (one.firstElementChild?.getBoundingClientRect().height ?? 0),
      ),
    );
    expect(folded).not.toContain(false);
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(paper).toBe('rgb(255, 255, 255)');
    await page.pdf({
      path: join(PICTURES, `${name}-paper.pdf`),
      format: 'A4',
      margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' },
    });
    await page.close();
  });
});

describe('by keyboard alone', () => {
  it('skips to the findings with the first key, and shows where one is', async () => {
    const { page } = await show('failing', { width: 1280 });
    await page.keyboard.press('Tab');
    const skip = page.locator('.skip');
    expect(await skip.evaluate((one) => one === document.activeElement)).toBe(true);
    const box = await skip.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect(await skip.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.close();
  });

  it('reaches everything that scrolls, folds or leads somewhere, in the order of the page', async () => {
    const { page } = await show('failing', { width: 390 });
    const all = await page.evaluate(
      () =>
        // What is folded is reached once it is unfolded.
        [...document.querySelectorAll('a[href],summary,.scroll')].filter((one) => one.checkVisibility())
          .length,
    );
    const tops: number[] = [];
    const seen = new Set<string>();
    for (let key = 0; key < all; key += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const one = document.activeElement as HTMLElement;
        const top = one.getBoundingClientRect().top + window.scrollY;
        return {
          top,
          name: `${one.tagName} ${one.textContent?.slice(0, 80)} ${Math.round(top)} ${one.offsetLeft}`,
        };
      });
      tops.push(at.top);
      seen.add(at.name);
    }
    expect(seen.size).toBe(all);
    // The link that skips sits above the page.
    expect(tops.slice(1)).toEqual([...tops.slice(1)].sort((a, b) => a - b));
    await page.close();
  });

  it('follows every link of the contents', async () => {
    const { page } = await show('failing', { width: 390 });
    for (const link of await page.locator('nav a').all()) {
      await link.focus();
      await page.keyboard.press('Enter');
      const id = (await link.getAttribute('href'))?.slice(1) ?? '';
      const top = await page.locator(`#${id}`).evaluate((one) => one.getBoundingClientRect().top);
      const height = await page.evaluate(() => window.innerHeight);
      expect(top).toBeGreaterThanOrEqual(-1);
      expect(top).toBeLessThan(height);
    }
    await page.close();
  });
});

describe('the pictures', () => {
  it.each([1280, 375])(
    'have text that can be read, and none of it over another: %i pixels',
    async (width) => {
      const { page } = await show('failing', { width });
      const { small, over } = await page.evaluate(() => {
        const all = [...document.querySelectorAll('svg[role=img]')].map((svg) =>
          [...svg.querySelectorAll('text')].filter((one) => one.checkVisibility()),
        );
        const boxes = all.map((texts) => texts.map((one) => one.getBoundingClientRect()));
        const meets = (a: DOMRect, b: DOMRect) =>
          a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
        return {
          // Of a line of text, its height is a fifth more than its size.
          small: boxes.flat().filter(({ height }) => height < 12).length,
          over: all.flatMap((texts, at) =>
            texts.flatMap((one, first) =>
              texts
                .slice(first + 1)
                .filter((_, next) =>
                  meets(boxes[at]?.[first] as DOMRect, boxes[at]?.[first + 1 + next] as DOMRect),
                )
                .map((other) => `${one.textContent} and ${other.textContent}`),
            ),
          ),
        };
      });
      expect(small).toBe(0);
      expect(over).toEqual([]);
      await page.close();
    },
  );

  it('have no cross over the name of a place', async () => {
    const { page } = await show('failing', { width: 1280 });
    const over = await page.evaluate(() =>
      [...document.querySelectorAll('svg[role=img]')].flatMap((svg) => {
        const crosses = [...svg.querySelectorAll('.cross')].map((one) => one.getBoundingClientRect());
        return [...svg.querySelectorAll('text')]
          .filter((one) => {
            const box = one.getBoundingClientRect();
            return crosses.some(
              (cross) =>
                cross.left < box.right &&
                box.left < cross.right &&
                cross.top < box.bottom - 3 &&
                box.top + 3 < cross.bottom,
            );
          })
          .map(({ textContent }) => textContent);
      }),
    );
    expect(over).toEqual([]);
    await page.close();
  });
});

describe('a thousand databases', () => {
  it('open on a phone without scrolling sideways, and with nothing left out of the search', async () => {
    const { page, heard } = await show('fleet', SIZES.phone);
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(scrolls).toBeLessThanOrEqual(SIZES.phone.width);
    const text = await page.evaluate(() => document.body.textContent ?? '');
    for (const at of ['0000', '0500', '0999']) expect(text).toContain(`tenant-shard-${at}`);
    expect(heard).toEqual([]);
    await page.screenshot({ path: join(PICTURES, 'fleet-light-phone.png') });
    await page.close();
  });
});

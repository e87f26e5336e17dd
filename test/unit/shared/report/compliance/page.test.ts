import axe from 'axe-core';
import { scaleUtc } from 'd3-scale';
import { JSDOM } from 'jsdom';
import { HOUR } from '../../../../../shared/domain/time';
import type { Compliance } from '../../../../../shared/report/compliance/compliance';
import { MOST_PICTURED } from '../../../../../shared/report/compliance/fleet-order';
import { ticksOf } from '../../../../../shared/report/compliance/page/chart';
import { compliancePage } from '../../../../../shared/report/compliance/page/page';
import { STYLE } from '../../../../../shared/report/compliance/page/style';
import { about, lasting } from '../../../../../shared/report/compliance/words';
import { at } from '../../../../support/builders';
import { empty, failing, fleetOf, HOSTILE, healthy, hostile, neglected } from './samples';

const SAMPLES = { empty, healthy, failing, hostile };

function shown(compliance: Compliance) {
  // Scripts of the page would run here, as they would in a browser without the policy.
  const dom = new JSDOM(compliancePage(compliance), { runScripts: 'dangerously' });
  return { window: dom.window, document: dom.window.document };
}

/** The checker holds every element against every rule: two hostile databases tell it as much as eleven. */
function some(compliance: Compliance): Compliance {
  const { databases, assessments } = compliance;
  if (databases.length < 3) return compliance;
  return { ...compliance, databases: databases.slice(0, 2), assessments: assessments.slice(0, 6) };
}

function textOf(compliance: Compliance): string {
  return shown(compliance).document.body.textContent ?? '';
}

describe('the page', () => {
  it.each(Object.entries(SAMPLES))(
    'has nothing that an accessibility checker objects to: %s',
    async (_, sample) => {
      const { window } = shown(some(sample()));
      window.eval(axe.source);
      // jsdom lays nothing out: contrast is held against the numbers below.
      const rules = { 'color-contrast': { enabled: false } };
      const run = window.axe as typeof axe;
      const { violations, passes } = await run.run(window.document, { rules });
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(passes.length).toBeGreaterThan(20);
    },
  );

  it.each(Object.entries(SAMPLES))('has headings in order, and every id once: %s', (_, sample) => {
    const { document } = shown(sample());
    const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(({ tagName }) =>
      Number(tagName[1]),
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, at) => at > 0 && level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...document.querySelectorAll('a[href^="#"]')].map((one) =>
      one.getAttribute('href')?.slice(1),
    );
    expect(targets.filter((target) => !ids.includes(target ?? ''))).toEqual([]);
  });

  it('says the verdict first, then the open findings, then the checklist', () => {
    const { document } = shown(failing());
    expect(document.title).toMatch(/^failed: /);
    const order = [
      'header .verdict',
      '#findings',
      '#checklist',
      '#databases',
      '#keys',
      '#tenants',
      '#assessments',
      '#reading',
    ];
    const places = order.map((one) => document.querySelector(one));
    expect(places.filter((one) => one === null)).toEqual([]);
    for (const [at, one] of places.slice(1).entries())
      expect(places[at]?.compareDocumentPosition(one as Element)).toBe(4);
    expect(document.querySelector('.verdict')?.textContent).toMatch(
      /FAILED.*Promises are broken.*9 failed, 1 unknown, 1 waived/,
    );
  });

  it('shows the gravest finding first, with what it costs and what to type', () => {
    const { document } = shown(failing());
    const cards = [...document.querySelectorAll('#findings ~ .card')].map(
      ({ textContent }) => textContent ?? '',
    );
    expect(cards[0]).toContain('critical');
    expect(cards[0]).toContain('180 minutes of data, if the instance is lost now');
    expect(cards[0]).toContain('aws lambda invoke --function-name holdfast-prod-create-snapshot');
    expect(cards.map((card) => /critical|high|medium|low/.exec(card)?.[0])).toEqual([
      ...['critical', 'critical', 'high', 'high', 'high', 'high', 'high', 'medium', 'medium'],
    ]);
  });

  it('tells what could not be judged apart from what failed, and what is waived with its reason and end', () => {
    const text = textOf(failing());
    expect(text).toContain('1 assessment without a verdict, which is no pass');
    expect(text).toContain('the tags are set by hand until the move in April (until 2026-04-30 23:59 UTC)');
  });

  it('says that the objectives are placeholders until somebody has agreed, and who has', () => {
    expect(textOf(failing())).toContain('placeholder until the business confirms');
    expect(textOf(healthy())).toContain('agreed by The owner on 2026-02-01');
    expect(textOf(healthy())).not.toContain('placeholder until');
  });

  it('has every assessment', () => {
    const compliance = failing();
    const { document } = shown(compliance);
    const rows = [...document.querySelectorAll('#assessments ~ div tbody tr')].map(
      ({ textContent }) => textContent ?? '',
    );
    expect(rows).toHaveLength(compliance.assessments.length);
    for (const { subject, found } of compliance.assessments)
      expect(rows.some((row) => row.includes(about(subject)) && row.includes(found))).toBe(true);
  });

  it('says in words what each picture shows', () => {
    const { document } = shown(failing());
    const pictures = [...document.querySelectorAll('svg[role=img]')];
    expect(pictures).toHaveLength(7);
    for (const picture of pictures) {
      expect(picture.querySelector('title')?.textContent).toBeTruthy();
      expect(picture.querySelector('desc')?.textContent).toMatch(/\d/);
    }
    const text = textOf(failing());
    expect(text).toContain('28 slots taken, 2 slots not there (missed or deleted)');
    expect(text).toContain('22 slots not there (not copied or deleted)');
    expect(text).toContain('at worst 3h since 2026-03-03 09:40 UTC; the promise of 1h was exceeded 2 times');
    expect(text).toContain('restores get 1m34s longer each day, and are beyond the promise by now');
    expect(text).toContain('the next rotation is that of alias/0 on 2027-01-01');
  });

  it('draws no coordinate that is not a number', () => {
    for (const sample of Object.values(SAMPLES))
      expect(compliancePage(sample())).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('loads nothing, sends nothing, and runs nothing', () => {
    for (const sample of Object.values(SAMPLES)) {
      const { document } = shown(sample());
      const policy = document
        .querySelector('meta[http-equiv="Content-Security-Policy"]')
        ?.getAttribute('content');
      expect(policy).toBe(
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
      );
      expect(
        document.querySelectorAll('script,link,img,iframe,object,embed,form,base,[src],[style]'),
      ).toHaveLength(0);
      const links = [...document.querySelectorAll('[href]')].map((one) => one.getAttribute('href') ?? '');
      expect(links.filter((link) => !link.startsWith('#'))).toEqual([]);
      const handlers = [...document.querySelectorAll('*')].flatMap(({ attributes }) =>
        [...attributes].map(({ name }) => name).filter((name) => name.startsWith('on')),
      );
      expect(handlers).toEqual([]);
    }
  });

  it('shows a hostile name as it is written', () => {
    const text = textOf(hostile());
    for (const evil of HOSTILE.filter((one) => !one.startsWith('line'))) expect(text).toContain(evil);
    // What would turn the line around, or not be seen, is shown by its number.
    expect(text).toContain('line break\\u202edesrever\\u0000\\u200b');
    for (const hidden of ['\u202e', '\u0000', '\u200b']) expect(text).not.toContain(hidden);
  });

  it('has the same elements for a hostile name as for any other', () => {
    const elements = (compliance: Compliance) =>
      [...shown(compliance).document.querySelectorAll('*')].map(({ tagName }) => tagName).join(' ');
    const evil = hostile();
    const harmless = JSON.parse(JSON.stringify(evil), (_, value: unknown) => {
      if (typeof value !== 'string') return value;
      return HOSTILE.reduce<string>((text, name, at) => text.replaceAll(name, `name-${at}`), value);
    });
    expect(elements(evil)).toBe(elements(harmless));
  });

  it('stays a page that a phone opens for a thousand databases, and leaves nothing out that has not passed', () => {
    const compliance = fleetOf(1_000);
    const page = compliancePage(compliance);
    expect(page.length).toBeLessThan(8 * 1024 * 1024);
    expect(page.match(/class="database"/g)).toHaveLength(MOST_PICTURED);
    // Those that fail are among the pictured ones, however late in the fleet they come.
    expect(page).toMatch(/<h3 id="database-\d+">[^/]*<i[^/]*<\/i>failed<\/span>: tenant-shard-0957/);
    // Of what has passed alike a few names are enough; whatever has not is there by name.
    const part = page.slice(page.indexOf('id="assessments"')).replace(/<[^>]+>/g, '');
    for (const at of [7, 57, 957]) {
      const name = `tenant-shard-${`${at}`.padStart(4, '0')} in us-east-1`;
      const open = compliance.assessments.filter(
        ({ subject, verdict }) => about(subject) === name && verdict !== 'passed',
      ).length;
      expect(open).toBeGreaterThan(3);
      expect(part.split(name).length - 1).toBeGreaterThanOrEqual(open);
    }
    expect(part).toMatch(/and 9\d\d more/);
  });

  it('counts what a neglected fleet leaves no room for, by severity, and says where all of it is', () => {
    const compliance = neglected(300);
    const page = compliancePage(compliance);
    expect(page).toMatch(/2,500 more: 400 critical, 1,500 high, 600 medium; compliance.csv has all/);
    expect(page).toMatch(/160 more; compliance.csv has all/);
  });

  it('leads from an answer to the findings behind it', () => {
    const { document } = shown(failing());
    const links = [...document.querySelectorAll('.card a[href^="#finding-"]')];
    expect(links.length).toBeGreaterThan(8);
    const [first] = links;
    const card = document.getElementById(first?.getAttribute('href')?.slice(1) ?? '');
    expect(card?.textContent).toContain('The business has agreed to the two objectives');
  });

  it('links to runbooks below the address that the policy names, and to nowhere else', () => {
    const runbooks = 'https://example.com/holdfast/blob/main/';
    for (const sample of [failing(), hostile()]) {
      const { document } = shown({ ...sample, runbooks });
      const links = [...document.querySelectorAll<HTMLAnchorElement>('a[href]:not([href^="#"])')];
      expect(links.length).toBeGreaterThan(8);
      for (const link of links) {
        expect(link.href.startsWith(runbooks)).toBe(true);
        expect(link.rel).toBe('noreferrer');
      }
    }
    for (const base of ['http://example.com/', 'javascript:alert(1)//', 'no address'])
      expect(compliancePage({ ...failing(), runbooks: base })).not.toMatch(/href="[^#]/);
  });

  it('names paths and no addresses where the policy names none', () => {
    const text = textOf(failing());
    expect(text).toContain("docs/controls.md#multi-az in Holdfast's repository");
  });

  it('draws and names the time without a recovery point, and that without a look', () => {
    const made = healthy();
    const databases = made.databases.map((one) => ({
      ...one,
      recoveryPoints: one.recoveryPoints.map((series) => ({
        ...series,
        points: [
          { at: '2026-03-10T05:00:00Z', seconds: 60 },
          { at: '2026-03-10T06:00:00Z', seconds: 'none' as const },
          { at: '2026-03-10T06:50:00Z', seconds: 60 },
          { at: '2026-03-10T07:00:00Z', seconds: null },
          { at: '2026-03-10T09:30:00Z', seconds: 60 },
        ],
      })),
    }));
    const { document } = shown({ ...made, databases });
    const figure = [...document.querySelectorAll('figure')].find(({ textContent }) =>
      textContent?.startsWith('Recovery point in us-west-2'),
    );
    expect(figure?.querySelectorAll('svg[role=img] rect.missed')).toHaveLength(1);
    expect(figure?.querySelectorAll('svg[role=img] rect.blind')).toHaveLength(1);
    expect(figure?.textContent).toContain(
      'no recovery point from 2026-03-10 06:00 UTC to 2026-03-10 06:50 UTC',
    );
    expect(figure?.textContent).not.toContain('was kept');
  });

  it('has a row for a database that is gone, and what its snapshots tell', () => {
    const made = healthy();
    const unprotected = 'no instance of this name is in us-east-1';
    const databases = made.databases.map((one) => ({ ...one, unprotected }));
    const { document } = shown({ ...made, databases });
    const row = document.querySelector('#databases-table')?.closest('table')?.querySelector('tbody tr');
    expect(row?.textContent).toMatch(/^qrosity-db: no instance of this name is in us-east-1\?unknown/);
    expect(document.querySelectorAll('.database svg[role=img]').length).toBeGreaterThan(3);
    const bare = databases.map((one) => ({ ...one, promise: null, slots: null, recoveryPoints: [] }));
    expect(textOf({ ...made, databases: bare })).toContain('No policy promises anything of it.');
  });
});

describe('a length of time', () => {
  it('is rounded up, as assessments round it', () => {
    expect([59, 61, 902, 3_600, 35_941, 36_001].map(lasting)).toEqual([
      ...['59s', '2m', '16m', '1h', '10h', '11h'],
    ]);
  });
});

describe('the ticks of time', () => {
  it.each([1 / 60, 1, 6, 24, 25, 36, 48, 49, 72, 96, 168, 24 * 40, 24 * 200, 24 * 700, 24 * 3_000])(
    'are called by no name twice: %d hours',
    (hours) => {
      for (const start of [0, 5.5, 13].map((hour) => at('2026-03-03 00:00') + hour * HOUR)) {
        const ticks = ticksOf(scaleUtc([start, start + hours * HOUR], [0, 400]));
        expect(ticks.length).toBeGreaterThan(hours < 1 ? -1 : 0);
        expect(ticks.length).toBeLessThan(12);
        expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
      }
    },
  );
});

describe('the colors', () => {
  const themes = {
    light: variables(STYLE),
    dark: { ...variables(STYLE), ...variables(STYLE.slice(STYLE.indexOf('prefers-color-scheme:dark'))) },
    paper: { ...variables(STYLE), ...variables(STYLE.slice(STYLE.indexOf('@media print'))) },
  };

  it.each(Object.entries(themes))('are told apart well enough to read: %s', (_, theme) => {
    const pairs: [front: string, back: string, least: number][] = [
      ...['ink', 'soft', 'link', 'pass', 'fail', 'unknown', 'waived'].map(onPage),
      ...['pass', 'fail', 'unknown', 'waived'].map(onItsOwn),
      ...['pass-bg', 'fail-bg', 'unknown-bg', 'panel'].map(underInk),
      ['mark', 'bg', 3],
    ];
    const weak = pairs.filter(([front, back, least]) => contrast(theme[front], theme[back]) < least);
    expect(weak).toEqual([]);
  });
});

/** Text needs 4.5:1 (WCAG 1.4.3), marks 3:1 (1.4.11). */
const onPage = (text: string): [string, string, number] => [text, 'bg', 4.5];
const onItsOwn = (text: string): [string, string, number] => [text, `${text}-bg`, 4.5];
const underInk = (back: string): [string, string, number] => ['ink', back, 4.5];

/** The custom properties of the first block of a style sheet. */
function variables(style: string): Record<string, string> {
  const block = style.slice(style.indexOf(':root{'), style.indexOf('}', style.indexOf(':root{')));
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+):(#[0-9a-f]{3,6})/g)].map(([, name, value]) => [name, value]),
  );
}

/** WCAG 2.2: relative luminance and contrast ratio. */
function contrast(front: string | undefined, back: string | undefined): number {
  const luminance = (color = '') => {
    const digits =
      color.length === 4 ? [...color.slice(1)].map((one) => one + one) : (color.match(/[0-9a-f]{2}/g) ?? []);
    const [red = 0, green = 0, blue = 0] = digits.map((pair) => {
      const share = Number.parseInt(pair, 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

import { type ComponentChildren, h, type JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { clean } from '../clean';
import type { Compliance } from '../compliance';
import { assessments } from './assessments';
import { checklist } from './checklist';
import { findings } from './findings';
import { fleet } from './fleet';
import { installationKeys } from './installation-keys';
import { reading } from './reading';
import { STYLE } from './style';
import { tenants } from './tenants';
import { verdict } from './verdict';

/** Nothing is fetched, sent, framed or run, whatever a name in the data may try; styles are the page's own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const PARTS = [
  ['findings', 'Open findings'],
  ['checklist', 'Checklist'],
  ['databases', 'Databases'],
  ['keys', 'Keys'],
  ['tenants', 'Tenants'],
  ['assessments', 'All assessments'],
  ['reading', 'How to read this'],
] as const;

/** The report as one file that a browser shows without network or script. Everything in it is escaped by the renderer. */
export function compliancePage(compliance: Compliance): string {
  return `<!DOCTYPE html>\n${renderToString(page(clean(compliance)))}\n`;
}

function page(compliance: Compliance): JSX.Element {
  const { installation, account, at } = compliance;
  return h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charset: 'utf-8' }),
      h('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'referrer', content: 'no-referrer' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('title', null, `${compliance.verdict}: recoverability of ${installation}, ${at.slice(0, 10)}`),
      // The one text that is not escaped: it is a constant, and quotes in it are part of its grammar.
      h('style', { dangerouslySetInnerHTML: { __html: STYLE } }),
    ),
    h(
      'body',
      null,
      h('a', { class: 'skip', href: '#main' }, 'Skip to the findings'),
      h('header', null, verdict(compliance)),
      contents(),
      h('main', { id: 'main', tabIndex: -1 }, parts(compliance)),
      h('footer', null, `Holdfast, installation ${installation} in account ${account}, ${at}.`),
    ),
  );
}

function parts(compliance: Compliance): ComponentChildren {
  return [
    findings(compliance),
    checklist(compliance),
    fleet(compliance),
    installationKeys(compliance),
    tenants(compliance),
    assessments(compliance),
    reading(),
  ];
}

function contents(): JSX.Element {
  return h(
    'nav',
    { 'aria-label': 'Contents' },
    h(
      'ul',
      null,
      PARTS.map(([id, title]) => h('li', null, h('a', { href: `#${id}` }, title))),
    ),
  );
}

/** What a code span holds as it is, in tables and chats too: no backtick, bar, angle, mention or address. */
const PLAIN = /^[\w.:/#=,+*%(){}[\]"'~$?-](?:[\w .:/#=,+*%(){}[\]"'~$?-]*[\w.:/#=,+*%(){}[\]"'~$?-])?$/;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '`': '&#96;',
  // The word joiner after it takes no room, and is what keeps GitHub and chats from calling somebody.
  '@': '@&#8288;',
};

/**
 * A text that stands as it is: no HTML, cell, emphasis, link, picture or mention, and no address made a link. Words that
 * Markdown would take for markup, as `tenants_tenant`, are code spans: read raw, they are not strewn with backslashes.
 */
export function text(plain: string): string {
  // What our own sentences have between backticks comes at every second place.
  const parts = plain.split(/(?<!`)`([^`]+)`(?!`)/);
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return part.split(' ').map(word).join(' ');
      return isPlain(part) ? `\`${part}\`` : escaped(`\`${part}\``);
    })
    .join('');
}

function word(plain: string): string {
  const [, start = '', core = '', end = ''] = /^(\(*)(.*?)([.,;:)]*)$/s.exec(plain) ?? [];
  return /[_*~#$[\]]/.test(core) && isPlain(core) ? `${start}\`${core}\`${end}` : escaped(plain);
}

/** A key, path, setting or id. */
export function code(plain: string): string {
  return isPlain(plain) ? `\`${plain}\`` : escaped(plain);
}

function isPlain(plain: string): boolean {
  return PLAIN.test(plain) && !/:\/\/|\]\(/.test(plain);
}

function escaped(plain: string): string {
  return plain
    .replace(/[&<>|`@\\*_[\]~#!$]/g, (character) => ENTITIES[character] ?? `\\${character}`)
    .replace(/:\/\//g, '&#58;//')
    .replace(/\{(?=[{%#\\])/g, '&#123;')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);
}

/** @param cells Markdown, as the functions above make it */
export function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(names), `|${' --- |'.repeat(names.length)}`, ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A block of code whose fence is longer than any run of backticks inside, so that none ends it. */
export function block(code: string, indent: string): string {
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [fence, code, fence].map((line) => `${indent}${line}`).join('\n');
}

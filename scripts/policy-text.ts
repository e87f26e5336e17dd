import Table from 'cli-table3';
import type { createColors } from 'picocolors';
import type { Loss, Worst } from '../shared/domain/arithmetic';
import { type Promised, settingOf } from '../shared/domain/arithmetic-promises';
import type { Policy, Protection, Retention, Selection } from '../shared/domain/policy';
import { TIERS } from '../shared/domain/retention';
import { formatDuration } from '../shared/domain/time';
import { formatProblem, type Located } from '../shared/runtime/policy/problem';
import type { Explained, ExplainedProtection, ExplainedRegion } from './policy-explained';

type Colors = ReturnType<typeof createColors>;

/** The narrowest terminal that the text is laid out for. */
const WIDTH = 80;

/** A policy in plain words, for a terminal of 80 columns. */
export function policyText(
  explained: Explained,
  doubts: readonly Located[],
  file: string,
  colors: Colors,
): string {
  const { policy, protections, regions, warnings, recorded } = explained;
  const blocks = [
    `${file}: installation '${policy.name}', home region ${policy.home}`,
    section('Databases', table(['selected by', 'policy'], policy.databases.map(selectionRow)), colors),
    ...protections.map((protection) => protectionText(protection, policy, colors)),
    section('Quota of manual snapshots, databases named above', regionTable(regions), colors),
  ];
  if (doubts.length + warnings.length > 0) {
    const text = [...doubts.map(formatProblem), ...warnings].map((warning) => wrap(warning, '- ')).join('\n');
    blocks.push(section('Warnings', colors.yellow(text), colors));
  }
  if (recorded.length > 0) {
    const room = WIDTH - 4 - Math.max(...recorded.map(({ setting }) => setting.length));
    const rows = recorded.map(({ setting, meaning }) => [setting, wrap(meaning, '', room)]);
    blocks.push(
      section('Recorded only: checked here, and no function acts on it yet', table(null, rows), colors),
    );
  }
  return `${blocks.join('\n\n')}\n`;
}

function section(title: string, body: string, colors: Colors): string {
  return `${colors.bold(title)}\n${body}`;
}

function protectionText(explained: ExplainedProtection, policy: Policy, colors: Colors): string {
  const protection = policy.policies[explained.name] as Protection;
  const { agreed, recovery, snapshots, onDemand } = protection;
  const promise = `Promised: ${settingOf(recovery.point)} of data lost at most (REC-1), service back within ${settingOf(recovery.time)} (REC-2).`;
  const consent = explained.agreed
    ? `Agreed by ${agreed.by} on ${agreed.on} (REC-3).`
    : 'Both are placeholders until the business confirms them: agreed is null (REC-3).';
  const schedule = `A snapshot every ${settingOf(snapshots.every)}; one taken on demand is kept ${settingOf(onDemand.keep)}.`;
  const { rotateEvery, rescue } = protection.keys;
  const keys = `Keys are rotated every ${settingOf(rotateEvery)} (SEC-2); one in danger is ${rescue ? 'rescued' : 'told of'}.`;
  const proof = [restoreTests(protection), looks(protection)];
  const standing = table(
    ['region', 'keeps the newest of', 'stand', 'at most', `databases in ${policy.limits.manualSnapshots}`],
    explained.standing.map(({ region, kept, peak, fits }) => [
      region,
      tiers(region === policy.home ? protection.retention : copyRetention(protection, region)),
      kept,
      peak,
      fits,
    ]),
  );
  const losses = table(
    ['if this is lost', 'at worst, lose', 'promised', ''],
    explained.losses.map((loss) => lossRow(loss, protection, explained.promises, colors)),
  );
  const notes = explained.promises.flatMap((promised) => remedyText(promised));
  return [
    section(
      `Policy ${explained.name}`,
      [promise, consent, schedule, keys, ...proof].map((line) => wrap(line)).join('\n'),
      colors,
    ),
    section('Snapshots of one database at steady state', standing, colors),
    section('Worst losses', [losses, ...notes].join('\n'), colors),
  ].join('\n\n');
}

function restoreTests({ restoreTest }: Protection): string {
  if (restoreTest === null) return 'No backup is restored for a test: add restoreTest (DR-7).';
  const { every, places, giveUpAfter } = restoreTest;
  const where = listed(places.map(({ region }) => region));
  return `A backup is restored and looked into every ${settingOf(every)}, in ${where} (DR-7); a test is given up after ${settingOf(giveUpAfter)}.`;
}

function looks({ inspection, tenants, extensions }: Protection): string {
  if (inspection === null) return 'Nobody looks into the data: add inspection (DR-7).';
  const { database, user, checks } = inspection;
  const expected = [
    ...(tenants === null ? [] : [`the tenants of ${tenants.table} and ${tenants.domains}`]),
    ...(extensions.length === 0 ? [] : [`the extensions ${listed(extensions)}`]),
    ...(checks.length === 0
      ? []
      : [`${checks.length} ${checks.length === 1 ? 'check' : 'checks'} of your own`]),
  ];
  const there = expected.length === 0 ? '' : ` Expected there: ${expected.join('; ')}.`;
  return `Looked into every day: database ${database} as ${user} (DR-7).${there}`;
}

/** `us-east-1 and us-west-2`; with more of them, commas before. */
function listed(names: readonly string[]): string {
  const [last = '', ...others] = [...names].reverse();
  return others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`;
}

function selectionRow({ match, policy }: Selection): string[] {
  const by =
    'identifiers' in match
      ? match.identifiers.join(', ')
      : `tags ${Object.entries(match.tags)
          .map(([key, value]) => `${key}=${value}`)
          .join(', ')}`;
  return [wrap(by, '', 50), policy];
}

function copyRetention({ copies, retention }: Protection, region: string): Retention {
  return copies.find((copy) => copy.region === region)?.retention ?? retention;
}

/** `24 hourly, 30 daily`. */
function tiers(retention: Retention): string {
  const kept = TIERS.filter((tier) => retention[tier] > 0);
  return wrap(kept.map((tier) => `${retention[tier]} ${tier}`).join(', '), '', 26);
}

function lossRow(
  { scenario, worst }: Loss,
  { pitr }: Protection,
  promises: readonly Promised[],
  colors: Colors,
): string[] {
  const length = words(worst);
  if (scenario.lost === 'region') {
    if (scenario.copyIn === null) {
      return ['home region: no copy', length, '-', colors.red('add copies (REC-8)')];
    }
    const index = promises.findIndex(({ region }) => region === scenario.copyIn);
    return [`home region: copy in ${scenario.copyIn}`, length, ...verdict(promises[index], colors)];
  }
  const point = promises.find(({ region }) => region === null);
  if (scenario.by === 'pitr') return ['instance: restored by PITR', length, ...verdict(point, colors)];
  const what = 'instance: by snapshots alone';
  return pitr === null ? [what, length, ...verdict(point, colors)] : [what, length, '-', 'see PITR'];
}

function verdict(promised: Promised | undefined, colors: Colors): string[] {
  if (promised === undefined) return ['-', ''];
  return [settingOf(promised.point), promised.kept ? colors.green('kept') : colors.red('not kept')];
}

function remedyText({ setting, kept, remedies }: Promised): string[] {
  if (kept) return [];
  return [wrap(`${setting} would be kept by one of: ${remedies.join('; ')}`)];
}

function words(worst: Worst): string {
  return worst === 'everything' ? worst : formatDuration(worst);
}

function regionTable(regions: readonly ExplainedRegion[]): string {
  return table(
    ['region', 'databases', 'at most', 'quota'],
    regions.map(({ region, databases, atMost, quota }) => [region, databases, atMost, quota]),
  );
}

/** Columns with two spaces between: borders would take what 80 columns have to spare. */
function table(head: readonly string[] | null, rows: readonly (readonly (string | number)[])[]): string {
  const edges = [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
  ];
  const middle = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'];
  const chars = Object.fromEntries([...edges, ...middle].map((edge) => [edge, '']));
  const drawn = new Table({
    ...(head !== null && { head: [...head] }),
    chars: { ...chars, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: (rows[0] ?? []).map((cell) => (typeof cell === 'number' ? 'right' : 'left')),
  });
  drawn.push(...rows.map((row) => [...row]));
  return indent(drawn.toString());
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

/** Breaks lines at spaces; `mark` stands before the first, and its width before the rest. */
function wrap(text: string, mark = '  ', width = WIDTH): string {
  const margin = ' '.repeat(mark.length);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.trim().split(' ')) {
      if (line !== '' && margin.length + line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line, at) => (at === 0 ? mark : margin) + line).join('\n');
}

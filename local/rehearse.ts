import { Command, InvalidArgumentError } from 'commander';
import { Listr } from 'listr2';
import pc from 'picocolors';
import type { Entry } from '../shared/domain/decision';
import { formatInstant } from '../shared/domain/time';
import { loadPolicy, policyPath } from '../shared/runtime/policy-file';
import { Functions, type Invocation } from './rehearsal/functions';
import { YEAR } from './rehearsal/keys';
import { environment, type Machine, start } from './rehearsal/machine';
import type { Outcome } from './rehearsal/outcome';
import { assertPlayable } from './rehearsal/playable';
import { prepareFolder } from './rehearsal/report-files';
import { Story } from './rehearsal/story';
import type { Telling } from './rehearsal/teller';
import { summary } from './rehearsal/telling';
import { reachesHome, readTriggers } from './schedules';

/** Every rehearsal begins at the same moment, a Monday at ten past eight: with the same seed it is the same story. */
const BEGIN = Date.UTC(2026, 2, 2, 8, 10);

interface Options {
  readonly days: number;
  readonly seed: number;
  readonly json: boolean;
  readonly out: string;
}

function whole(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`it has to be a whole number from ${least} to ${most}.`);
  };
}

const options = new Command('npm start --')
  .description(
    'The rehearsal: a year of keys and days of schedule on AWS on this machine, with real PostgreSQL servers and the\n' +
      'real handlers; then the home region is lost, and the newest copy is restored and measured. POLICY_FILE names another policy.',
  )
  .option('--days <number>', 'days of schedule before the disaster', whole(1, 30), 3)
  .option('--seed <number>', 'another seed, another story', whole(0, 1_000_000), 1)
  .option('--out <folder>', 'where the report and the notices are written', 'rehearsal')
  .option('--json', 'the outcome as JSON on standard output, the telling on standard error', false)
  .addHelpText(
    'after',
    '\nExit code: 0 when every promise held, 1 when one was broken, 2 when the rehearsal itself failed or was called wrongly.',
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

let machine: Machine | null = null;
let story: Story | null = null;
let ended = false;

/** Ends servers, port and folders; whoever comes first, the end of the story or Ctrl-C. */
async function clean(): Promise<void> {
  ended = true;
  await story?.close();
  await machine?.close();
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (ended) return;
    process.stderr.write(`\n${signal}: ending the servers\n`);
    clean().then(
      () => process.exit(code),
      (error) => {
        console.error(error);
        process.exit(2);
      },
    );
  });
}

async function rehearse({ days, seed, json, out }: Options): Promise<Outcome> {
  const file = policyPath(process.env);
  const policy = loadPolicy(file);
  assertPlayable(policy);
  prepareFolder(out);
  const triggers = readTriggers('serverless.yml');
  const reaches = reachesHome(policy.home, 'deploy/copy-region.yml');
  const ends: Outcome[] = [];
  /** The chapter that is being played: what the functions do is told there. */
  let current: Telling = { note: () => undefined, progress: () => undefined };

  const chapters: [string, (telling: Telling) => Promise<void>][] = [
    [
      'AWS on this machine, and the database',
      async (telling) => {
        telling.progress('preparing PostgreSQL');
        machine = await start(policy, BEGIN - YEAR, seed);
        Object.assign(process.env, environment(file, policy.home, machine));
        const { metrics } = machine.cloud.region(policy.home);
        const functions = await Functions.load(triggers, reaches, {
          onRun: (invocation) => {
            hear(invocation, current);
            for (const line of machine?.mailbox.fresh() ?? []) current.note(line);
            story?.hear(invocation);
          },
          onMetric: (datum) => metrics.put(datum),
        });
        story = new Story({ machine, functions, policy, begin: BEGIN, days, seed, out });
        await story.open(telling);
      },
    ],
    ['a year of keys', async (telling) => acted(story).rotate(telling)],
    [`${days} ${days === 1 ? 'day' : 'days'} of schedule`, async (telling) => acted(story).live(telling)],
    ['faults that `available` would not see', async (telling) => acted(story).prove(telling)],
    ['the report', async (telling) => acted(story).report(telling)],
    [
      'the disaster, and the way back',
      async (telling) => {
        ends.push(await acted(story).lose(telling));
      },
    ],
  ];
  const stream = json ? process.stderr : process.stdout;
  // A terminal that does not know its width (some pipes of CI) gets plain lines: the display would wrap at each letter.
  const live = stream.isTTY === true && (stream.columns ?? 0) >= 40 && !json;
  const tell = (line: string) => stream.write(`  ${line}\n`);
  if (live) {
    await new Listr(
      chapters.map(([title, play]) => ({
        title,
        rendererOptions: { persistentOutput: true, outputBar: 12 },
        task: async (_: unknown, task: { output: string; title: string }) => {
          current = {
            note: (line) => {
              task.output = line;
            },
            progress: (line) => {
              task.title = `${title}: ${line}`;
            },
          };
          await play(current);
          task.title = title;
        },
      })),
      { registerSignalListeners: false, rendererOptions: { collapseSubtasks: false } },
    ).run();
  } else {
    for (const [title, play] of chapters) {
      stream.write(`${title}\n`);
      current = { note: tell, progress: () => undefined };
      await play(current);
    }
  }
  const [bug] = acted(machine).bugs;
  if (bug !== undefined) throw bug;
  return acted(ends[0] ?? null);
}

/** What was told of a function last, so that the same trouble is not told every ten minutes. */
const told = new Map<string, string>();

/** Of a run only what is out of the ordinary is told, once for as long as it stays the same. */
function hear({ function: name, at, failed, report }: Invocation, telling: Telling): void {
  if (name === 'rotate-keys') {
    for (const { action, reason, subject, outcome, detail = '' } of report?.entries ?? []) {
      if (outcome === 'done')
        telling.note(
          `${formatInstant(at)} ${name} ${action} ${subject.region} ${subject.key}: ${reason}: ${detail}`,
        );
    }
  }
  // That restored instances take their time is no news, and what restore tests say is told apart.
  const postponed = (report?.entries ?? []).filter(
    ({ reason }) => name !== 'inspect-database' && reason.startsWith('instance-'),
  );
  const isVerdict = report?.entries.every(isNoTrouble) === true;
  const trouble =
    failed === null || isVerdict
      ? postponed.map(({ reason, detail }) => `put off: ${reason}: ${detail}`).join('; ')
      : `failed: ${failed.split('\n').slice(0, 2).join(': ')}`;
  if (trouble !== '' && trouble !== told.get(name)) telling.note(`${formatInstant(at)} ${name} ${trouble}`);
  told.set(name, trouble);
}

/** Nothing, or the verdict of a restore test. */
function isNoTrouble({ action, outcome }: Entry): boolean {
  return action === 'judge' || !['failed', 'refused'].includes(outcome);
}

function acted<T>(scene: T | null): T {
  if (scene === null) throw new Error('the first chapter has not been played');
  return scene;
}

async function main(): Promise<number> {
  try {
    const outcome = await rehearse(options);
    process.stdout.write(
      options.json ? `${JSON.stringify(outcome, null, 2)}\n` : `${summary(outcome, pc)}\n`,
    );
    return outcome.held ? 0 : 1;
  } catch (error) {
    if (ended) return await new Promise(() => undefined); // Ctrl-C pulled the ground away: its handler exits.
    console.error(
      error instanceof Error && ['PolicyError', 'Unplayable', 'FolderError'].includes(error.name)
        ? error.message
        : error,
    );
    return 2;
  } finally {
    if (!ended) await clean();
  }
}

main().then((code) => {
  process.exitCode = code;
});

import { Command } from 'commander';
import pc from 'picocolors';
import { formatProblem, PolicyError } from '../shared/runtime/policy/problem';
import { loadReading, policyPath } from '../shared/runtime/policy-file';
import { explain } from './policy-explained';
import { policyText } from './policy-text';

const command = new Command('npm run policy --')
  .description('Checks a policy and explains it: what is promised, what it costs, and what is kept.')
  .option('--file <path>', 'the policy to read (default: $POLICY_FILE, else policy.yml)')
  .option('--json', 'answer with data instead of words', false)
  .addHelpText(
    'after',
    '\nExits with 0 when the policy can be followed, with or without warnings; else with 1.',
  )
  .allowExcessArguments(false)
  .parse();

const { file, json } = command.opts<{ file?: string; json: boolean }>();
const colors = pc.createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);

try {
  const path = file ?? policyPath(process.env);
  const { policy, warnings } = loadReading(path);
  const explained = explain(policy);
  const answer = json
    ? `${JSON.stringify({ ...explained, warnings: [...warnings.map(formatProblem), ...explained.warnings] }, null, 2)}\n`
    : policyText(explained, warnings, path, colors);
  process.stdout.write(answer);
} catch (error) {
  if (!(error instanceof PolicyError)) throw error;
  if (json) process.stdout.write(`${JSON.stringify({ problems: error.problems }, null, 2)}\n`);
  else process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { $ZodIssue } from 'zod/v4/core';
import type { OwnCheck } from '../domain/inspection/own';
import type { CopyTarget, Policy, Protection } from '../domain/policy';
import { heard } from './policy/fields';
import { type Located, PolicyError, type Problem } from './policy/problem';
import { brokenRules, doubts } from './policy/rules';
import { readSource } from './policy/source';
import { type OwnCheckFile, type PolicyFile, type ProtectionFile, policySchema } from './policy-schema';

/** A policy that can be followed, and what is odd about it. */
export interface Reading {
  readonly policy: Policy;
  readonly warnings: readonly Located[];
}

/** Reads a policy, or throws a `PolicyError` that lists every problem with its place in `file`. */
export function readPolicy(text: string, file: string): Reading {
  const source = readSource(text, file);
  if (source.data === null || source.problems.length > 0) {
    const empty = { path: [], message: 'the policy is empty', hint: 'begin with the one in docs/policy.md' };
    throw new PolicyError(source.problems.length > 0 ? source.problems : [source.locate(empty)]);
  }
  const parsed = z.safeParse(policySchema, source.data);
  const policy = parsed.success ? policyOf(parsed.data) : null;
  const problems = unique([
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue))),
    ...brokenRules(source.data, policy),
  ]);
  if (policy === null || problems.length > 0) {
    const located = problems.map((problem) => source.locate(problem));
    throw new PolicyError(located.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return { policy, warnings: doubts(policy).map((doubt) => source.locate(doubt)) };
}

export function parsePolicy(text: string, file: string): Policy {
  return readPolicy(text, file).policy;
}

/** The file that `POLICY_FILE` names, `policy.yml` of the working folder where it is not set. */
export function policyPath(env: Readonly<Record<string, string | undefined>>): string {
  const path = env.POLICY_FILE;
  if (path === undefined) return 'policy.yml';
  if (path.trim() !== '') return path;
  const hint = 'name a file, or unset it to have policy.yml';
  throw new PolicyError([{ file: 'POLICY_FILE', line: 0, column: 0, path: [], message: 'is empty', hint }]);
}

/** Reads one file and nothing else: no other is looked for when it is not there. */
export function loadPolicy(path: string): Policy {
  return loadReading(path).policy;
}

export function loadReading(path: string): Reading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${message}`;
    const hint = 'run where policy.yml lies, or let POLICY_FILE name it';
    throw new PolicyError([{ file: path, line: 0, column: 0, path: [], message: why, hint }]);
  }
  if (last?.text !== text || last.path !== path) last = { path, text, reading: readPolicy(text, path) };
  return last.reading;
}

/** The file is read each time, and parsed again only where it says something else than the last time. */
let last: { readonly path: string; readonly text: string; readonly reading: Reading } | null = null;

function problemsOf(issue: $ZodIssue): Problem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const hints = issue.message.split('\n');
    return issue.keys.map((key, at) => ({
      path: [...path, key],
      atKey: true,
      message: 'unknown key',
      hint: hints[at] ?? '',
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ path, atKey: true, ...heard(message) }));
  }
  return [{ path, ...heard(issue.message) }];
}

/** One complaint per field and wording: a value can break two checks that say the same. */
function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify([problem.path, problem.message]), problem]));
  return [...seen.values()];
}

function policyOf({ name, home, databases, policies, network, compliance, limits }: PolicyFile): Policy {
  return {
    name,
    home,
    databases: databases.map(({ match: { identifiers, tags }, policy }) => ({
      match: identifiers === undefined ? { tags: tags ?? {} } : { identifiers },
      policy,
    })),
    policies: Object.fromEntries(
      Object.entries(policies).map(([key, protection]) => [key, protectionOf(key, protection)]),
    ),
    network: network ?? null,
    compliance: {
      ...compliance,
      runbooks: compliance.runbooks ?? null,
      waivers: compliance.waivers.map((waiver) => ({
        ...waiver,
        database: waiver.database ?? null,
        region: waiver.region ?? null,
      })),
    },
    limits,
  };
}

function protectionOf(name: string, file: ProtectionFile): Protection {
  const { copies, pitr, restoreTest, failoverDrill, tenants, inspection, ...rest } = file;
  return {
    ...rest,
    name,
    copies: copies.map(
      ({ optionGroup, retention, ...copy }): CopyTarget => ({
        ...copy,
        optionGroup: optionGroup ?? null,
        retention: retention ?? file.retention,
      }),
    ),
    pitr: pitr ?? null,
    restoreTest: restoreTest === undefined ? null : { ...restoreTest, class: restoreTest.class ?? null },
    failoverDrill: failoverDrill ?? null,
    tenants: tenants ?? null,
    inspection:
      inspection === undefined ? null : { ...inspection, checks: inspection.checks.map(ownCheckOf) },
  };
}

function ownCheckOf({ expect, min, max, ...check }: OwnCheckFile): OwnCheck {
  return {
    ...check,
    expect: expect === undefined ? null : String(expect),
    min: min ?? null,
    max: max ?? null,
  };
}

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parse, type YAMLSeq } from 'yaml';
import type { Policy } from '../../shared/domain/policy';

/** What is deployed, as these tests read it. */
export interface Service {
  readonly service: string;
  readonly provider: {
    readonly region: string;
    readonly stage: string;
    readonly runtime: string;
    readonly architecture: string;
    readonly timeout: number;
    readonly memorySize: number;
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly functions: Readonly<Record<string, FunctionDeclaration>>;
  readonly resources: { readonly Resources: Readonly<Record<string, Resource>> };
}

export interface FunctionDeclaration {
  readonly handler: string;
  readonly role: string;
  /** In seconds; without it, the provider's. */
  readonly timeout?: number;
  readonly reservedConcurrency: number;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAge: number;
  readonly environment?: Readonly<Record<string, unknown>>;
  /** Null, or not there: outside of any VPC. */
  readonly vpc?: {
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
  } | null;
  readonly package: { readonly patterns: readonly string[] };
  readonly events: readonly Record<string, Readonly<Record<string, unknown>>>[];
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  // CloudFormation's properties have a schema per type; cfn-lint checks them (npm run conformance).
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly Properties: Record<string, any>;
}

export const ROOT = resolve(__dirname, '..', '..');

/**
 * serverless.yml as the framework itself reads it, files and variables filled in: `serverless print`, some 3 seconds.
 * No account and no network are asked for.
 */
export function service(folder = ROOT): Service {
  const cli = resolve(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const printed = execFileSync(process.execPath, [cli, 'print', '--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return JSON.parse(printed) as Service;
}

/** The same with another policy, in a folder of its own: what is deployed reads the one beside serverless.yml. */
export function serviceWith(policy: string): Service {
  const folder = mkdtempSync(resolve(tmpdir(), 'holdfast-service-'));
  try {
    for (const copied of ['serverless.yml', 'package.json', 'tsconfig.json', 'deploy', 'shared'])
      cpSync(resolve(ROOT, copied), resolve(folder, copied), { recursive: true });
    symlinkSync(resolve(ROOT, 'node_modules'), resolve(folder, 'node_modules'));
    writeFileSync(resolve(folder, 'policy.yml'), policy);
    return service(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What serverless.yml takes from this policy: deploy/from-policy.cjs, in a process of its own as it reads TypeScript. */
export function fromPolicy(policy: Policy): {
  readonly keyAliases: readonly string[];
  readonly keyArns: readonly object[];
  readonly keyChanges: readonly string[];
  readonly databaseUsers: readonly object[];
  readonly vpc: FunctionDeclaration['vpc'];
  readonly networkInterfaces: 'Allow' | 'Deny';
  readonly securityHub: 'Allow' | 'Deny';
  readonly rotationDays: number;
} {
  const script = `const { fromPolicy } = require('./deploy/from-policy.cjs');
    console.log(JSON.stringify(fromPolicy(JSON.parse(process.argv[1]))))`;
  return JSON.parse(
    execFileSync(process.execPath, ['-e', script, JSON.stringify(policy)], { cwd: ROOT, encoding: 'utf8' }),
  );
}

/** deploy/copy-region.yml, its short intrinsics written out: `!Sub x` as `Fn::Sub: x`. */
export function copyRegion(): {
  readonly Parameters: Readonly<Record<string, { readonly Default: unknown }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
} {
  return parse(readFileSync(resolve(ROOT, 'deploy', 'copy-region.yml'), 'utf8'), {
    customTags: [
      { tag: '!Ref', resolve: (name: string) => ({ Ref: name }) },
      { tag: '!Sub', resolve: (text: string) => ({ 'Fn::Sub': text }) },
      { tag: '!GetAtt', resolve: (text: string) => ({ 'Fn::GetAtt': text.split('.') }) },
      ...['Not', 'Or', 'Equals'].map((name) => ({
        tag: `!${name}`,
        collection: 'seq' as const,
        resolve: (list: unknown) => ({ [`Fn::${name}`]: (list as YAMLSeq).toJSON() }),
      })),
    ],
  });
}

/** `rotate-keys` as CloudFormation's logical names spell it: `RotateKeys`. */
export function spelled(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
}

/** `rotate-keys` as the framework's logical names do: `RotateDashkeys`. */
export function logical(name: string): string {
  return name.replace(/^\w/, (letter) => letter.toUpperCase()).replaceAll('-', 'Dash');
}

export const PLACE = { partition: 'aws', account: '111122223333' } as const;

type Names = Readonly<Record<string, string>>;

/** What a simulator of IAM has to know by its kind; all other resources have made-up ARNs. */
export const ARNS: Names = {
  Key: `arn:aws:kms:us-east-1:${PLACE.account}:key/00001111-2222-3333-4444-555566667777`,
  EvidenceBucket: 'arn:aws:s3:::holdfast-prod-evidencebucket-1a2b3c',
};

function arnOf(name: string, region: string): string {
  return ARNS[name] ?? `arn:${PLACE.partition}:made-up:${region}:${PLACE.account}:${name}`;
}

/** A template's value as CloudFormation would fill it in, in this region. Intrinsics that are not ours are refused. */
export function filledIn(value: unknown, region: string, parameters: Names = {}): unknown {
  if (Array.isArray(value)) return value.map((one) => filledIn(one, region, parameters));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, inner] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && key === 'Fn::Sub') return substituted(inner as string, region, parameters);
  if (others.length === 0 && key === 'Ref') return substituted(`\${${inner}}`, region, parameters);
  if (others.length === 0 && key === 'Fn::GetAtt') {
    const [name, attribute] = inner as [string, string];
    if (attribute === 'Arn') return arnOf(name, region);
  }
  if (key.startsWith('Fn::')) throw new Error(`not known here: ${JSON.stringify(value)}`);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, filledIn(one, region, parameters)]),
  );
}

function substituted(text: string, region: string, parameters: Names): string {
  const known: Names = {
    ...parameters,
    'AWS::Partition': PLACE.partition,
    'AWS::Region': region,
    'AWS::AccountId': PLACE.account,
  };
  return text
    .replace(/\$\{(\w+)\.Arn\}/g, (_whole, name: string) => arnOf(name, region))
    .replace(/\$\{([\w:]+)\}/g, (whole, name: string) => known[name] ?? whole);
}

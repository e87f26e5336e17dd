import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { relative, resolve } from 'node:path';
import { ROOT } from './bundles';

/** What `serverless package` made: the template and the archives that a deployment would send to AWS. */

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has properties of its own; cfn-lint checks them
  readonly Properties: Record<string, any>;
}

const PACKAGED = resolve(ROOT, '.serverless');
const template = JSON.parse(
  readFileSync(resolve(PACKAGED, 'cloudformation-template-update-stack.json'), 'utf8'),
) as { Resources: Record<string, Resource> };
const ofType = (type: string) =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([logical, { Properties }]) => ({ logical, ...Properties }) as Record<string, unknown>);

const NAMES = readdirSync(resolve(ROOT, 'functions')).sort();
const logical = (name: string) =>
  `${name.replace(/^\w/, (letter) => letter.toUpperCase()).replaceAll('-', 'Dash')}LambdaFunction`;

it('makes a function of every folder, and no role that they would share', () => {
  expect(
    ofType('AWS::Lambda::Function')
      .map(({ logical }) => logical)
      .sort(),
  ).toEqual(NAMES.map(logical));
  expect(Object.keys(template.Resources)).not.toContain('IamRoleLambdaExecution');
  const roles = ofType('AWS::Lambda::Function').map(({ Role }) => JSON.stringify(Role));
  expect(new Set(roles).size).toBe(NAMES.length);
});

describe.each(NAMES)('%s', (name) => {
  const found = template.Resources[logical(name)]?.Properties ?? {};
  const [schedule, ...more] = ofType('AWS::Scheduler::Schedule').filter(
    (one) => one.Name === `holdfast-prod-${name}`,
  ) as { Target: Record<string, unknown>; [property: string]: unknown }[];

  it('runs on arm64 under its own role, one run at a time', () => {
    const role = `${name.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())}Role`;
    expect(found).toMatchObject({
      FunctionName: `holdfast-prod-${name}`,
      Runtime: 'nodejs22.x',
      Architectures: ['arm64'],
      ReservedConcurrentExecutions: 1,
      Role: { 'Fn::GetAtt': [role, 'Arn'] },
    });
    expect(found.TracingConfig).toBeUndefined();
  });

  it('is scheduled exactly, with the scheduled time as all its input', () => {
    expect(more).toEqual([]);
    expect(schedule?.Target).toEqual({
      Arn: { 'Fn::GetAtt': [logical(name), 'Arn'] },
      RoleArn: { 'Fn::GetAtt': ['SchedulesRole', 'Arn'] },
      Input: '{"time":"<aws.scheduler.scheduled-time>"}',
      RetryPolicy: expect.objectContaining({ MaximumRetryAttempts: 5 }),
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['FailedRuns', 'Arn'] } },
    });
    expect(schedule).toMatchObject({
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ScheduleExpressionTimezone: 'UTC',
      GroupName: { Ref: 'Schedules' },
    });
  });

  it('sends the record of a failed run to the queue, and is not tried again', () => {
    const config = ofType('AWS::Lambda::EventInvokeConfig').find(
      ({ FunctionName }) => JSON.stringify(FunctionName) === JSON.stringify({ Ref: logical(name) }),
    );
    expect(config).toMatchObject({
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['FailedRuns', 'Arn'] } } },
    });
  });

  it('keeps its log for a while, not for ever', () => {
    expect(ofType('AWS::Logs::LogGroup')).toContainEqual(
      expect.objectContaining({ LogGroupName: `/aws/lambda/holdfast-prod-${name}`, RetentionInDays: 90 }),
    );
  });

  it('packs its own bundle and the policy, and nothing else', () => {
    const packed = unpacked(resolve(PACKAGED, `${name}.zip`));
    const bundle = `dist/functions/${name}/handler.js`;
    expect([...packed.keys()].sort()).toEqual([bundle, `${bundle}.map`, 'policy.yml']);
    for (const file of ['policy.yml', bundle]) {
      expect(packed.get(file) === readFileSync(resolve(ROOT, file), 'utf8')).toBe(true);
    }
    expect(found.Handler).toBe(bundle.replace(/js$/, 'handler'));
  });
});

it('lets EventBridge wake copy-snapshot by the rule, and by nothing else', () => {
  const [rule, ...others] = ofType('AWS::Events::Rule');
  expect(others).toEqual([]);
  expect(rule).toMatchObject({
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.rds'],
      'detail-type': ['RDS DB Snapshot Event'],
      detail: { EventID: ['RDS-EVENT-0042'] },
    },
    Targets: [{ Arn: { 'Fn::GetAtt': [logical('copy-snapshot'), 'Arn'] } }],
  });
  // EventBridge hands the event on as it is: its own time is what the run takes for now.
  expect(JSON.stringify(rule)).not.toContain('Input');
  expect(ofType('AWS::Lambda::Permission').map(({ Principal }) => Principal)).toEqual([
    'events.amazonaws.com',
  ]);
});

/** The files of an archive, by path. Unpacked with Python's own module, since .venv is there and `unzip` may not be. */
function unpacked(archive: string): Map<string, string> {
  const folder = mkdtempSync(resolve(tmpdir(), 'holdfast-package-'));
  try {
    execFileSync(resolve(ROOT, '.venv', 'bin', 'python'), ['-m', 'zipfile', '-e', archive, folder]);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    return new Map(
      files.map(({ parentPath, name }) => {
        const path = resolve(parentPath, name);
        return [relative(folder, path), readFileSync(path, 'utf8')];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

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

/** What schedules send beside the time, by their names; each of the others sends its function the time alone. */
const SENT: Readonly<Record<string, object>> = {
  'holdfast-prod-inspect-database-restored': { restored: true },
  'holdfast-prod-report-compliance': { pass: 'light' },
  'holdfast-prod-report-compliance-daily': { pass: 'daily' },
};
/** Functions that have one more schedule than the rest. */
const TWICE = ['inspect-database', 'report-compliance'];

describe.each(NAMES)('%s', (name) => {
  const found = template.Resources[logical(name)]?.Properties ?? {};
  const schedules = ofType('AWS::Scheduler::Schedule').filter(
    ({ Target }) =>
      JSON.stringify((Target as { Arn: unknown }).Arn) ===
      JSON.stringify({ 'Fn::GetAtt': [logical(name), 'Arn'] }),
  ) as { Name: string; Target: Record<string, unknown>; [property: string]: unknown }[];

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

  it('is scheduled exactly, with the scheduled time as its input, and what the schedule is for', () => {
    expect(schedules).toHaveLength(TWICE.includes(name) ? 2 : 1);
    expect(schedules[0]?.Name).toBe(`holdfast-prod-${name}`);
    for (const { Name, Target, ...schedule } of schedules) {
      expect(Target).toEqual({
        Arn: { 'Fn::GetAtt': [logical(name), 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['SchedulesRole', 'Arn'] },
        Input: JSON.stringify({ time: '<aws.scheduler.scheduled-time>', ...SENT[Name] }),
        RetryPolicy: expect.objectContaining({ MaximumRetryAttempts: 5 }),
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['FailedRuns', 'Arn'] } },
      });
      expect(schedule).toMatchObject({
        State: 'ENABLED',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ScheduleExpressionTimezone: 'UTC',
        GroupName: { Ref: 'Schedules' },
      });
    }
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

/** What wakes a function besides its schedule, by the names of the rules. */
const RULES = {
  'snapshot-created': {
    wakes: 'copy-snapshot',
    by: {
      source: ['aws.rds'],
      'detail-type': ['RDS DB Snapshot Event'],
      detail: { EventID: ['RDS-EVENT-0042'] },
    },
  },
  'instance-restored-or-gone': {
    wakes: 'test-restore',
    by: {
      source: ['aws.rds'],
      'detail-type': ['RDS DB Instance Event'],
      detail: { EventID: ['RDS-EVENT-0005', 'RDS-EVENT-0003'] },
    },
  },
  'key-endangered': {
    wakes: 'rotate-keys',
    by: {
      source: ['aws.kms'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['kms.amazonaws.com'],
        eventName: [
          'ScheduleKeyDeletion',
          'DisableKey',
          'DisableKeyRotation',
          'DeleteImportedKeyMaterial',
          'DisconnectCustomKeyStore',
          'PutKeyPolicy',
          'DeleteAlias',
          'UpdateAlias',
        ],
      },
    },
  },
  'instance-loses-key': {
    wakes: 'rotate-keys',
    by: {
      source: ['aws.rds'],
      'detail-type': ['RDS DB Instance Event'],
      detail: { EventID: ['RDS-EVENT-0418', 'RDS-EVENT-0419', 'RDS-EVENT-0420'] },
    },
  },
  'key-material-changed': {
    wakes: 'rotate-keys',
    by: {
      source: ['aws.kms'],
      'detail-type': ['KMS CMK Rotation', 'KMS CMK Deletion', 'KMS Imported Key Material Expiration'],
    },
  },
};

it('lets EventBridge wake functions by these rules, and by nothing else', () => {
  const rules = ofType('AWS::Events::Rule');
  expect(rules.map(({ Name }) => Name).sort()).toEqual(
    Object.keys(RULES)
      .map((name) => `holdfast-prod-${name}`)
      .sort(),
  );
  for (const [name, { wakes, by }] of Object.entries(RULES)) {
    const rule = rules.find(({ Name }) => Name === `holdfast-prod-${name}`);
    expect(rule).toMatchObject({
      State: 'ENABLED',
      EventPattern: by,
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [logical(wakes), 'Arn'] },
          RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 3 },
        },
      ],
    });
    // EventBridge hands the event on as it is: its own time is what the run takes for now.
    expect(JSON.stringify(rule)).not.toContain('"Input');
  }
});

it('lets each rule invoke the function that it wakes, and nobody else any', () => {
  const permissions = ofType('AWS::Lambda::Permission').map(
    ({ Principal, Action, FunctionName, SourceArn }) => ({
      Principal,
      Action,
      FunctionName,
      by: /"rule","holdfast-prod-([a-z-]+)"/.exec(JSON.stringify(SourceArn))?.[1],
    }),
  );
  expect(permissions).toHaveLength(Object.keys(RULES).length);
  for (const [name, { wakes }] of Object.entries(RULES)) {
    expect(permissions).toContainEqual({
      Principal: 'events.amazonaws.com',
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [logical(wakes), 'Arn'] },
      by: name,
    });
  }
});

it('tells rotate-keys the topic of notices', () => {
  const { Environment } = template.Resources[logical('rotate-keys')]?.Properties ?? {};
  expect(Environment.Variables.NOTICES_TOPIC).toEqual({ Ref: 'Notices' });
});

it('gives report-compliance five minutes, and tells it whom to tell, where to keep it, and what its alarms are called', () => {
  const { Environment, Timeout } = template.Resources[logical('report-compliance')]?.Properties ?? {};
  expect(Timeout).toBe(300);
  expect(Environment.Variables).toMatchObject({
    NOTICES_TOPIC: { Ref: 'Notices' },
    EVIDENCE_BUCKET: { Ref: 'EvidenceBucket' },
    DEPLOYMENT: 'holdfast-prod',
  });
});

it('tells inspect-database where evidence is kept and whom to trust, and puts it where the databases are', () => {
  const { Environment, VpcConfig } = template.Resources[logical('inspect-database')]?.Properties ?? {};
  expect(Environment.Variables).toMatchObject({
    EVIDENCE_BUCKET: { Ref: 'EvidenceBucket' },
    NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
  });
  expect(VpcConfig).toEqual({
    SubnetIds: [expect.stringMatching(/^subnet-/), expect.stringMatching(/^subnet-/)],
    SecurityGroupIds: [expect.stringMatching(/^sg-/)],
  });
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

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import pg from 'pg';
import { HOUR } from '../../shared/domain/time';
import { awsCli } from './aws-cli';
import { type Endpoint, ROOT } from './bundles';
import { Stage } from './stage';

/**
 * docs/recovery.md, command by command: the way back from a snapshot on real servers, all of it against moto, which
 * knows the operations that ours does not. And the commands of re-keying data, which lead there.
 */

const DOCUMENT = readFileSync(resolve(ROOT, 'docs/recovery.md'), 'utf8');
const REKEYING = readFileSync(resolve(ROOT, 'functions/copy-snapshot/README.md'), 'utf8');

/** The fenced blocks below a heading that begins so; of the preamble without one. */
function blocks(language: 'sh' | 'sql', heading: string | null, document = DOCUMENT): string[] {
  const sections = document.split(/^## /m);
  const section = heading === null ? sections[0] : sections.find((one) => one.startsWith(heading));
  // Those of a list are indented.
  return [...(section ?? '').replaceAll(/^ {3}/gm, '').matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, its]) => its === language)
    .map(([, , text = '']) => text);
}

/** @param waits asked, by HTTP, before `aws rds wait` asks for the first time */
function shell(endpoint: Endpoint, script: string, waits: string | null = null): Promise<string> {
  const aws = resolve(ROOT, '.venv/bin/aws');
  const wait = waits === null ? '' : `if [[ $2 == wait ]]; then curl --silent --fail ${waits}; fi;`;
  const all = `aws() { ${wait} ${aws} --endpoint-url ${endpoint.url} "$@"; }\n${script}`;
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  return new Promise((done, failed) => {
    execFile('bash', ['--norc', '-euo', 'pipefail', '-c', all], { env }, (error, stdout, stderr) => {
      if (error !== null) failed(new Error(`${stderr}\n${stdout}`));
      else done(stdout);
    });
  });
}

const NETWORK = [
  ['rds', 'create-db-subnet-group', '--db-subnet-group-name', 'qrosity'],
  ['rds', 'create-db-parameter-group', '--db-parameter-group-name', 'qrosity'],
] as const;

describe('from a snapshot, on real servers', () => {
  const POLICY = `
home: us-east-1
databases: [{ match: { identifiers: [qrosity-db] }, policy: gold }]
policies:
  gold: { recovery: { point: 2h, time: 4h }, snapshots: { every: 1h }, retention: { hourly: 24 } }
`;
  let stage: Stage;
  let clock: Server;

  beforeAll(async () => {
    stage = await Stage.set(POLICY);
    const [subnets, parameters] = NETWORK;
    await stage.aws(
      ...subnets,
      '--db-subnet-group-description',
      'own',
      ...['--subnet-ids', 'subnet-0a1b2c3d', 'subnet-4e5f6a7b'],
    );
    await stage.aws(...parameters, '--db-parameter-group-family', 'postgres17', '--description', 'own');
    expect((await stage.run('create-snapshot')).answer).toMatchObject({ counts: { done: 1 } });
    await stage.cloud.clock.advance(HOUR);
    clock = createServer((_, response) => {
      stage.cloud.clock.advance(HOUR).then(
        () => response.end(),
        (error) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((listening) => clock.listen(0, '127.0.0.1', listening));
  });

  afterAll(async () => {
    await stage?.close();
    clock?.close();
  });

  it('fails over, restores what is held and ours no more, and finds each tenant in it', async () => {
    const hour = `http://127.0.0.1:${(clock.address() as AddressInfo).port}`;
    await stage.aws(
      ...['rds', 'modify-db-instance', '--db-instance-identifier', 'qrosity-db', '--multi-az'],
      '--apply-immediately',
    );
    await stage.cloud.clock.advance(HOUR);
    const sections = [null, '1.', '3.'].flatMap((heading) => blocks('sh', heading));
    const [look = ''] = blocks('sh', '5.');
    const told = await shell(stage.endpoint, [...sections, look].join('\n'), hour);
    const [, host = '', port = ''] = /available\t(\S+)\t(\d+)\n$/.exec(told) ?? [];
    const { DBSnapshots } = await stage.aws<{ DBSnapshots: { TagList: { Key: string }[] }[] }>(
      ...['rds', 'describe-db-snapshots'],
    );
    const held = DBSnapshots.filter(({ TagList }) => TagList.some(({ Key }) => Key === 'holdfast:hold'));
    expect(held).toHaveLength(1);
    const { DBInstances } = await stage.aws<{
      DBInstances: { DBInstanceIdentifier: string; TagList: unknown }[];
    }>(...['rds', 'describe-db-instances']);
    const restored = DBInstances.find((one) => one.DBInstanceIdentifier === 'qrosity-db-restored');
    expect(restored?.TagList).toEqual([{ Key: 'team', Value: 'erp' }]);
    const login = { user: 'qrosity', password: 'not-a-secret-1', database: 'qrosity' };
    const client = new pg.Client({ ...login, host, port: Number(port) });
    await client.connect();
    const [sql = ''] = blocks('sql', '5.');
    const [tenants] = (await client.query(sql)) as unknown as pg.QueryResult[];
    expect(tenants?.rows).toEqual([{ count: '0' }]);
    await client.end();
  });

  it('brings the copy home under a new key where the key at home is gone, and restores that', async () => {
    const hour = `http://127.0.0.1:${(clock.address() as AddressInfo).port}`;
    const away = <T>(...args: string[]) => awsCli<T>(stage.endpoint, 'us-west-2', ...args);
    const { DBSnapshots } = await stage.aws<{ DBSnapshots: { DBSnapshotArn: string }[] }>(
      ...['rds', 'describe-db-snapshots', '--snapshot-type', 'manual'],
    );
    const { KeyMetadata } = await away<{ KeyMetadata: { Arn: string } }>('kms', 'create-key');
    await away(
      ...['rds', 'copy-db-snapshot', '--source-region', 'us-east-1', '--kms-key-id', KeyMetadata.Arn],
      ...['--source-db-snapshot-identifier', DBSnapshots[0]?.DBSnapshotArn ?? ''],
      ...['--target-db-snapshot-identifier', 'the-copy'],
    );
    await stage.cloud.clock.advance(2 * HOUR);
    const [preamble = ''] = blocks('sh', null);
    const sections = ['7.', '3.'].flatMap((heading) => blocks('sh', heading));
    await shell(stage.endpoint, [preamble, 'export NEW=qrosity-db-again', ...sections].join('\n'), hour);
    const { Aliases } = await stage.aws<{ Aliases: { AliasName: string; TargetKeyId: string }[] }>(
      ...['kms', 'list-aliases'],
    );
    const key = Aliases.find(({ AliasName }) => AliasName === 'alias/holdfast-again')?.TargetKeyId;
    const { DBInstances } = await stage.aws<{ DBInstances: Record<string, unknown>[] }>(
      ...['rds', 'describe-db-instances', '--db-instance-identifier', 'qrosity-db-again'],
    );
    expect(DBInstances).toMatchObject([
      { DBInstanceStatus: 'available', StorageEncrypted: true, KmsKeyId: expect.stringMatching(`${key}$`) },
    ]);
  });
});

/** Regions that no other test has anything in: they share one moto. */
const [HERE, THERE] = ['eu-west-1', 'eu-central-1'];

it('is spelled as an emulator that others wrote has it, each way to its end', async () => {
  const { CONFORMANCE_MOTO_URL: url = '' } = process.env;
  const moto: Endpoint = { url, accessKeyId: 'testing', secretAccessKey: 'testing' };
  const aws = <T = unknown>(...args: string[]) => awsCli<T>(moto, HERE, ...args);
  const { Subnets } = await aws<{ Subnets: { SubnetId: string }[] }>('ec2', 'describe-subnets');
  const [subnets, parameters] = NETWORK;
  const two = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId);
  await aws(...subnets, '--db-subnet-group-description', 'own', '--subnet-ids', ...two);
  await aws(...parameters, '--db-parameter-group-family', 'postgres17', '--description', 'own');
  const create = ['--engine', 'postgres', '--db-instance-class', 'db.t3.micro', '--allocated-storage', '20'];
  const master = ['--master-username', 'qrosity', '--master-user-password', 'not-a-secret-1'];
  await aws(
    ...['rds', 'create-db-instance', '--db-instance-identifier', 'qrosity-db', ...create, ...master],
    ...['--backup-retention-period', '30', '--multi-az'],
  );
  await awsCli(
    ...([moto, THERE, 'rds', 'create-db-instance-read-replica'] as const),
    ...['--db-instance-identifier', 'qrosity-db-standby', '--source-region', HERE],
    ...['--source-db-instance-identifier', `arn:aws:rds:${HERE}:123456789012:db:qrosity-db`],
  );
  await aws(
    ...['rds', 'create-db-snapshot', '--db-instance-identifier', 'qrosity-db'],
    ...['--db-snapshot-identifier', 'by-hand'],
  );
  const play = (script: string) =>
    shell(moto, script.replaceAll('us-east-1', HERE).replaceAll('us-west-2', THERE));
  const [preamble = ''] = blocks('sh', null);
  // The snapshot that 6 lets go of is 3's.
  await play(
    [
      preamble,
      'export SNAPSHOT=by-hand',
      ...['1.', '2.', '5.', '6.'].flatMap((heading) => blocks('sh', heading)),
    ].join('\n'),
  );
  const named = async () =>
    (
      await aws<{ DBInstances: { DBInstanceIdentifier: string }[] }>('rds', 'describe-db-instances')
    ).DBInstances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier).sort();
  expect(await named()).toEqual(['qrosity-db', 'qrosity-db-before-incident']);
  // A name of its own: moto takes a backup of each that it makes, named by the minute.
  await play([preamble, 'NEW=qrosity-db-copy', ...blocks('sh', '3.'), ...blocks('sh', '4.')].join('\n'));
  expect(await named()).toEqual(['qrosity-db', 'qrosity-db-before-incident', 'qrosity-db-copy']);
  const [standby] = (
    await awsCli<{ DBInstances: Record<string, unknown>[] }>(moto, THERE, 'rds', 'describe-db-instances')
  ).DBInstances;
  // Moto goes on naming the source; the retention is what it took over from the command.
  expect(standby).toMatchObject({ BackupRetentionPeriod: 30 });
});

it('is where re-keying data leads, whose commands are spelled right, too', async () => {
  const { CONFORMANCE_MOTO_URL: url = '' } = process.env;
  const moto: Endpoint = { url, accessKeyId: 'testing', secretAccessKey: 'testing' };
  const [home, away] = ['eu-west-2', 'eu-west-3'];
  const aws = <T = unknown>(region: string, ...args: string[]) => awsCli<T>(moto, region, ...args);
  const old: Record<string, string> = {};
  for (const region of [home, away]) {
    const { KeyMetadata } = await aws<{ KeyMetadata: { Arn: string } }>(region, 'kms', 'create-key');
    old[region] = KeyMetadata.Arn;
    await aws(
      region,
      ...['kms', 'create-alias', '--alias-name', 'alias/holdfast', '--target-key-id', KeyMetadata.Arn],
    );
  }
  await aws(
    home,
    ...['rds', 'create-db-instance', '--db-instance-identifier', 'qrosity-db-before-incident'],
    ...['--engine', 'postgres', '--db-instance-class', 'db.t3.micro', '--allocated-storage', '20'],
    ...['--master-username', 'qrosity', '--master-user-password', 'not-a-secret-1', '--deletion-protection'],
    ...['--storage-encrypted', '--kms-key-id', old[home] ?? ''],
  );
  const last = 'holdfast-qrosity-db-20260301-2203-move';
  for (const id of [last, `${last}-under-1a2b3c4d`])
    await aws(
      home,
      ...['rds', 'create-db-snapshot', '--db-instance-identifier', 'qrosity-db-before-incident'],
      ...['--db-snapshot-identifier', id],
    );
  // The functions have tests of their own, and the stack of the copy region has cfn-lint.
  const commands = blocks('sh', 'Re-keying data', REKEYING).filter(
    (one) => !/^invoke|cloudformation/m.test(one),
  );
  expect(commands).toHaveLength(10);
  const told = await shell(
    moto,
    commands
      .join('\n')
      .replaceAll('us-east-1', home)
      .replaceAll('us-west-2', away)
      // Moto disables and deletes by id alone; KMS takes the ARN.
      .replaceAll(/--key-id \$OLD\b/g, '--key-id $(basename $OLD)'),
  );
  // What still hangs on the old key is told before it is disabled.
  expect(told).toContain(last);
  const state = async (key: string) =>
    (
      await aws<{ KeyMetadata: { KeyState: string; Enabled: boolean } }>(
        home,
        ...['kms', 'describe-key', '--key-id', key],
      )
    ).KeyMetadata.KeyState;
  expect(await state(old[home] ?? '')).toBe('PendingDeletion');
  expect(await state('alias/holdfast-2027')).toBe('Enabled');
  expect(await aws(home, 'rds', 'describe-db-instances')).toEqual({ DBInstances: [] });
}, 120_000);

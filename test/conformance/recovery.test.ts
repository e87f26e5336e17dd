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
 * knows the operations that ours does not.
 */

const DOCUMENT = readFileSync(resolve(ROOT, 'docs/recovery.md'), 'utf8');

/** The fenced blocks below a heading that begins so; of the preamble without one. */
function blocks(language: 'sh' | 'sql', heading: string | null): string[] {
  const sections = DOCUMENT.split(/^## /m);
  const section = heading === null ? sections[0] : sections.find((one) => one.startsWith(heading));
  return [...(section ?? '').matchAll(/^```(\w+)\n(.*?)^```/gms)]
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

import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { type Endpoint, ROOT } from './bundles';

/**
 * The `aws` command line of .venv: a client that we did not write, in another language, to prepare the stage and to
 * look at what came of it. The endpoint is an option and no variable: for RDS in us-east-1, version 1 of the command
 * line has an address of its own that only the option overrules.
 */
export function awsCli<T = unknown>(endpoint: Endpoint, region: string, ...args: string[]): Promise<T> {
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
    AWS_REGION: region,
    AWS_PAGER: '',
    // No profile of the person who runs this gets in.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const aws = resolve(ROOT, '.venv', 'bin', 'aws');
  return new Promise((done, failed) => {
    const common = ['--endpoint-url', endpoint.url, '--region', region, '--output', 'json'];
    execFile(aws, [...common, ...args], { env }, (error, stdout, stderr) => {
      if (error !== null) failed(new Error(`aws ${args.join(' ')}: ${stderr.trim() || error.message}`));
      else done((stdout.trim() === '' ? undefined : JSON.parse(stdout)) as T);
    });
  });
}

export interface SnapshotSeen {
  readonly DBSnapshotIdentifier: string;
  readonly Status: string;
  readonly Encrypted: boolean;
  readonly KmsKeyId?: string;
  readonly TagList: readonly { readonly Key: string; readonly Value: string }[];
}

export async function manualSnapshots(endpoint: Endpoint, region: string): Promise<SnapshotSeen[]> {
  const { DBSnapshots } = await awsCli<{ DBSnapshots: SnapshotSeen[] }>(
    endpoint,
    region,
    ...['rds', 'describe-db-snapshots', '--snapshot-type', 'manual'],
  );
  return DBSnapshots.sort((a, b) => a.DBSnapshotIdentifier.localeCompare(b.DBSnapshotIdentifier));
}

/** An encrypted qrosity-db at home, and the key of the copy region under alias/holdfast; answers the key's ARN. */
export async function prepare(endpoint: Endpoint): Promise<string> {
  const createKey = async (region: string) =>
    (await awsCli<{ KeyMetadata: { Arn: string } }>(endpoint, region, 'kms', 'create-key')).KeyMetadata.Arn;
  const home = await createKey('us-east-1');
  const away = await createKey('us-west-2');
  await awsCli(
    endpoint,
    'us-west-2',
    ...['kms', 'create-alias', '--alias-name', 'alias/holdfast', '--target-key-id', away],
  );
  await awsCli(
    endpoint,
    'us-east-1',
    ...['rds', 'create-db-instance', '--db-instance-identifier', 'qrosity-db', '--engine', 'postgres'],
    ...['--db-instance-class', 'db.t3.micro', '--allocated-storage', '20', '--master-username', 'qrosity'],
    ...['--master-user-password', 'not-a-secret-1', '--storage-encrypted', '--kms-key-id', home],
    ...['--tags', 'Key=team,Value=erp'],
  );
  return away;
}

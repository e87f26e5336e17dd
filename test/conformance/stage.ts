import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createCloud } from '../../local/cloud';
import { quickFolder } from '../../local/postgres/place';
import { PostgresPlane } from '../../local/postgres/plane';
import { createQrosity } from '../../local/qrosity/create';
import { listen } from '../../local/wire/listen';
import { Router } from '../../local/wire/router';
import { formatInstant, HOUR } from '../../shared/domain/time';
import { at } from '../support/builders';
import { awsCli } from './aws-cli';
import { type Came, type Endpoint, invoke } from './bundles';

export const HOME = 'us-east-1';
export const BUCKET = 'holdfast-evidence';
const LOGIN = { user: 'qrosity', password: 'not-a-secret-1', database: 'qrosity' };

interface Described {
  readonly DBInstances: readonly { readonly Endpoint: { readonly Address: string; readonly Port: number } }[];
}

/**
 * Qrosity's database on a real server behind our own endpoints, and a bucket for evidence, since 2026-03-01 04:00. The
 * `aws` command line made both, and looks at what comes of them.
 */
export class Stage {
  private constructor(
    readonly cloud: ReturnType<typeof createCloud>,
    readonly endpoint: Endpoint,
    readonly folder: string,
    readonly close: () => Promise<void>,
  ) {}

  /**
   * It is an hour later then.
   *
   * @param policy the text of policy.yml
   * @param options more of them for `aws rds create-db-instance`
   */
  static async set(policy: string, ...options: string[]): Promise<Stage> {
    const bugs: unknown[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-conformance-'));
    const data = await PostgresPlane.open({ parent: quickFolder(2 ** 29) });
    const cloud = createCloud({ start: at('2026-03-01 04:00'), data });
    writeFileSync(join(folder, 'ca.pem'), cloud.ca ?? '');
    const listening = await listen(
      new Router(cloud.services, { account: cloud.account, onError: (error) => bugs.push(error) }),
    );
    const endpoint = { url: listening.url, accessKeyId: cloud.account, secretAccessKey: 'local' };
    const stage = new Stage(cloud, endpoint, folder, async () => {
      await listening.close();
      await cloud.close();
      rmSync(folder, { recursive: true });
      expect(bugs).toEqual([]);
    });
    stage.say(policy);
    await stage.#furnish(options);
    return stage;
  }

  aws<T = unknown>(...args: string[]): Promise<T> {
    return awsCli<T>(this.endpoint, HOME, ...args);
  }

  /** From now on this is the policy. */
  say(policy: string): void {
    writeFileSync(join(this.folder, 'policy.yml'), policy);
  }

  /** A bundle, as of now, told as Lambda tells it. */
  run(
    name: string,
    event: object = {},
    variables: Readonly<Record<string, string>> = {},
    endpoint: Endpoint = this.endpoint,
  ): Promise<Came> {
    return invoke(
      endpoint,
      name,
      { time: formatInstant(this.cloud.clock.now()), ...event },
      {
        POLICY_FILE: join(this.folder, 'policy.yml'),
        EVIDENCE_BUCKET: BUCKET,
        NODE_EXTRA_CA_CERTS: join(this.folder, 'ca.pem'),
        ...variables,
      },
    );
  }

  /** Keys of what is kept. */
  async keys(prefix: string): Promise<string[]> {
    const listed = await this.aws<{ Contents?: { readonly Key: string }[] } | undefined>(
      ...['s3api', 'list-objects-v2', '--bucket', BUCKET, '--prefix', prefix],
    );
    return listed?.Contents?.map(({ Key }) => Key) ?? [];
  }

  async read(key: string): Promise<Buffer> {
    const file = join(this.folder, 'kept');
    await this.aws('s3api', 'get-object', '--bucket', BUCKET, '--key', key, file);
    return readFileSync(file);
  }

  async record(key: string): Promise<Record<string, unknown>> {
    return JSON.parse((await this.read(key)).toString('utf8'));
  }

  async #furnish(options: readonly string[]): Promise<void> {
    await this.aws('s3api', 'create-bucket', '--bucket', BUCKET, '--object-lock-enabled-for-bucket');
    await this.aws(
      ...['rds', 'create-db-instance', '--db-instance-identifier', 'qrosity-db', '--engine', 'postgres'],
      ...['--db-instance-class', 'db.t3.micro', '--allocated-storage', '20', '--db-name', LOGIN.database],
      ...['--master-username', LOGIN.user, '--master-user-password', LOGIN.password],
      ...options,
    );
    await this.cloud.clock.advance(HOUR);
    const { DBInstances } = await this.aws<Described>('rds', 'describe-db-instances');
    const { Address: host = '', Port: port = 0 } = DBInstances[0]?.Endpoint ?? {};
    await createQrosity({ ...LOGIN, host, port }, { tenants: 3, seed: 1, now: this.cloud.clock.now() });
    const owner = new pg.Client({ ...LOGIN, host, port });
    await owner.connect();
    await owner.query('CREATE ROLE holdfast_inspector LOGIN');
    await owner.query('GRANT rds_iam, pg_monitor, pg_read_all_data TO holdfast_inspector');
    await owner.end();
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, type CloudOptions, createCloud } from '../../local/cloud';
import { Faults } from '../../local/faults';
import { listen } from '../../local/wire/listen';
import { Router } from '../../local/wire/router';
import type { Report } from '../../shared/domain/decision';
import type { Instant } from '../../shared/domain/time';
import { formatInstant } from '../../shared/domain/time';
import { ACCOUNT, HOME } from './builders';
import { EVIDENCE, type FunctionName } from './world';

/** The handlers as Lambda has them: told by environment variables, they reach AWS over HTTP by the SDK's own ways. */
export interface Deployed {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly router: Router;
  invoke(name: FunctionName, event?: unknown): Promise<Report & { identifier?: string; state?: string }>;
  /** What the schedule sends at this moment of the clock. */
  tick(name: FunctionName): Promise<Report>;
  policy(text: string): void;
  close(): Promise<void>;
}

/** The clients in a handler keep the first endpoint that they saw: one deployment for each test file. */
export async function deploy(policy: string, options: CloudOptions = {}): Promise<Deployed> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-policy-'));
  const file = join(folder, 'policy.yml');
  writeFileSync(file, policy);
  const cloud = createCloud({ account: ACCOUNT, ...options });
  const faults = new Faults({ now: () => cloud.clock.now() });
  const bugs: unknown[] = [];
  const router = new Router(cloud.services, {
    account: ACCOUNT,
    faults,
    onError: (error) => bugs.push(error),
  });
  const endpoint = await listen(router);
  await cloud.region(HOME).s3.CreateBucket({ Bucket: EVIDENCE, ObjectLockEnabledForBucket: true });
  if (cloud.ca !== null) writeFileSync(join(folder, 'ca.pem'), cloud.ca);
  Object.assign(process.env, {
    POLICY_FILE: file,
    EVIDENCE_BUCKET: EVIDENCE,
    DEPLOYMENT: 'holdfast-prod',
    ...(cloud.ca !== null && { DATABASE_CA_FILE: join(folder, 'ca.pem') }),
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: HOME,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_MAX_ATTEMPTS: '1',
  });
  const invoke: Deployed['invoke'] = async (name, event = {}) => {
    const { handler } = await import(`../../functions/${name}/handler`);
    return handler(event);
  };
  return {
    cloud,
    faults,
    router,
    invoke,
    tick: (name) => invoke(name, { time: time(cloud.clock.now()) }),
    policy: (text) => writeFileSync(file, text),
    close: async () => {
      await endpoint.close();
      await cloud.close();
      rmSync(folder, { recursive: true });
      // A bug of the local AWS would pass for a refusal of AWS's.
      if (bugs.length > 0) throw bugs[0];
    },
  };
}

export function time(instant: Instant): string {
  return formatInstant(instant);
}

export const GOLD = `
home: us-east-1
databases:
  - match: { identifiers: [qrosity-db] }
    policy: gold
policies:
  gold:
    recovery: { point: 1h, time: 4h }
    snapshots: { every: 1h }
    retention: { hourly: 24, daily: 30 }
    pitr: { retention: 30d, window: "00:00-01:00" }
    copies:
      - { region: us-west-2, key: alias/holdfast, point: 2h }
`;

/** Keys of the alias that GOLD names, in both regions. */
export async function makeKeys(cloud: Cloud): Promise<void> {
  for (const region of cloud.regions) {
    const { KeyMetadata } = await cloud.region(region).kms.CreateKey({});
    await cloud
      .region(region)
      .kms.CreateAlias({ AliasName: 'alias/holdfast', TargetKeyId: KeyMetadata?.KeyId });
  }
}

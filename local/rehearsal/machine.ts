import type { Policy } from '../../shared/domain/policy';
import type { Instant } from '../../shared/domain/time';
import { type Cloud, createCloud } from '../cloud';
import { Faults } from '../faults';
import { EVIDENCE, makeEvidenceBucket, makeParameterGroup, makePlaces, writeCa } from '../furnish';
import { makeTopic } from '../furnish-alarms';
import { quickFolder } from '../postgres/place';
import { PostgresPlane } from '../postgres/plane';
import { DEPLOYMENT } from '../stack';
import { type Listening, listen } from '../wire/listen';
import { Router } from '../wire/router';
import { Mailbox } from './mailbox';

/** Bytes: a server's data and the changes of all standing snapshots, in both regions, with room to spare. */
const SPACE = 2 ** 31;

export const ACCOUNT = '111122223333';

/** Who is told what goes to the topic for notices (docs/deploy.md, 8). */
/** Whom the topic tells. */
const ON_CALL = 'on-call@example.com';

/** The alias of the stack's own key (deploy/keys.yml): the topic's and the evidence's, and here the instance's too. */
export const HOME_KEY = 'alias/holdfast';

/** The parameter group of the live instance. */
export const PARAMETERS = 'qrosity';

/** AWS on this machine as the rehearsal needs it: two regions or more, real servers, one endpoint over HTTP. */
export interface Machine {
  readonly cloud: Cloud;
  /** What stands behind the instances, for what no API of AWS does: a bad disk. */
  readonly data: PostgresPlane;
  /** The certificates (a PEM file) that the instances' endpoints are verified by. */
  readonly caFile: string;
  /** ARN of the topic for notices, and what its subscriber got. */
  readonly notices: string;
  readonly mailbox: Mailbox;
  readonly faults: Faults;
  readonly router: Router;
  readonly endpoint: Listening;
  /** Errors of the local AWS itself; there must be none. */
  readonly bugs: readonly unknown[];
  /** Ends every server, frees the port, removes every folder. May be called at any time, and twice. */
  close(): Promise<void>;
}

export async function start(policy: Policy, begin: Instant, seed: number): Promise<Machine> {
  const copies = Object.values(policy.policies).flatMap((protection) => protection.copies);
  const regions = [policy.home, ...new Set(copies.map(({ region }) => region))];
  const data = await PostgresPlane.open({ parent: quickFolder(SPACE) });
  try {
    const limits = {
      manualSnapshots: policy.limits.manualSnapshots,
      copiesInFlight: policy.limits.copiesInFlight,
    };
    const cloud = createCloud({ start: begin, regions, data, seed, account: ACCOUNT, limits });
    await makeParameterGroup(cloud, policy.home, PARAMETERS);
    await makePlaces(
      cloud,
      Object.values(policy.policies).flatMap(({ restoreTest }) => restoreTest?.places ?? []),
    );
    await makeEvidenceBucket(cloud, policy.home, 'deploy/evidence.yml', HOME_KEY);
    const notices = await makeTopic(cloud, policy.home, 'deploy/notices.yml', HOME_KEY, [
      { protocol: 'email', endpoint: ON_CALL },
    ]);
    const faults = new Faults({ seed, now: () => cloud.clock.now() });
    const bugs: unknown[] = [];
    const router = new Router(cloud.services, {
      account: ACCOUNT,
      faults,
      onError: (error) => bugs.push(error),
    });
    const endpoint = await listen(router);
    return {
      cloud,
      data,
      caFile: writeCa(data.root, data.ca),
      notices,
      mailbox: new Mailbox(cloud.region(policy.home).outbox, ON_CALL),
      faults,
      router,
      endpoint,
      bugs,
      close: async () => {
        await endpoint.close().catch(() => undefined);
        await cloud.close();
      },
    };
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** What a Lambda function finds in its environment: AWS's standard variables, and what serverless.yml sets. */
export function environment(
  policyFile: string,
  home: string,
  { endpoint, caFile, notices }: Machine,
): Record<string, string> {
  return {
    POLICY_FILE: policyFile,
    NOTICES_TOPIC: notices,
    EVIDENCE_BUCKET: EVIDENCE,
    DEPLOYMENT,
    DATABASE_CA_FILE: caFile,
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: home,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'local',
    // Half of what serverless.yml sets: the throttling storm shall break a run in seconds.
    AWS_MAX_ATTEMPTS: '3',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    // Metrics to console.log, where the rehearsal takes them from.
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

import { randomUUID } from 'node:crypto';
import { type Asked as AskedToCopy, run as copy } from '../../functions/copy-snapshot/run';
import { type Answer, type Asked as AskedToCreate, run as create } from '../../functions/create-snapshot/run';
import {
  type Asked as AskedToInspect,
  type Answer as InspectAnswer,
  run as inspect,
} from '../../functions/inspect-database/run';
import { type Asked as AskedToPrune, run as prune } from '../../functions/prune-snapshots/run';
import {
  type Asked as AskedToReport,
  type Answer as ReportAnswer,
  run as reportCompliance,
} from '../../functions/report-compliance/run';
import {
  type Asked as AskedToRotate,
  type Answer as RotateAnswer,
  run as rotate,
} from '../../functions/rotate-keys/run';
import {
  type Asked as AskedToTest,
  type Answer as TestAnswer,
  run as testRestore,
} from '../../functions/test-restore/run';
import { type Cloud, type CloudOptions, createCloud } from '../../local/cloud';
import { Faults } from '../../local/faults';
import { inProcess } from '../../local/wire/in-process';
import { Router } from '../../local/wire/router';
import { Clients } from '../../shared/aws/clients';
import { CloudWatchAlarms } from '../../shared/aws/cloudwatch-alarms';
import { EventBridgeHappenings } from '../../shared/aws/eventbridge-happenings';
import { KmsKeys } from '../../shared/aws/kms-keys';
import { RdsDatabases } from '../../shared/aws/rds-databases';
import { RdsDetails } from '../../shared/aws/rds-details';
import { RdsRestores } from '../../shared/aws/rds-restores';
import { RdsSharing } from '../../shared/aws/rds-sharing';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { RdsSupport } from '../../shared/aws/rds-support';
import { RdsTokens } from '../../shared/aws/rds-tokens';
import { S3Bucket } from '../../shared/aws/s3-bucket';
import { S3Evidence } from '../../shared/aws/s3-evidence';
import { SecurityHubFindings } from '../../shared/aws/securityhub-findings';
import { SnsNotices } from '../../shared/aws/sns-notices';
import { SnsTopics } from '../../shared/aws/sns-topics';
import type { Report } from '../../shared/domain/decision';
import type { Policy } from '../../shared/domain/policy';
import type { Snapshot } from '../../shared/domain/snapshot';
import { type Duration, type Instant, MINUTE } from '../../shared/domain/time';
import type { Evidence, EvidenceFiles } from '../../shared/ports/evidence';
import type { Inspector } from '../../shared/ports/inspector';
import type { Snapshots } from '../../shared/ports/snapshots';
import { PgInspector } from '../../shared/postgres/inspector';
import type { RunContext } from '../../shared/runtime/lambda';
import { conclude, RunFailed } from '../../shared/runtime/report';
import { ACCOUNT, AWAY, policy as defaultPolicy, HOME } from './builders';

export type FunctionName =
  | 'create-snapshot'
  | 'copy-snapshot'
  | 'prune-snapshots'
  | 'rotate-keys'
  | 'inspect-database'
  | 'test-restore'
  | 'report-compliance';

/** The bucket that evidence is kept in, once `World.bucket` has made it. */
export const EVIDENCE = 'holdfast-evidence';

/** The operations that change AWS. */
export const MUTATIONS = [
  'CreateDBSnapshot',
  'CopyDBSnapshot',
  'DeleteDBSnapshot',
  'AddTagsToResource',
  'RemoveTagsFromResource',
  'RestoreDBInstanceFromDBSnapshot',
  'ModifyDBInstance',
  'DeleteDBInstance',
  'EnableKeyRotation',
  'RotateKeyOnDemand',
  'CancelKeyDeletion',
  'EnableKey',
] as const;

export interface WorldOptions extends CloudOptions {
  readonly policy?: Policy;
  /** Wraps the services before they are served: to watch or judge what is asked of AWS. */
  readonly watch?: (services: Cloud['services'], cloud: Cloud) => Cloud['services'];
  /** Looks into databases; over PostgreSQL's own protocol, unless told otherwise: then `data` has to have servers. */
  readonly inspector?: Inspector;
}

/**
 * AWS in this process on the light engine, and the real functions on it: their `run` with the real adapters and the
 * unchanged SDK clients, whose requests go to the router without a socket.
 */
export class World {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly router: Router;
  readonly snapshots: Snapshots;
  readonly evidence: Evidence & EvidenceFiles;
  policy: Policy;
  /** ARNs of the topics that notices go to. */
  topics: readonly string[] = [];
  /** The bucket of evidence that rotate-keys is told of; report-compliance always has one. */
  evidenceBucket: string | null = null;
  readonly #ports;
  readonly #bugs: unknown[] = [];

  constructor({
    policy = defaultPolicy(),
    watch = (services) => services,
    inspector,
    ...options
  }: WorldOptions = {}) {
    this.policy = policy;
    this.cloud = createCloud({ account: ACCOUNT, regions: [HOME, AWAY], ...options });
    this.faults = new Faults({ now: () => this.cloud.clock.now() });
    this.router = new Router(watch(this.cloud.services, this.cloud), {
      account: ACCOUNT,
      faults: this.faults,
      onError: (error) => this.#bugs.push(error),
    });
    const wired = {
      requestHandler: inProcess(this.router),
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
      maxAttempts: 1,
    };
    const clients = new Clients(wired);
    this.snapshots = new RdsSnapshots(clients);
    this.evidence = new S3Evidence(wired).store(EVIDENCE, HOME);
    this.#ports = {
      snapshots: this.snapshots,
      databases: new RdsDatabases(clients),
      restores: new RdsRestores(clients),
      keys: new KmsKeys(clients),
      topics: new SnsTopics(wired),
      evidence: this.evidence,
      tokens: new RdsTokens(wired),
      details: new RdsDetails(clients),
      sharing: new RdsSharing(clients),
      support: new RdsSupport(clients),
      alarms: new CloudWatchAlarms(wired),
      bucket: new S3Bucket(wired),
      notices: new SnsNotices(wired),
      happenings: new EventBridgeHappenings(HOME, wired),
      hub: new SecurityHubFindings(wired),
      inspector: inspector ?? new PgInspector({ ca: this.cloud.ca ?? undefined }),
    };
  }

  get now(): Instant {
    return this.cloud.clock.now();
  }

  region(name: string = HOME) {
    return this.cloud.region(name);
  }

  /** A key with the alias that the policies name, in each region. */
  async keys(...regions: string[]): Promise<void> {
    for (const region of regions.length === 0 ? this.cloud.regions : regions) {
      const { KeyMetadata } = await this.region(region).kms.CreateKey({});
      await this.region(region).kms.CreateAlias({
        AliasName: 'alias/holdfast',
        TargetKeyId: KeyMetadata?.KeyId,
      });
    }
  }

  /** The bucket of evidence, with a lock as the deployed one has it. */
  async bucket(): Promise<void> {
    await this.region().s3.CreateBucket({ Bucket: EVIDENCE, ObjectLockEnabledForBucket: true });
  }

  async advance(time: Duration): Promise<void> {
    await this.cloud.clock.advance(time);
  }

  create(asked: AskedToCreate = {}, context: Partial<RunContext> = {}): Promise<Answer> {
    return this.#concluded(create(this.#ports, this.#context(context), asked));
  }

  copy(asked: AskedToCopy = {}, context: Partial<RunContext> = {}): Promise<Report> {
    return this.#concluded(copy(this.#ports, this.#context(context), asked));
  }

  prune(asked: AskedToPrune = {}, context: Partial<RunContext> = {}): Promise<Report> {
    return this.#concluded(prune(this.#ports, this.#context(context), asked));
  }

  rotate(asked: AskedToRotate = {}, context: Partial<RunContext> = {}): Promise<RotateAnswer> {
    return this.#concluded(rotate(this.#ports, this.#context(context), asked));
  }

  inspect(asked: AskedToInspect = {}, context: Partial<RunContext> = {}): Promise<InspectAnswer> {
    return this.#concluded(inspect(this.#ports, this.#context(context), asked));
  }

  test(asked: AskedToTest = {}, context: Partial<RunContext> = {}): Promise<TestAnswer> {
    return this.#concluded(testRestore(this.#ports, this.#context(context), asked));
  }

  report(asked: AskedToReport = {}, context: Partial<RunContext> = {}): Promise<ReportAnswer> {
    const deployed = { evidenceBucket: EVIDENCE, deployment: 'holdfast-prod' };
    return this.#concluded(reportCompliance(this.#ports, this.#context({ ...deployed, ...context }), asked));
  }

  run(name: FunctionName, context: Partial<RunContext> = {}): Promise<Report> {
    switch (name) {
      case 'create-snapshot':
        return this.create({}, context);
      case 'copy-snapshot':
        return this.copy({}, context);
      case 'prune-snapshots':
        return this.prune({}, context);
      case 'rotate-keys':
        return this.rotate({}, context);
      case 'inspect-database':
        return this.inspect({}, context);
      case 'test-restore':
        return this.test({}, context);
      case 'report-compliance':
        return this.report({}, context);
    }
  }

  /** Plays the deployed schedule: create and copy at each tick of ten minutes, prune five minutes past the hour. */
  async live(until: Instant, onFailure: (error: unknown) => void = rethrow): Promise<void> {
    const tick = 5 * MINUTE;
    for (let next = Math.ceil((this.now + 1) / tick) * tick; next <= until; next += tick) {
      await this.cloud.clock.advanceTo(next);
      const minute = (next / MINUTE) % 60;
      const due: FunctionName[] =
        minute % 10 === 0 ? ['create-snapshot', 'copy-snapshot'] : minute === 5 ? ['prune-snapshots'] : [];
      for (const name of due) await this.run(name).catch(onFailure);
    }
  }

  /** How many calls that change AWS were made since the log was reset. */
  mutations(): number {
    return MUTATIONS.reduce((sum, operation) => sum + this.router.log.count({ operation }), 0);
  }

  /** Every manual snapshot of a region, as the adapters see it. */
  standing(region: string = HOME): Promise<Snapshot[]> {
    return this.snapshots.list(region);
  }

  async #concluded<A extends Report>(running: Promise<A>): Promise<A> {
    const report = await running;
    if (this.#bugs.length > 0) throw this.#bugs[0];
    return conclude(report) as A;
  }

  #context(context: Partial<RunContext>): RunContext {
    return {
      policy: this.policy,
      now: this.now,
      dryRun: false,
      topics: this.topics,
      evidenceBucket: this.evidenceBucket,
      deployment: null,
      run: randomUUID(),
      databaseCa: null,
      timeLeft: () => 15 * MINUTE,
      ...context,
    };
  }
}

function rethrow(error: unknown): void {
  throw error;
}

/** The report of a run, whether it failed or not; any other error is a fault of the run. */
export async function reportOf(running: Promise<Report>): Promise<Report> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof RunFailed) return error.report;
    throw error;
  }
}

import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { listen } from '../local/wire/listen';
import { copyName, slotName } from '../shared/domain/names';
import { TAG, type Tags } from '../shared/domain/tags';
import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../shared/domain/time';
import { ACCOUNT, AWAY, at, HOME } from '../test/support/builders';
import { complianceWorld, TOPIC } from '../test/support/compliance-world';
import { complete } from '../test/support/seen';
import { EVIDENCE, type World } from '../test/support/world';

// What report-compliance costs for a thousand databases of which nothing is as promised, some twenty findings each: the
// bundle, in a process of its own for every run, with the memory that Lambda gives it; AWS is in this one, over HTTP.

interface Asked {
  readonly pass: 'light' | 'daily';
  readonly time: string;
}

interface Ran {
  readonly seconds: number;
  /** MB of resident memory, with Node and the bundle in it. */
  readonly peak: number;
  readonly open: number;
  readonly failed: string | null;
}

const DATABASES = Number(process.argv[2] ?? 1_000);
const NOW = at('2026-03-02 12:32');
/** What 24 hourly and 30 daily keep, less the newest three hours: these are late. */
const SLOTS: readonly Instant[] = [
  ...Array.from({ length: 22 }, (_, n) => at('2026-03-02 09:00') - n * HOUR),
  ...Array.from({ length: 29 }, (_, n) => at('2026-02-28 23:00') - n * DAY),
];
/** Half of the databases have their switches right, so that all together come to some twenty findings each. */
const RIGHT = {
  multiAz: true,
  copyTagsToSnapshot: true,
  deletionProtection: true,
  performanceInsights: true,
};
const POLICY = `
home: us-east-1
databases:
  - match: { tags: { holdfast: gold } }
    policy: gold
policies:
  gold:
    recovery: { point: 1h, time: 4h }
    snapshots: { every: 1h }
    retention: { hourly: 24, daily: 30 }
    pitr: { retention: 30d, window: "00:00-01:00" }
    copies:
      - { region: us-west-2, key: alias/holdfast, point: 2h }
    tenants: { table: tenants_tenant, domains: tenants_domain }
    inspection: { database: qrosity, freshness: [{ table: orders, column: changed_at }] }
    extensions: [uuid-ossp]
    restoreTest: { every: 7d, places: [{ region: us-east-1, subnetGroup: t, securityGroups: [sg-0a1b2c3d], parameterGroup: p }] }
    failoverDrill: { every: 90d, window: "Sun 03:00-04:00" }
`;

async function neglected(): Promise<World> {
  const policy = complete({}, { databases: [{ match: { tags: { holdfast: 'gold' } }, policy: 'gold' }] });
  const world = await complianceWorld({
    start: NOW - HOUR,
    databases: [],
    policy,
    limits: { manualSnapshots: DATABASES * 60, instances: DATABASES },
  });
  const home = world.region(HOME).stage;
  const away = world.region(AWAY).stage;
  for (let n = 0; n < DATABASES; n += 1) {
    const instance = `erp-${String(n).padStart(4, '0')}`;
    const created = NOW - 60 * DAY;
    home.instance({
      id: instance,
      created,
      publiclyAccessible: true,
      ...(n >= DATABASES / 2 && RIGHT),
      tags: { holdfast: 'gold' },
    });
    for (const slot of SLOTS) {
      const tags: Tags = {
        [TAG.owner]: 'holdfast',
        [TAG.database]: instance,
        [TAG.policy]: 'gold',
        [TAG.slot]: formatInstant(slot),
      };
      const id = slotName(instance, slot);
      home.snapshots([{ id, instance, at: slot, tags }]);
      if (slot > NOW - DAY) continue;
      const copyOf = `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:${id}`;
      away.snapshots([
        { id: copyName(id, HOME), instance, at: slot, copyOf, tags: { ...tags, [TAG.copyOf]: copyOf } },
      ]);
    }
  }
  await world.cloud.clock.advanceTo(NOW);
  return world;
}

/** One run in a process of its own, as a cold Lambda. */
function ran(environment: NodeJS.ProcessEnv, asked: Asked): Promise<Ran> {
  return new Promise((done, broke) => {
    // Of Lambda's 512 MB, what Node and the SDK need beside the heap.
    const child = fork(resolve(__dirname, 'bench-compliance-run.cjs'), {
      execArgv: ['--max-old-space-size=384'],
      env: { ...process.env, ...environment },
    });
    child.once('message', (message) => done(message as Ran));
    child.once('exit', (code, signal) => broke(new Error(`the run ended with ${code ?? signal}`)));
    child.send(asked);
  });
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const policyFile = join(folder, 'policy.yml');
  writeFileSync(policyFile, POLICY);
  const world = await neglected();
  const endpoint = await listen(world.router);
  const environment = {
    POLICY_FILE: policyFile,
    NOTICES_TOPIC: TOPIC,
    EVIDENCE_BUCKET: EVIDENCE,
    DEPLOYMENT: 'holdfast-prod',
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: HOME,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const table = new Table({
    head: ['pass', 'when', 'open findings', 'messages', 'calls', 's3', 'rds', 'seconds', 'peak MB'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const scenes = [
    { pass: 'light', when: 'everything is new', after: 0 },
    { pass: 'daily', when: 'everything is new', after: 10 * MINUTE },
    { pass: 'daily', when: 'two days later', after: 49 * HOUR },
    { pass: 'light', when: 'nothing is new', after: 10 * MINUTE },
    { pass: 'daily', when: 'nothing is new', after: 10 * MINUTE },
  ] as const;
  try {
    for (const { pass, when, after } of scenes) {
      await world.advance(after);
      world.router.log.reset();
      const published = world.region().outbox.published.length;
      const { seconds, peak, open, failed } = await ran(environment, {
        pass,
        time: formatInstant(world.now),
      });
      if (failed !== null) console.error(`${pass}, ${when}: ${failed}`);
      const calls = (service?: string) => world.router.log.count(service === undefined ? {} : { service });
      table.push([
        pass,
        when,
        open,
        world.region().outbox.published.length - published,
        calls(),
        calls('s3'),
        calls('rds'),
        seconds.toFixed(1),
        Math.round(peak),
      ]);
    }
  } finally {
    await endpoint.close();
    rmSync(folder, { recursive: true });
  }
  console.log(`${DATABASES} databases, ${DATABASES * SLOTS.length} snapshots at home`);
  console.log(table.toString());
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlsPage } from '../../../../../scripts/controls';
import { SCHEDULED } from '../../../../../shared/domain/controls/alarms-of';
import { CONTROLS } from '../../../../../shared/domain/controls/all';
import type { Assessment } from '../../../../../shared/domain/controls/control';
import { REFERENCES } from '../../../../../shared/domain/controls/frameworks';
import type { Part } from '../../../../../shared/domain/controls/part';
import type { DatabaseSeen, Seen } from '../../../../../shared/domain/controls/seen';
import type { Condition } from '../../../../../shared/domain/database';
import type { LookedAt } from '../../../../../shared/domain/key-use';
import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { DAY, HOUR, MINUTE } from '../../../../../shared/domain/time';
import {
  AWAY,
  copyOf,
  foreign,
  HOME,
  lookedAt,
  onDemand,
  policy,
  rotation,
  slotSnapshot,
} from '../../../../support/builders';
import fc from '../../../../support/seeded';
import { check, complete, databaseSeen, looked, NOW, restored, seen } from '../../../../support/seen';

const ROOT = join(__dirname, '../../../../..');
const judgeAll = (look: Seen) => CONTROLS.flatMap((control) => control.judge(look));
const briefly = ({ control, subject, verdict, found }: Assessment) =>
  `${control} ${subject.database} ${subject.region} ${subject.resource ?? ''}: ${verdict}, ${found}`;

describe('the controls', () => {
  it('have names of their own, which their files bear', () => {
    const ids = CONTROLS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(existsSync(join(ROOT, `shared/domain/controls/${id}.ts`))).toBe(true);
  });

  it('are all listed', () => {
    const listed = new Set(CONTROLS.map(({ id }) => `${id}.ts`));
    const files = readdirSync(join(ROOT, 'shared/domain/controls')).filter((file) =>
      /= control\(/.test(readFileSync(join(ROOT, 'shared/domain/controls', file), 'utf8')),
    );
    expect(files.filter((file) => !listed.has(file))).toEqual([]);
  });

  it('serve requirements that exist', () => {
    const text = readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8');
    const unknown = CONTROLS.flatMap(({ requirements }) => requirements).filter(
      (id) => !text.includes(`| ${id} |`),
    );
    expect(unknown).toEqual([]);
  });

  it('lead to runbooks that exist, at a heading that exists', () => {
    // In alarm, for the articles of each function's alarms; docs/controls.md as it would be written now.
    const look = seen({ databases: [] }, { alarms: { seen: [] } });
    const all = CONTROLS.flatMap((control) => [
      control.runbook,
      ...control.judge(look).flatMap(({ runbook }) => runbook ?? []),
    ]);
    expect(all.filter((runbook) => !leadsSomewhere(runbook))).toEqual([]);
  });

  it('name no framework twice, and leave none of the list unused', () => {
    for (const { frameworks } of CONTROLS) expect(new Set(frameworks).size).toBe(frameworks.length);
    const used = new Set<string>(CONTROLS.flatMap(({ frameworks }) => frameworks));
    expect(Object.keys(REFERENCES).filter((name) => !used.has(name))).toEqual([]);
  });

  it('watch every function that has an alarm for not running', () => {
    const alarms = readdirSync(join(ROOT, 'deploy')).flatMap((file) => [
      ...readFileSync(join(ROOT, 'deploy', file), 'utf8').matchAll(
        /AlarmName: .*\}-([a-z-]+)-not-running$/gm,
      ),
    ]);
    expect(alarms.map(([, name]) => name).sort()).toEqual([...SCHEDULED].sort());
  });

  it('stand in docs/controls.md as they are (npm run --silent controls > docs/controls.md)', () => {
    expect(readFileSync(join(ROOT, 'docs/controls.md'), 'utf8')).toBe(controlsPage());
  });
});

function leadsSomewhere(runbook: string): boolean {
  const [file = '', anchor] = runbook.split('#');
  if (!existsSync(join(ROOT, file))) return false;
  const text = file === 'docs/controls.md' ? controlsPage() : readFileSync(join(ROOT, file), 'utf8');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    // As GitHub makes anchors: lower case, hyphens for spaces, nothing for the rest.
    title
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  );
  return anchor === undefined || headings.includes(anchor);
}

describe('a world in which every promise is kept', () => {
  it('passes every control', () => {
    expect(
      judgeAll(seen())
        .filter(({ verdict }) => verdict !== 'passed')
        .map(briefly),
    ).toEqual([]);
  });

  it('is judged by every control', () => {
    // A policy that selects by names has no selection by tags to judge.
    const byTag = complete({}, { databases: [{ match: { tags: { backup: 'gold' } }, policy: 'gold' }] });
    const tagged = seen({ databases: [databaseSeen({ tags: { backup: 'gold' } })] }, { policy: byTag });
    const all = [...judgeAll(seen()), ...judgeAll(tagged)];
    expect(all.filter(({ verdict }) => verdict !== 'passed').map(briefly)).toEqual([]);
    const judging = new Set(all.map(({ control }) => control));
    expect(CONTROLS.filter(({ id }) => !judging.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('is judged by the light controls from five parts alone', () => {
    const { now, policy: rules, deployment, databases, snapshots, keys, alarms } = seen();
    const look: Seen = {
      ...nothingSeen(),
      now,
      policy: rules,
      deployment,
      databases,
      snapshots,
      keys,
      alarms,
    };
    const light = CONTROLS.filter(({ pass }) => pass === 'light').flatMap((control) => control.judge(look));
    expect(light.filter(({ verdict }) => verdict !== 'passed').map(briefly)).toEqual([]);
  });
});

describe('a world that nobody could look at', () => {
  it('passes nothing but what stands in the policy', () => {
    const passed = judgeAll(nothingSeen()).filter(({ verdict }) => verdict !== 'unknown');
    expect(passed.map(({ control }) => control)).toEqual(['objectives-agreed']);
  });

  it('leaves every named database with a reason, under the subject that it has otherwise', () => {
    const named = (look: Seen) =>
      new Set(
        judgeAll(look)
          .filter(({ subject }) => subject.database === 'qrosity-db')
          .map(({ control, subject }) => `${control} ${subject.region}`),
      );
    expect(named(nothingSeen())).toEqual(named(seen()));
    for (const { found } of judgeAll(nothingSeen())) expect(found).not.toBe('');
  });

  it('leaves nobody without a command to look by himself', () => {
    const silent = judgeAll(nothingSeen()).filter(
      ({ verdict, command }) => verdict !== 'passed' && !command?.startsWith('aws '),
    );
    expect(silent.map(briefly)).toEqual([]);
  });
});

it('judges no database that no policy selects', () => {
  const stranger = databaseSeen(
    { id: 'scratch', encrypted: false, deletionProtection: false, latestRestorable: null },
    { settings: { publiclyAccessible: true } },
  );
  const naked = foreign({ id: 'scratch-by-hand', database: 'scratch', encrypted: false });
  const look = seen({
    databases: [databaseSeen(), stranger],
    home: [...(partSeen(seen().snapshots.get(HOME)) ?? []), naked],
  });
  expect(judgeAll(look).filter(({ subject }) => subject.database === 'scratch')).toEqual([]);
});

it('judges no instance that a restore test made, although it has the tags of its source', () => {
  const tagged = policy({}, { databases: [{ match: { tags: { erp: 'yes' } }, policy: 'gold' }] });
  const test = databaseSeen({ id: 'holdfast-test-x', tags: { erp: 'yes', 'holdfast:restore-test': 'now' } });
  const look = seen({ databases: [test], home: [], away: [] }, { policy: tagged });
  expect(judgeAll(look).filter(({ subject }) => subject.database === 'holdfast-test-x')).toEqual([]);
});

// Bites where a judge trusts that a part was seen, that a time can be read, or that a list is not empty.
describe('whatever was seen', () => {
  it('is judged without a throw, twice the same, by registered controls, with a reason and one verdict a subject', () => {
    const ids = new Set(CONTROLS.map(({ id }) => id));
    const grave = new Set(
      CONTROLS.filter(({ severity }) => severity === 'critical' || severity === 'high').map(({ id }) => id),
    );
    fc.assert(
      fc.property(anySeen(), (look) => {
        const first = judgeAll(look);
        expect(judgeAll({ ...look })).toEqual(first);
        const subjects = first.map(({ control, subject }) => JSON.stringify([control, subject]));
        expect(new Set(subjects).size).toBe(subjects.length);
        for (const one of first) {
          expect(ids.has(one.control)).toBe(true);
          expect(one.found).not.toMatch(/undefined|NaN|Infinity|null\b|^\s*$/);
          expect(one.expected).not.toMatch(/undefined|NaN|Infinity|^\s*$/);
          expect(`${one.cost}${one.command}`).not.toMatch(/NaN|Infinity|\[object/);
          if (one.measure !== undefined) expect(Number.isFinite(one.measure.value)).toBe(true);
          // A finding without a way on helps nobody on call: what is lost, and what to type.
          if (one.verdict === 'passed') expect([one.cost, one.command]).toEqual([undefined, undefined]);
          else expect(`${one.control}: ${one.command}`).toMatch(/^[a-z-]+: (aws|npm run) \S/);
          if (one.verdict === 'failed' && grave.has(one.control))
            expect(`${one.control}: ${one.cost}`).toMatch(/^[a-z-]+: (?!undefined)\S/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function nothingSeen(): Seen {
  const nothing = { unseen: 'it was not looked at' };
  return {
    now: NOW,
    policy: complete(),
    deployment: 'holdfast-prod',
    databases: nothing,
    snapshots: new Map(),
    sharing: new Map(),
    allowedAccounts: [],
    keys: nothing,
    quotas: new Map(),
    restoreTests: new Map(),
    inspections: new Map(),
    drills: new Map(),
    evidence: nothing,
    alarms: nothing,
    engines: nothing,
    authorities: nothing,
  };
}

function partSeen<T>(part: Part<T> | undefined): T | undefined {
  return part !== undefined && 'seen' in part ? part.seen : undefined;
}

/** A part, or a reason why it is missing. */
function part<T>(what: fc.Arbitrary<T>): fc.Arbitrary<Part<T>> {
  return fc.oneof(
    { weight: 5, arbitrary: what.map((it) => ({ seen: it })) },
    { weight: 1, arbitrary: fc.constantFrom({ unseen: 'the region did not answer' }, { unseen: 'denied' }) },
  );
}

/** Moments before and after now, on the boundaries and far away. */
const anyInstant = fc.oneof(
  fc.integer({ min: -400 * 24, max: 48 }).map((hours) => NOW + hours * HOUR),
  fc.integer({ min: -200, max: 10 }).map((minutes) => NOW + minutes * MINUTE),
);

const ids = fc.constantFrom('qrosity-db', 'other', "it's; <script>", 'gone');

function anyDatabase(): fc.Arbitrary<DatabaseSeen> {
  return fc
    .record({
      fields: fc.record({
        id: ids,
        created: fc.option(anyInstant),
        latestRestorable: fc.option(anyInstant),
        condition: fc.constantFrom<Condition>(
          'ready',
          'busy',
          'stopped',
          'starting',
          'lost-key',
          'unusable',
          'deleting',
        ),
        engine: fc.constantFrom('postgres', 'mysql'),
        inCluster: fc.boolean(),
        encrypted: fc.boolean(),
        key: fc.option(
          fc.constantFrom(
            'alias/holdfast',
            'arn:aws:kms:us-east-1:111122223333:key/0',
            'arn:aws:kms:us-east-1:999988887777:key/9',
          ),
        ),
        tags: fc.constantFrom<Record<string, string>>({}, { erp: 'yes' }, { 'holdfast:restore-test': 'x' }),
      }),
      settings: part(
        fc.record({
          multiAz: fc.boolean(),
          backupRetentionDays: fc.integer({ min: 0, max: 35 }),
          backupWindow: fc.constantFrom('00:00-01:00', '23:30-00:30', '', '12:00-12:30'),
          performanceInsights: fc.boolean(),
          databaseInsights: fc.constantFrom<'standard' | 'advanced' | null>('standard', 'advanced', null),
          copyTagsToSnapshot: fc.boolean(),
          publiclyAccessible: fc.boolean(),
          engineVersion: fc.constantFrom('17.6', '9.6.24', '', '11'),
          authority: fc.constantFrom('rds-ca-rsa2048-g1', 'rds-ca-2019', null),
        }),
      ),
      tlsForced: part(fc.boolean()),
      standbys: part(
        fc.array(
          fc.record({
            id: fc.string(),
            region: fc.constantFrom(HOME, AWAY),
            lag: part(fc.integer({ min: 0, max: 10 * HOUR })),
          }),
          { maxLength: 3 },
        ),
      ),
      maintenance: part(
        fc.array(
          fc.record({
            action: fc.constantFrom('system-update', 'db-upgrade'),
            forced: fc.option(anyInstant),
          }),
          {
            maxLength: 3,
          },
        ),
      ),
    })
    .map(({ fields, settings, ...rest }) => ({ ...databaseSeen(fields), settings, ...rest }));
}

function anySnapshots(region: string): fc.Arbitrary<Snapshot[]> {
  const one = fc
    .record({
      hours: fc.integer({ min: -2, max: 60 * 24 }),
      database: ids,
      kind: fc.constantFrom('slot', 'copy', 'foreign', 'by-hand', 'automated'),
      fields: fc.record({
        state: fc.constantFrom<Snapshot['state']>('available', 'available', 'pending', 'failed', 'deleting'),
        encrypted: fc.boolean(),
        resource: fc.constantFrom('', 'db-qrosity-db', 'db-earlier'),
      }),
      blank: fc.boolean(),
    })
    .map(({ hours, database, kind, fields, blank }): Snapshot => {
      const slot = Math.floor((NOW - hours * HOUR) / HOUR) * HOUR;
      const own = { database, region, ...fields, ...(blank && { recoveryPoint: null }) };
      switch (kind) {
        case 'slot':
          return slotSnapshot(slot, own);
        case 'copy':
          return copyOf(slotSnapshot(slot, { ...own, region: HOME }), { region });
        case 'by-hand':
          return onDemand(slot, '7d', own);
        case 'automated':
          return foreign({ ...own, id: `rds:${database}-${hours}`, kind: 'automated' });
        default:
          return foreign({
            ...own,
            id: `foreign-${hours}`,
            copyOf: 'arn:aws:rds:eu-west-1:111122223333:snapshot:x',
          });
      }
    });
  return fc.array(one, { maxLength: 25 });
}

function anyKey(region: string): fc.Arbitrary<LookedAt> {
  return fc
    .record({
      key: fc.record({
        id: fc.constantFrom('0', '9'),
        manager: fc.constantFrom<'aws' | 'customer'>('aws', 'customer'),
        state: fc.constantFrom<LookedAt['key']['state']>(
          'enabled',
          'disabled',
          'pending-deletion',
          'unavailable',
        ),
        symmetric: fc.boolean(),
        origin: fc.constantFrom<LookedAt['key']['origin']>('kms', 'imported', 'key-store'),
        created: fc.option(anyInstant),
        deletion: fc.option(anyInstant),
      }),
      rotation: fc.option(
        fc.record({
          automatic: fc.boolean(),
          period: fc.option(fc.integer({ min: 90, max: 2560 }).map((days) => days * DAY)),
          next: fc.option(anyInstant),
          done: fc.array(fc.record({ at: anyInstant, onDemand: fc.boolean() }), { maxLength: 3 }),
        }),
      ),
    })
    .map(({ key, rotation: how }) =>
      lookedAt(
        { ...key, region },
        { aliases: ['alias/holdfast'], rotation: how === null ? null : rotation(how) },
      ),
    );
}

/** Any look at any world of the policies that a file can hold, with parts missing. */
function anySeen(): fc.Arbitrary<Seen> {
  const rules = fc.constantFrom(
    complete(),
    policy(),
    complete({ copies: [], pitr: null, restoreTest: null, inspection: null }),
    complete({}, { databases: [{ match: { tags: { erp: 'yes' } }, policy: 'gold' }] }),
    complete({}, { databases: [{ match: { identifiers: ['qrosity-db', 'missing'] }, policy: 'gold' }] }),
  );
  const quota = fc.option(fc.record({ used: fc.nat(200), most: fc.nat(200) }));
  const byDatabase = <T>(what: fc.Arbitrary<T>) =>
    fc.array(fc.tuple(ids, part(what)), { maxLength: 3 }).map((entries) => new Map(entries));
  const verdicts = fc.constantFrom('passed', 'failed', 'unknown') as fc.Arbitrary<
    'passed' | 'failed' | 'unknown'
  >;
  return fc
    .record({
      policy: rules,
      databases: part(
        fc.uniqueArray(anyDatabase(), { maxLength: 3, selector: ({ database: { id } }) => id }),
      ),
      home: part(anySnapshots(HOME)),
      away: part(anySnapshots(AWAY)),
      keys: part(
        fc.tuple(fc.array(anyKey(HOME), { maxLength: 2 }), fc.array(anyKey(AWAY), { maxLength: 2 })),
      ),
      shared: fc.array(fc.constantFrom('all', '999988887777'), { maxLength: 2 }),
      asked: anyInstant,
      quotas: part(fc.record({ snapshots: quota, instances: quota })),
      restoreTests: byDatabase(
        fc.array(
          fc
            .record({
              asked: anyInstant,
              took: fc.integer({ min: 1, max: 10 * HOUR }),
              region: fc.constantFrom(HOME, AWAY, 'eu-west-1'),
              verdict: fc.constantFrom<'passed' | 'failed' | 'inconclusive'>(
                'passed',
                'failed',
                'inconclusive',
              ),
              odd: fc.boolean(),
            })
            .map(({ odd, ...fields }) =>
              restored({ ...fields, ...(odd && { requested: 'yesterday', times: null, forecast: null }) }),
            ),
          { maxLength: 4 },
        ),
      ),
      inspections: byDatabase(
        fc.option(
          fc
            .tuple(anyInstant, verdicts)
            .map(([when, verdict]) => looked(when, check('tenants.rows', verdict))),
        ),
      ),
      drills: byDatabase(
        fc.option(
          fc.record({
            at: anyInstant,
            passed: fc.boolean(),
            took: fc.nat(10 * HOUR),
            found: fc.constant('tried'),
          }),
        ),
      ),
      evidence: part(
        fc.record({
          bucket: fc.constant('bucket'),
          lock: fc.option(
            fc.record({
              mode: fc.constantFrom<'governance' | 'compliance'>('governance', 'compliance'),
              keeps: fc.nat(500).map((days) => days * DAY),
            }),
          ),
          versioned: fc.boolean(),
          encryption: fc.constantFrom<'kms' | 's3' | null>('kms', 's3', null),
        }),
      ),
      alarms: part(
        fc.array(
          fc.record({
            name: fc.constantFrom(
              'holdfast-prod-create-snapshot-not-running',
              'holdfast-prod-rotate-keys-failures',
            ),
            state: fc.constantFrom<'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>('OK', 'ALARM', 'INSUFFICIENT_DATA'),
            since: anyInstant,
          }),
          { maxLength: 3 },
        ),
      ),
      engines: part(
        fc
          .record({ standard: anyInstant, extended: fc.option(anyInstant) })
          .map((it) => new Map([['17', it]])),
      ),
      authorities: part(anyInstant.map((until) => new Map([['rds-ca-rsa2048-g1', until]]))),
    })
    .map(({ home, away, keys, shared, asked, quotas, ...rest }): Seen => {
      const snapshots = [...(partSeen(home) ?? []), ...(partSeen(away) ?? [])];
      const databases = partSeen(rest.databases) ?? [];
      const look = seen({ databases, home: partSeen(home) ?? [], away: partSeen(away) ?? [] });
      const ring = partSeen(keys);
      return {
        ...look,
        ...rest,
        snapshots: new Map([
          [HOME, home],
          [AWAY, away],
        ]),
        sharing: new Map(snapshots.slice(1).map(({ arn }) => [arn, { with: shared, asked }])),
        quotas: new Map([[HOME, quotas]]),
        keys:
          ring === undefined
            ? { unseen: 'KMS did not answer' }
            : seen({ databases, home: snapshots, away: [], keys: ring.flat() }).keys,
      };
    });
}

import type { InspectDecision } from '../../../../functions/inspect-database/look';
import { isToBeLookedInto, type Observed, plan } from '../../../../functions/inspect-database/plan';
import { conditionOf, type Database } from '../../../../shared/domain/database';
import type { InspectionRules, Policy } from '../../../../shared/domain/policy';
import { TAG } from '../../../../shared/domain/tags';
import { HOUR, SECOND } from '../../../../shared/domain/time';
import { at, database, HOME, policy, protection } from '../../../support/builders';

const NOW = at('2026-03-02 05:45');
const RULES: InspectionRules = {
  database: 'qrosity',
  user: 'holdfast_inspector',
  freshness: [],
  quiet: 24 * HOUR,
  shrink: 0.2,
  volatile: [],
  checks: [],
};
const GOLD = policy({ inspection: RULES });
const KEY = 'inspections/qrosity-db/us-east-1/2026-03-02T05:45:00Z-db-qrosity-db.json';

const planned = (
  databases: readonly Database[],
  newest: Readonly<Record<string, string | null>> = {},
  rules: Policy = GOLD,
  unable: Readonly<Record<string, string | null>> = {},
): InspectDecision[] => {
  const seen = { newest: new Map(Object.entries(newest)), unable: new Map(Object.entries(unable)) };
  return plan({ databases, ...seen } satisfies Observed, rules, NOW);
};

/** `qrosity-db due`, in the order of the plan. */
const words = (decisions: readonly InspectDecision[]) =>
  decisions.map(({ subject, reason }) => `${subject.database} ${reason}`);

it('looks into a protected database as the role that the policy names, and keeps its record under this moment', () => {
  const gold = protection({ inspection: RULES });
  expect(planned([database()])).toEqual([
    {
      subject: { database: 'qrosity-db', region: HOME },
      action: {
        kind: 'inspect',
        database: 'qrosity-db',
        region: HOME,
        endpoint: { host: 'qrosity-db.local', port: 5432 },
        protection: gold,
        rules: RULES,
        as: NOW,
        notAfter: NOW - SECOND,
        key: KEY,
        test: null,
      },
      reason: 'due',
      detail: 'qrosity as holdfast_inspector',
    },
  ]);
});

it('does not look twice for one moment, and does for the next', () => {
  expect(planned([database()], { 'qrosity-db': KEY })).toMatchObject([
    { action: null, outcome: 'nothing', reason: 'inspected-already', detail: `evidence ${KEY}` },
  ]);
  const before = KEY.replace('05:45:00', '05:44:59');
  expect(words(planned([database()], { 'qrosity-db': before }))).toEqual(['qrosity-db due']);
  // Made anew under the same name, it is another database.
  const another = database({ resource: 'db-another' });
  expect(words(planned([another], { 'qrosity-db': KEY }))).toEqual(['qrosity-db due']);
});

it('begins with those that nobody has looked into for longest, so that a run that ends early leaves none out for ever', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const rules = policy(
    { inspection: RULES },
    { databases: [{ match: { identifiers: ids }, policy: 'gold' }] },
  );
  const key = (id: string, day: string) =>
    `inspections/${id}/us-east-1/2026-02-${day}T05:45:00Z-db-${id}.json`;
  const newest = { a: key('a', '28'), b: key('b', '26'), c: null, d: key('d', '27') };
  const all = ids.map((id) => database({ id }));
  expect(words(planned(all, newest, rules))).toEqual(['c due', 'b due', 'd due', 'a due']);
});

it('counts an attempt that came to nothing, so that those out of reach do not come first for ever', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const rules = policy(
    { inspection: RULES },
    { databases: [{ match: { identifiers: ids }, policy: 'gold' }] },
  );
  const looked = (id: string, day: string) =>
    `inspections/${id}/us-east-1/2026-02-${day}T05:45:00Z-db-${id}.json`;
  const tried = (id: string, day: string) =>
    `inspections-unable/${id}/us-east-1/2026-02-${day}T05:45:00Z-unreachable.json`;
  const newest = { a: looked('a', '25'), b: looked('b', '27'), c: null, d: null };
  const unable = { a: tried('a', '28'), b: tried('b', '20'), c: tried('c', '26'), d: null };
  const all = ids.map((id) => database({ id }));
  expect(words(planned(all, newest, rules, unable))).toEqual(['d due', 'c due', 'b due', 'a due']);
});

it.each<[string, Partial<Database>, object]>([
  ['a database that is busy answers, too', { status: 'backing-up' }, { reason: 'due' }],
  ['a stopped one', { status: 'stopped' }, { reason: 'instance-stopped', outcome: 'postponed' }],
  ['one that is being made', { status: 'creating' }, { reason: 'instance-starting', outcome: 'postponed' }],
  [
    'one that lost its key',
    { status: 'inaccessible-encryption-credentials-recoverable' },
    { reason: 'instance-lost-key', outcome: 'postponed' },
  ],
  [
    'one that is being deleted',
    { status: 'deleting' },
    { reason: 'instance-deleting', outcome: 'postponed' },
  ],
  ['one without an endpoint', { endpoint: null }, { reason: 'instance-starting', outcome: 'postponed' }],
  [
    'one that no role can sign in to by IAM',
    { iamLogin: false },
    {
      reason: 'no-iam-login',
      outcome: 'refused',
      hint: 'aws rds modify-db-instance --region us-east-1 --db-instance-identifier qrosity-db --enable-iam-database-authentication --apply-immediately',
    },
  ],
  [
    'another engine',
    { engine: 'mysql' },
    { reason: 'not-postgresql', outcome: 'refused', detail: 'engine mysql' },
  ],
  ['a member of a cluster', { inCluster: true }, { reason: 'cluster-member', outcome: 'refused' }],
])('%s', (_, fields, expected) => {
  const condition = conditionOf(fields.status ?? 'available');
  expect(planned([database({ condition, ...fields })])).toMatchObject([expected]);
});

it('says of a policy without an inspection that nobody looks, and asks for no evidence of its databases', () => {
  const silent = policy();
  expect(planned([database()], {}, silent)).toMatchObject([
    { outcome: 'nothing', reason: 'no-inspection', hint: expect.stringContaining('inspection: { database:') },
  ]);
  expect(isToBeLookedInto(database(), silent)).toBe(false);
  expect(isToBeLookedInto(database(), GOLD)).toBe(true);
});

it('passes over what nobody promised to protect, and what a restore test made', () => {
  const stranger = database({ id: 'another' });
  const restored = database({ tags: { [TAG.restoreTest]: '2026-03-01T09:00:00Z' } });
  expect(planned([stranger])).toMatchObject([
    { subject: { database: 'qrosity-db' }, reason: 'instance-gone' },
  ]);
  expect(planned([restored])).toEqual([]);
  for (const one of [stranger, restored]) expect(isToBeLookedInto(one, GOLD)).toBe(false);
});

it('tells of a database that the policy names and that is not there', () => {
  expect(planned([])).toEqual([
    {
      subject: { database: 'qrosity-db', region: HOME },
      action: null,
      outcome: 'nothing',
      reason: 'instance-gone',
      detail: 'there is no such instance',
    },
  ]);
});

import {
  isRestored,
  planRestored,
  type Restored,
  testOf,
} from '../../../../functions/inspect-database/restored';
import { conditionOf, type Database } from '../../../../shared/domain/database';
import type { InspectionRules, Policy } from '../../../../shared/domain/policy';
import { TAG, type Tags } from '../../../../shared/domain/tags';
import { HOUR } from '../../../../shared/domain/time';
import { AWAY, at, database, HOME, policy, protection } from '../../../support/builders';

const REQUESTED = at('2026-03-02 09:05');
const POINT = at('2026-03-02 08:02');
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
const TAGS: Tags = {
  [TAG.owner]: 'holdfast',
  [TAG.database]: 'qrosity-db',
  [TAG.policy]: 'gold',
  [TAG.restoreTest]: '2026-03-02T09:05:00Z',
  [TAG.recoveryPoint]: '2026-03-02T08:02:00Z',
};
const KEY = 'restored/qrosity-db/us-west-2/2026-03-02T09:05:00Z-inspection.json';

const instance = (fields: Partial<Database> = {}, tags: Tags = {}): Database => {
  const condition = conditionOf(fields.status ?? 'available');
  return database({ id: 'holdfast-test', region: AWAY, condition, ...fields, tags: { ...TAGS, ...tags } });
};
const without = (...keys: string[]): Database => {
  const tags = Object.fromEntries(Object.entries(TAGS).filter(([key]) => !keys.includes(key)));
  return { ...instance(), tags };
};
const decided = (one: Database, looked = false, rules: Policy = GOLD) => {
  const [decision, ...others] = planRestored([{ instance: one, looked } satisfies Restored], rules);
  expect(others).toEqual([]);
  return decision;
};

it('looks into a restored instance by the rules of its policy, as of its recovery point, for the test that made it', () => {
  expect(decided(instance())).toEqual({
    subject: { database: 'qrosity-db', region: AWAY },
    action: {
      kind: 'inspect',
      database: 'qrosity-db',
      region: AWAY,
      endpoint: { host: 'holdfast-test.local', port: 5432 },
      protection: protection({ inspection: RULES }),
      rules: RULES,
      as: POINT,
      notAfter: POINT,
      key: KEY,
      test: { database: 'qrosity-db', region: AWAY, requested: REQUESTED },
    },
    reason: 'due',
    detail: 'holdfast-test: qrosity as holdfast_inspector',
  });
});

it('never looks again once the record is there, whatever became of the instance', () => {
  const nothing = {
    action: null,
    outcome: 'nothing',
    reason: 'inspected-already',
    detail: `evidence ${KEY}`,
  };
  expect(decided(instance(), true)).toMatchObject(nothing);
  expect(decided(instance({ status: 'modifying' }), true)).toMatchObject(nothing);
});

it.each([
  ['creating', 'instance-starting'],
  // RDS takes a first backup of what it restored.
  ['backing-up', 'instance-busy'],
  ['stopped', 'instance-stopped'],
  ['failed', 'instance-unusable'],
])('waits while RDS says %s: how long, is for the test to say', (status, reason) => {
  expect(decided(instance({ status }))).toMatchObject({ outcome: 'postponed', reason });
});

it('waits for an endpoint, and leaves one that is being deleted alone', () => {
  expect(decided(instance({ endpoint: null }))).toMatchObject({ reason: 'instance-starting' });
  expect(decided(instance({ status: 'deleting' }))).toMatchObject({
    outcome: 'nothing',
    reason: 'instance-deleting',
  });
});

it('lets the look itself find out that nobody can sign in by IAM: the test is told so', () => {
  expect(decided(instance({ iamLogin: false }))).toMatchObject({ reason: 'due' });
});

it.each<[string, Database]>([
  ['that do not say of which database', without(TAG.database)],
  ['with a test that is no instant', instance({}, { [TAG.restoreTest]: 'by hand' })],
  ['without a recovery point', without(TAG.recoveryPoint)],
  ['with a recovery point that is no instant', instance({}, { [TAG.recoveryPoint]: '2026-02-30T00:00:00Z' })],
  ['of no policy', without(TAG.policy)],
  ['of a policy that is not there', instance({}, { [TAG.policy]: 'silver' })],
  ['of a policy of a name that every object answers to', instance({}, { [TAG.policy]: 'constructor' })],
])('refuses tags %s, and says how to be rid of the instance', (_, one) => {
  expect(decided(one)).toMatchObject({
    action: null,
    outcome: 'refused',
    reason: 'unclear-tags',
    hint: expect.stringContaining(
      'delete-db-instance --region us-west-2 --db-instance-identifier holdfast-test',
    ),
  });
});

it('refuses one whose policy does not say how to look', () => {
  expect(decided(instance(), false, policy())).toMatchObject({ outcome: 'refused', reason: 'no-inspection' });
});

it('knows what restore tests of this installation made, and nothing else', () => {
  expect(isRestored(instance(), 'holdfast')).toBe(true);
  expect(isRestored(instance(), 'another')).toBe(false);
  expect(isRestored(without(TAG.owner), 'holdfast')).toBe(false);
  expect(isRestored(without(TAG.restoreTest), 'holdfast')).toBe(false);
  expect(isRestored(database(), 'holdfast')).toBe(false);
});

it('tells the test by source, region and the moment that it was asked for', () => {
  expect(testOf(instance())).toEqual({ database: 'qrosity-db', region: AWAY, requested: REQUESTED });
  expect(testOf(instance({ region: HOME }))).toMatchObject({ region: HOME });
  expect(testOf(without(TAG.database))).toBeNull();
});

import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { policyJsonSchema } from '../../../../shared/runtime/policy-json-schema';

// What a check shall answer may be a text, a number, or true or false.
const accepts = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(policyJsonSchema()));
const minimal = () => ({
  home: 'us-east-1',
  databases: [{ match: { identifiers: ['qrosity-db'] }, policy: 'gold' }],
  policies: {
    gold: { recovery: { point: '2h', time: '4h' }, snapshots: { every: '1h' }, retention: { daily: 30 } },
  },
});

it('is the one that editors read; if not, run npm run schema', () => {
  expect(readFileSync('policy.schema.json', 'utf8')).toBe(policyJsonSchema());
});

it('is named by the first line of policy.yml', () => {
  expect(readFileSync('policy.yml', 'utf8').split('\n')[0]).toBe(
    '# yaml-language-server: $schema=./policy.schema.json',
  );
});

it('accepts policy.yml, and a minimal policy without any default written out', () => {
  expect(accepts(parse(readFileSync('policy.yml', 'utf8')))).toBe(true);
  expect(accepts(minimal())).toBe(true);
});

it.each([
  ['an unknown key', { colour: 'blue' }],
  ['no region', { home: 'us-eats-1' }],
  ['no database', { databases: [] }],
  ['a match by nothing', { databases: [{ match: {}, policy: 'gold' }] }],
  ['a match by both', { databases: [{ match: { identifiers: ['a'], tags: { a: 'b' } }, policy: 'gold' }] }],
  ['no policy', { policies: {} }],
  ['a share without its sign', { limits: { pruneShare: '50' } }],
  ['a network without its security groups', { network: { subnets: ['subnet-0a1b2c3d'] } }],
])('shows %s in the editor already', (_, change) => {
  expect(accepts({ ...minimal(), ...change })).toBe(false);
});

it.each([
  ['SELECT 1', true],
  ['  with x as (select 1) select * from x', true],
  ['Delete from orders', false],
  ['selection', false],
])('takes %j for a query of one reader: %p', (sql, taken) => {
  const { gold } = minimal().policies;
  const inspection = { database: 'qrosity', checks: [{ name: 'own', sql, min: 1 }] };
  expect(accepts({ ...minimal(), policies: { gold: { ...gold, inspection } } })).toBe(taken);
});

it('explains every field', () => {
  const missing: string[] = [];
  const visit = (schema: Record<string, unknown>, path: string): void => {
    for (const [key, field] of Object.entries((schema.properties ?? {}) as Record<string, object>)) {
      if (!('description' in field)) missing.push(`${path}.${key}`);
      visit(field as Record<string, unknown>, `${path}.${key}`);
    }
    for (const inside of ['items', 'additionalProperties'] as const) {
      const field = schema[inside];
      if (typeof field === 'object' && field !== null) visit(field as Record<string, unknown>, `${path}[]`);
    }
  };
  visit(JSON.parse(policyJsonSchema()), '');
  expect(missing).toEqual([]);
});

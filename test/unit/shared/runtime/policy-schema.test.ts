import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { policyJsonSchema } from '../../../../shared/runtime/policy-json-schema';

const accepts = new Ajv({ allErrors: true }).compile(JSON.parse(policyJsonSchema()));
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
])('shows %s in the editor already', (_, change) => {
  expect(accepts({ ...minimal(), ...change })).toBe(false);
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

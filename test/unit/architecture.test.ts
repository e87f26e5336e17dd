import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

// What the import rules (.dependency-cruiser.cjs, run before these tests) cannot see.

const ROOT = join(__dirname, '../..');

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

const code = (file: string) => transformSync(readFileSync(join(ROOT, file), 'utf8'), { loader: 'ts' }).code;

it('reads the clock in shared/runtime/clock.ts and nowhere else', () => {
  const readers = [...sources('functions'), ...sources('shared')].filter((file) =>
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bhrtime\b|\bDate\(\)/.test(code(file)),
  );
  expect(readers).toEqual(['shared/runtime/clock.ts']);
});

it('reads the environment in the Lambda wrapper and nowhere else', () => {
  const readers = [...sources('functions'), ...sources('shared')].filter((file) =>
    /\bprocess\.env\b/.test(code(file)),
  );
  expect(readers).toEqual(['shared/runtime/lambda.ts']);
});

it('has ports that are types and nothing more', () => {
  const ports = sources('shared/ports');
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((file) => code(file).trim() !== '')).toEqual([]);
});

it('has no randomness in the rules: names come from what is wanted', () => {
  const rules = [...sources('shared/domain'), ...sources('functions')];
  expect(rules.filter((file) => /Math\.random|randomUUID|randomBytes/.test(code(file)))).toEqual([]);
});

it("has properties that begin at one seed: a red run is a change's, and not chance's", () => {
  const users = sources('test').filter((file) =>
    /^import .+ from 'fast-check'/m.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  expect(users).toEqual(['test/support/seeded.ts']);
});

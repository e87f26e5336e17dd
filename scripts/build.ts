import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * `npm run build`: one CommonJS file per function, `dist/functions/<name>/handler.js`, with the SDK inside: what was
 * tested is what runs, whatever SDK the runtime brings. `serverless package` packs these very files.
 */

/**
 * The most that a bundle may weigh, in kB. Measured: 650, of which the SDK's RDS client is a third, and with S3's client
 * and pg 903; loading it takes some 90 ms on a laptop, and 120 with those. A second copy of the SDK or a library that
 * drags its locales in goes over it.
 */
const BUDGET = 950;

/**
 * Of those that need more. Measured: `report-compliance` 1306, for it speaks to seven services. Security Hub's client is 179
 * of it, nearly all of them the shapes of other people's findings; S3's is 104; the controls and the report's formats are
 * 127, what draws its page 82. It loads in some 130 ms, once for as long as Lambda keeps it.
 */
const BUDGETS: Readonly<Record<string, number>> = { 'report-compliance': 1350 };

const FUNCTIONS = resolve(__dirname, '..', 'functions');
const DIST = resolve(__dirname, '..', 'dist', 'functions');

async function main(): Promise<void> {
  const names = (await readdir(FUNCTIONS)).filter((name) =>
    existsSync(resolve(FUNCTIONS, name, 'handler.ts')),
  );
  if (names.length === 0)
    throw new Error('no functions/*/handler.ts found\nhint: run from a complete checkout');
  await rm(DIST, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: names.map((name) => ({
      in: resolve(FUNCTIONS, name, 'handler.ts'),
      out: `${name}/handler`,
    })),
    outdir: DIST,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Modules before CommonJS, which cannot be shaken: 640 kB instead of 930.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    // Traces then name our lines; the lines themselves are in the repository.
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const sizes = Object.entries(metafile.outputs)
    .filter(([file]) => file.endsWith('.js'))
    .map(([file, { bytes }]) => ({
      file,
      kB: Math.ceil(bytes / 1000),
      budget: BUDGETS[basename(dirname(file))] ?? BUDGET,
    }));
  for (const { file, kB } of sizes) console.log(`${String(kB).padStart(5)} kB  ${file}`);
  for (const { file } of sizes) loads(file);
  const heavy = sizes.filter(({ kB, budget }) => kB > budget);
  if (heavy.length > 0) {
    throw new Error(
      `over the budget: ${heavy.map(({ file, budget }) => `${file} (${budget} kB)`).join(', ')}\nhint: look for what came in with npx esbuild --analyze`,
    );
  }
}

/** Lambda looks `handler` up by name: a bundle that does not export it would fail at its first invocation only. */
function loads(file: string): void {
  const bundle = createRequire(__filename)(resolve(file)) as { handler?: unknown };
  if (typeof bundle.handler !== 'function') throw new Error(`${file} exports no function named handler`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** One run of the bundle of report-compliance, as Lambda makes it; the other half of bench-compliance.ts. */

export interface Asked {
  readonly pass: 'light' | 'daily';
  readonly time: string;
}

export interface Ran {
  readonly seconds: number;
  /** MB of resident memory, with Node and the bundle in it. */
  readonly peak: number;
  readonly open: number;
  readonly failed: string | null;
}

/** Lambda's, as serverless.yml sets it. */
const TIMEOUT = 300_000;

type Answer = { readonly open: Readonly<Record<string, number>> | null };

process.once('message', async (asked: Asked) => {
  const bundle = resolve(__dirname, '..', 'dist/functions/report-compliance/handler.js');
  const begun = process.hrtime.bigint();
  const passed = () => Number(process.hrtime.bigint() - begun) / 1e6;
  const { handler } = createRequire(__filename)(bundle) as {
    handler: (event: Asked, context: object) => Promise<Answer>;
  };
  let answer: Answer | null = null;
  let failed: string | null = null;
  try {
    answer = await handler(asked, {
      awsRequestId: `bench-${asked.pass}-${asked.time}`,
      getRemainingTimeInMillis: () => TIMEOUT - passed(),
    });
  } catch (error) {
    failed = (error as Error).message.slice(0, 2_000);
    answer = (error as { report?: Answer }).report ?? null;
  }
  const open = Object.values(answer?.open ?? {}).reduce((sum, count) => sum + count, 0);
  const ran: Ran = { seconds: passed() / 1000, peak: process.resourceUsage().maxRSS / 1024, open, failed };
  process.send?.(ran, () => process.exit(0));
});

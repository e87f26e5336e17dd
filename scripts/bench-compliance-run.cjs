// One run of the bundle of report-compliance, as a cold Lambda makes it; the other half of bench-compliance.ts. Without a
// loader: what it measures is the bundle's memory, and nobody else's.
const { resolve } = require('node:path');

/** Lambda's, as serverless.yml sets it. */
const TIMEOUT = 300_000;

let peak = 0;
const look = () => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
// Not maxRSS: a forked process inherits that of its parent, which has AWS in it.
setInterval(look, 10).unref();

process.once('message', async (asked) => {
  const begun = process.hrtime.bigint();
  const passed = () => Number(process.hrtime.bigint() - begun) / 1e6;
  const { handler } = require(resolve(__dirname, '..', 'dist/functions/report-compliance/handler.js'));
  let answer = null;
  let failed = null;
  try {
    answer = await handler(asked, {
      awsRequestId: `bench-${asked.pass}-${asked.time}`,
      getRemainingTimeInMillis: () => TIMEOUT - passed(),
    });
  } catch (error) {
    failed = error.message.slice(0, 2_000);
    answer = error.report ?? null;
  }
  look();
  const open = Object.values(answer?.open ?? {}).reduce((sum, count) => sum + count, 0);
  process.send({ seconds: passed() / 1000, peak: peak / 2 ** 20, open, failed }, () => process.exit(0));
});

import type { Datum } from '../engine/cloudwatch/metrics';

/** A line of the embedded metric format, as far as our functions write it. */
interface Embedded {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** The metrics that CloudWatch finds in a line of a function's log; none in any other line. */
export function metricsIn(line: string): Datum[] {
  if (!line.startsWith('{')) return [];
  const found = JSON.parse(line) as Embedded;
  return (found._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }): Datum => {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(found[name])]));
        return { namespace: Namespace, name: Name, dimensions, value: Number(found[Name]) };
      }),
    ),
  );
}

/**
 * Runs a handler, and takes what it logs by `console.log` for itself: with POWERTOOLS_DEV that is where its metrics go, as
 * they go to CloudWatch Logs on Lambda.
 */
export async function logging<T>(run: () => Promise<T>, onMetric: (datum: Datum) => void): Promise<T> {
  const { log } = console;
  console.log = (...words: unknown[]) => {
    const data = words.length === 1 && typeof words[0] === 'string' ? metricsIn(words[0]) : [];
    if (data.length === 0) log(...words);
    for (const datum of data) onMetric(datum);
  };
  try {
    return await run();
  } finally {
    console.log = log;
  }
}

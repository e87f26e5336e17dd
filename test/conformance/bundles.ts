import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { Report } from '../../shared/domain/decision';

export const ROOT = resolve(__dirname, '..', '..');

/** Where an endpoint that speaks AWS listens, and whom it takes us for. */
export interface Endpoint {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Came {
  readonly answer?: Report & { readonly identifier?: string; readonly state?: string };
  readonly error?: { readonly name: string; readonly message: string };
  /** What it logged: one JSON object a line. */
  readonly log: string;
}

/**
 * Invokes a bundled handler as a stranger would: plain node, and no variable but POLICY_FILE and AWS's own. Whatever
 * else a bundle needed would fail here.
 *
 * @param variables what serverless.yml sets for this function alone, or another POLICY_FILE
 */
export function invoke(
  { url, accessKeyId, secretAccessKey }: Endpoint,
  name: string,
  event?: unknown,
  variables: Readonly<Record<string, string>> = {},
): Promise<Came> {
  const bundle = resolve(ROOT, 'dist', 'functions', name, 'handler.js');
  const args = [
    resolve(__dirname, 'invoke.cjs'),
    bundle,
    ...(event === undefined ? [] : [JSON.stringify(event)]),
  ];
  const env = {
    POLICY_FILE: resolve(__dirname, 'policy.yml'),
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...variables,
  };
  return new Promise((done, failed) => {
    // Through a shell, that descriptor 3 may become stdout, which is what execFile collects.
    const command = 'exec 4>&1 1>&2 3>&4 4>&-; exec "$0" "$@"';
    execFile('/bin/sh', ['-c', command, process.execPath, ...args], { env }, (error, stdout, stderr) => {
      if (error !== null) failed(new Error(`${name} ended with ${error.code}: ${stderr}`));
      else done({ ...(JSON.parse(stdout) as Omit<Came, 'log'>), log: stderr });
    });
  });
}

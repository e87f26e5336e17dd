import { RDSClient } from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { ACCOUNT, HOME } from '../world';

/** The SDK's client, unchanged, on this cloud. A bug in an operation fails the call that met it. */
export function rdsOn(cloud: Cloud, region = HOME): RDSClient {
  return new RDSClient({
    region,
    requestHandler: inProcess(
      new Router(cloud.services, {
        account: cloud.account,
        onError: (error) => {
          throw error;
        },
      }),
    ),
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}

/** The name of the SDK's error, or `ok`. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'ok',
    (error: Error) => error.name,
  );
}

import type { Cloud } from '../../../../local/cloud';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { HOME } from '../world';

/** For an SDK's client: straight to a local cloud. A bug of the engine comes out of the call as it is. */
export function to(cloud: Cloud, region: string = HOME) {
  const router = new Router(cloud.services, {
    account: cloud.account,
    onError: (error) => {
      throw error;
    },
  });
  return {
    region,
    requestHandler: inProcess(router),
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
    maxAttempts: 1,
  };
}

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: unknown;
}

/** `ok`, or the name and the words of a refusal. Anything but a refusal is a bug and goes on. */
export async function answer(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    const { name, message, $metadata } = error as Failure;
    if ($metadata === undefined) throw error;
    return `${name}: ${message}`;
  }
}

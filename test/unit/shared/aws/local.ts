import { type Cloud, type CloudOptions, createCloud } from '../../../../local/cloud';
import { Faults } from '../../../../local/faults';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { type ClientOptions, Clients } from '../../../../shared/aws/clients';
import { Refusal } from '../../../../shared/domain/refusal';
import { ACCOUNT, AWAY, at, HOME } from '../../../support/builders';

export interface Local {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly router: Router;
  readonly options: ClientOptions;
  readonly clients: Clients;
}

/** AWS in this process, and what adapters need to call it with the SDK's unchanged clients. */
export function local(options: CloudOptions = {}): Local {
  const cloud = createCloud({
    start: at('2026-03-01 09:00'),
    account: ACCOUNT,
    regions: [HOME, AWAY],
    ...options,
  });
  const faults = new Faults();
  const router = new Router(cloud.services, {
    account: ACCOUNT,
    faults,
    onError: (error) => {
      throw error;
    },
  });
  const wired = {
    requestHandler: inProcess(router),
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  return { cloud, faults, router, options: wired, clients: new Clients(wired) };
}

/** `kind: message` of the refusal that a call ends in; any other end is a fault of the test. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const answer = await call.then(
    (value) => new Error(`it answered ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (answer instanceof Refusal) return `${answer.kind}: ${answer.message}`;
  throw answer;
}

import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { RDSClient, type RDSClientConfig } from '@aws-sdk/client-rds';

/** What tests and the rehearsal may set; a Lambda sets nothing and gets the SDK's own ways of finding AWS. */
export type ClientOptions = Pick<
  RDSClientConfig & KMSClientConfig,
  'requestHandler' | 'maxAttempts' | 'credentials'
>;

/**
 * One client per service and region, made when first asked for: a cold start pays for what it uses. Endpoint,
 * credentials and the number of attempts come from the SDK's standard variables; serverless.yml sets the last.
 */
export class Clients {
  readonly #rds = new Map<string, RDSClient>();
  readonly #kms = new Map<string, KMSClient>();

  constructor(private readonly options: ClientOptions = {}) {}

  rds(region: string): RDSClient {
    return once(this.#rds, region, () => new RDSClient({ ...this.options, region }));
  }

  kms(region: string): KMSClient {
    return once(this.#kms, region, () => new KMSClient({ ...this.options, region }));
  }
}

/** What a map holds under a key, made when it is first asked for. */
export function once<T>(made: Map<string, T>, key: string, make: () => T): T {
  const known = made.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

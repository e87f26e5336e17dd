import { Signer } from '@aws-sdk/rds-signer';
import type { Address, DatabaseTokens } from '../ports/inspector';
import type { ClientOptions } from './clients';
import { calling } from './errors';

/** IAM database authentication: a token is signed here, without a call to AWS, and is good for 15 minutes. */
export class RdsTokens implements DatabaseTokens {
  constructor(private readonly options: Pick<ClientOptions, 'credentials'> = {}) {}

  token(region: string, { host, port, user }: Address): Promise<string> {
    return calling(`sign a token for ${user} at ${host}`, () =>
      new Signer({
        region,
        hostname: host,
        port,
        username: user,
        ...(this.options.credentials === undefined ? {} : { credentials: this.options.credentials }),
      }).getAuthToken(),
    );
  }
}

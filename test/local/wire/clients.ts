import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { inProcess } from '../../../local/wire/in-process';
import { listen } from '../../../local/wire/listen';
import type { Router } from '../../../local/wire/router';

export interface Caller {
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly maxAttempts?: number;
}

/** Makes SDK clients, and nothing about them is changed but where they send to. */
export interface Transport {
  rds(caller?: Caller): RDSClient;
  kms(caller?: Caller): KMSClient;
  s3(caller?: Caller): S3Client;
  close(): Promise<void>;
}

type AnyClient = RDSClient | KMSClient | S3Client;

function config({ region = 'us-east-1', accessKeyId = 'AKIAIOSFODNN7EXAMPLE', maxAttempts = 1 }: Caller) {
  return { region, maxAttempts, credentials: { accessKeyId, secretAccessKey: 'any' } };
}

export async function overHttp(router: Router): Promise<Transport> {
  const server = await listen(router);
  const clients: AnyClient[] = [];
  const keep = <C extends AnyClient>(client: C): C => {
    clients.push(client);
    return client;
  };
  return {
    rds: (caller = {}) => keep(new RDSClient({ ...config(caller), endpoint: server.url })),
    kms: (caller = {}) => keep(new KMSClient({ ...config(caller), endpoint: server.url })),
    s3: (caller = {}) => keep(new S3Client({ ...config(caller), endpoint: server.url })),
    close: async () => {
      for (const client of clients) client.destroy();
      await server.close();
    },
  };
}

export async function withoutSocket(router: Router): Promise<Transport> {
  const requestHandler = inProcess(router);
  return {
    rds: (caller = {}) => new RDSClient({ ...config(caller), requestHandler }),
    kms: (caller = {}) => new KMSClient({ ...config(caller), requestHandler }),
    s3: (caller = {}) => new S3Client({ ...config(caller), requestHandler }),
    close: async () => {},
  };
}

export const TRANSPORTS = [
  ['over HTTP', overHttp],
  ['in process', withoutSocket],
] as const;

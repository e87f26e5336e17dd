import {
  type DefaultRetention,
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  S3Client,
  type ServerSideEncryptionByDefault,
} from '@aws-sdk/client-s3';
import type { EvidenceStore } from '../domain/controls/seen';
import { DAY } from '../domain/time';
import type { Bucket } from '../ports/bucket';
import { type ClientOptions, once } from './clients';
import { translate } from './errors';

/** S3 says so of a bucket without a lock, or without a rule of encryption, where other services answer with nothing. */
const NO_LOCK = 'ObjectLockConfigurationNotFoundError';
const NO_ENCRYPTION = 'ServerSideEncryptionConfigurationNotFoundError';

/** The key that S3 takes where a bucket is to be encrypted under KMS and names none. */
const MANAGED_BY_AWS = 'alias/aws/s3';

export class S3Bucket implements Bucket {
  readonly #clients = new Map<string, S3Client>();

  constructor(private readonly options: ClientOptions = {}) {}

  async key(region: string, bucket: string): Promise<string | null> {
    const { SSEAlgorithm, KMSMasterKeyID } = (await this.#encryption(region, bucket)) ?? {};
    if (encryptionOf(SSEAlgorithm) !== 'kms') return null;
    return KMSMasterKeyID || MANAGED_BY_AWS;
  }

  async settings(region: string, bucket: string): Promise<EvidenceStore> {
    const s3 = this.#client(region);
    const of = { Bucket: bucket };
    const versioning = await answerOr(
      s3.send(new GetBucketVersioningCommand(of)),
      `read the versioning of s3://${bucket}`,
    );
    const locked = await answerOr(
      s3.send(new GetObjectLockConfigurationCommand(of)),
      `read the object lock of s3://${bucket}`,
      NO_LOCK,
    );
    const encrypted = await this.#encryption(region, bucket);
    return {
      bucket,
      lock: lockOf(locked?.ObjectLockConfiguration?.Rule?.DefaultRetention),
      versioned: versioning?.Status === 'Enabled',
      encryption: encryptionOf(encrypted?.SSEAlgorithm),
    };
  }

  async #encryption(region: string, bucket: string): Promise<ServerSideEncryptionByDefault | undefined> {
    const answer = await answerOr(
      this.#client(region).send(new GetBucketEncryptionCommand({ Bucket: bucket })),
      `read the encryption of s3://${bucket}`,
      NO_ENCRYPTION,
    );
    return answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  }

  #client(region: string): S3Client {
    return once(this.#clients, region, () => new S3Client({ ...this.options, region }));
  }
}

/** Null where S3 says by this error that there is none. */
async function answerOr<T>(call: Promise<T>, doing: string, none?: string): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (none !== undefined && (error as { name?: string }).name === none) return null;
    throw translate(error, doing);
  }
}

function lockOf(retention: DefaultRetention | undefined): EvidenceStore['lock'] {
  const { Mode, Days, Years } = retention ?? {};
  const days = Days ?? (Years === undefined ? undefined : Years * 365);
  if (Mode === undefined || days === undefined) return null;
  return { mode: Mode === 'COMPLIANCE' ? 'compliance' : 'governance', keeps: days * DAY };
}

/** `aws:kms:dsse` is two layers under keys of KMS. */
function encryptionOf(algorithm: string | undefined): EvidenceStore['encryption'] {
  if (algorithm === undefined) return null;
  return algorithm.startsWith('aws:kms') ? 'kms' : 's3';
}

import {
  type DefaultRetention,
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { EvidenceStore } from '../domain/controls/seen';
import { DAY } from '../domain/time';
import type { Bucket } from '../ports/bucket';
import { type ClientOptions, once } from './clients';
import { translate } from './errors';

/** S3 says so of a bucket without a lock, or without a rule of encryption, where other services answer with nothing. */
const NO_LOCK = 'ObjectLockConfigurationNotFoundError';
const NO_ENCRYPTION = 'ServerSideEncryptionConfigurationNotFoundError';

export class S3Bucket implements Bucket {
  readonly #clients = new Map<string, S3Client>();

  constructor(private readonly options: ClientOptions = {}) {}

  async settings(region: string, bucket: string): Promise<EvidenceStore> {
    const s3 = once(this.#clients, region, () => new S3Client({ ...this.options, region }));
    const of = { Bucket: bucket };
    const ask = <T>(what: string, call: Promise<T>, none?: string) =>
      answerOr(call, `read the ${what} of s3://${bucket}`, none);
    const versioning = await ask('versioning', s3.send(new GetBucketVersioningCommand(of)));
    const locked = await ask('object lock', s3.send(new GetObjectLockConfigurationCommand(of)), NO_LOCK);
    const encrypted = await ask('encryption', s3.send(new GetBucketEncryptionCommand(of)), NO_ENCRYPTION);
    const [rule] = encrypted?.ServerSideEncryptionConfiguration?.Rules ?? [];
    return {
      bucket,
      lock: lockOf(locked?.ObjectLockConfiguration?.Rule?.DefaultRetention),
      versioned: versioning?.Status === 'Enabled',
      encryption: encryptionOf(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm),
    };
  }
}

/** Null where S3 says by this error that there is none. */
async function answerOr<T>(call: Promise<T>, doing: string, none: string | undefined): Promise<T | null> {
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

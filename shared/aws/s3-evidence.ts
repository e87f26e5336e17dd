import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type EvidenceRecord, evidenceText, evidenceTime } from '../domain/evidence';
import { Refusal } from '../domain/refusal';
import { DAY, formatInstant, type Instant } from '../domain/time';
import type { Evidence, EvidenceFile, EvidenceFiles } from '../ports/evidence';
import { type ClientOptions, once } from './clients';
import { calling, translate } from './errors';

/** Of a record, in bytes. A record of 10,000 tenants is some 2 MiB; more is data, and belongs in a backup. */
const MOST_BYTES = 5 * 2 ** 20;

/** S3's largest page, and its default. */
const PAGE = 1000;

/**
 * How far back `newest` looks, ever further. S3 lists in ascending order only, and from a key on: of a series with a
 * record an hour, the last day is 24 keys and a year nine pages.
 */
const BACK = [DAY, 8 * DAY, 64 * DAY, Number.POSITIVE_INFINITY];

/** Makes its own clients: only the functions that keep evidence carry S3's in their bundle. */
export class S3Evidence {
  readonly #clients = new Map<string, S3Client>();

  constructor(private readonly options: ClientOptions = {}) {}

  store(bucket: string, region: string): Evidence & EvidenceFiles {
    const client = once(this.#clients, region, () => new S3Client({ ...this.options, region }));
    return new Store(client, bucket);
  }
}

class Store implements Evidence, EvidenceFiles {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async keep<Kept extends EvidenceRecord>(key: string, record: Kept): Promise<'kept' | 'kept-before'> {
    const text = evidenceText(record);
    const file = { bytes: Buffer.from(text), type: 'application/json' };
    const doing = `keep s3://${this.bucket}/${key}`;
    if (file.bytes.length > MOST_BYTES) {
      throw new Refusal(
        'invalid',
        `${doing}: the record has ${file.bytes.length} bytes, more than ${MOST_BYTES}`,
        'keep counts and the first findings of each kind instead of every row',
      );
    }
    return this.#put(key, file, doing, async () => {
      const standing = await this.read(key);
      return standing === null ? null : evidenceText(standing as EvidenceRecord) === text;
    });
  }

  async keepFile(key: string, file: EvidenceFile): Promise<'kept' | 'kept-before'> {
    return this.#put(key, file, `keep s3://${this.bucket}/${key}`, async () => {
      const standing = await this.readFile(key);
      return standing === null ? null : Buffer.compare(standing, file.bytes) === 0;
    });
  }

  async list(
    prefix: string,
    { after, most = Number.POSITIVE_INFINITY }: { readonly after?: string; readonly most?: number } = {},
  ): Promise<string[]> {
    const keys: string[] = [];
    if (most < 1) return keys;
    for await (const key of this.#keys(prefix, after, Math.min(most, PAGE))) {
      keys.push(key);
      if (keys.length >= most) break;
    }
    return keys;
  }

  async newest(series: string, before: Instant): Promise<string | null> {
    for (const back of BACK) {
      const from = before - back;
      let newest: string | null = null;
      for await (const key of this.#keys(series, from > 0 ? `${series}${formatInstant(from)}` : undefined)) {
        const time = evidenceTime(key);
        if (time === null) continue;
        if (time > before) break;
        newest = key;
      }
      if (newest !== null) return newest;
    }
    return null;
  }

  async read(key: string): Promise<unknown | null> {
    const bytes = await this.readFile(key);
    if (bytes === null) return null;
    try {
      return JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch (error) {
      throw new Refusal(
        'invalid',
        `read s3://${this.bucket}/${key}: it is no JSON`,
        'look for who else writes into this bucket',
        { cause: error },
      );
    }
  }

  async readFile(key: string): Promise<Uint8Array | null> {
    const doing = `read s3://${this.bucket}/${key}`;
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if ((error as { name?: string }).name === 'NoSuchKey') return null;
      throw translate(error, doing);
    }
  }

  /** @param isSame whether what lies there is what was to be kept; null when nothing does */
  async #put(
    key: string,
    { bytes, type }: EvidenceFile,
    doing: string,
    isSame: () => Promise<boolean | null>,
  ): Promise<'kept' | 'kept-before'> {
    try {
      await this.client.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: key,
          Body: bytes,
          ContentType: type,
          IfNoneMatch: '*',
        }),
      );
      return 'kept';
    } catch (error) {
      if (!isTaken(error)) throw translate(error, doing);
    }
    // Also what a second attempt hears when the first one got through and its answer did not.
    const same = await isSame();
    if (same === true) return 'kept-before';
    if (same === null)
      throw new Refusal('busy', `${doing}: it was taken, and is empty now`, 'the next run tries again');
    throw new Refusal(
      'taken',
      `${doing}: another one lies there`,
      'two runs found different things at the same instant: compare the two, and leave the one that was kept',
    );
  }

  /** Page by page, as far as the caller goes on reading. */
  async *#keys(prefix: string, after: string | undefined, size = PAGE): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page = await calling(`list s3://${this.bucket}/${prefix}`, () =>
        this.client.send(
          new ListObjectsV2Command({
            Bucket: this.bucket,
            Prefix: prefix,
            MaxKeys: size,
            ...(token === undefined
              ? after !== undefined && { StartAfter: after }
              : { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }
}

function isTaken(error: unknown): boolean {
  return (error as { name?: string }).name === 'PreconditionFailed';
}

import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type EvidenceRecord, evidenceText, evidenceTime } from '../domain/evidence';
import { Refusal } from '../domain/refusal';
import { DAY, formatInstant, type Instant } from '../domain/time';
import type { Evidence } from '../ports/evidence';
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

  store(bucket: string, region: string): Evidence {
    const client = once(this.#clients, region, () => new S3Client({ ...this.options, region }));
    return new Store(client, bucket);
  }
}

class Store implements Evidence {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async keep<Kept extends EvidenceRecord>(key: string, record: Kept): Promise<'kept' | 'kept-before'> {
    const text = evidenceText(record);
    const bytes = Buffer.byteLength(text);
    const doing = `keep s3://${this.bucket}/${key}`;
    if (bytes > MOST_BYTES) {
      throw new Refusal(
        'invalid',
        `${doing}: the record has ${bytes} bytes, more than ${MOST_BYTES}`,
        'keep counts and the first findings of each kind instead of every row',
      );
    }
    try {
      await this.client.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: key,
          Body: text,
          ContentType: 'application/json',
          IfNoneMatch: '*',
        }),
      );
      return 'kept';
    } catch (error) {
      // Also what a second attempt hears when the first one got through and its answer did not.
      if (!isTaken(error)) throw translate(error, doing);
      return this.#comparedWith(key, text, doing);
    }
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
    const text = await this.#text(key);
    if (text === null) return null;
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Refusal(
        'invalid',
        `read s3://${this.bucket}/${key}: it is no JSON`,
        'look for who else writes into this bucket',
        { cause: error },
      );
    }
  }

  async #comparedWith(key: string, text: string, doing: string): Promise<'kept-before'> {
    const standing = await this.read(key);
    if (standing === null) {
      throw new Refusal('busy', `${doing}: it was taken, and is empty now`, 'the next run tries again');
    }
    if (evidenceText(standing as EvidenceRecord) === text) return 'kept-before';
    throw new Refusal(
      'taken',
      `${doing}: another record lies there`,
      'two runs found different things at the same instant: compare the two, and leave the one that was kept',
    );
  }

  async #text(key: string): Promise<string | null> {
    const doing = `read s3://${this.bucket}/${key}`;
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return (await Body?.transformToString()) ?? '';
    } catch (error) {
      if ((error as { name?: string }).name === 'NoSuchKey') return null;
      throw translate(error, doing);
    }
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

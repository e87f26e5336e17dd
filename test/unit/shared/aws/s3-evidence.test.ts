import type { Cloud } from '../../../../local/cloud';
import { createCloud } from '../../../../local/cloud';
import { Faults } from '../../../../local/faults';
import { inProcess } from '../../../../local/wire/in-process';
import { listen } from '../../../../local/wire/listen';
import { Router } from '../../../../local/wire/router';
import { S3Evidence } from '../../../../shared/aws/s3-evidence';
import { evidenceKey, evidenceSeries } from '../../../../shared/domain/evidence';
import { DAY, HOUR, type Instant, SECOND } from '../../../../shared/domain/time';
import type { Evidence, EvidenceFiles } from '../../../../shared/ports/evidence';
import { ACCOUNT, AWAY, at, HOME } from '../../../support/builders';

const BUCKET = 'evidence';
const SERIES = evidenceSeries('inspections', 'qrosity-db', HOME);
const NOW = at('2026-03-01 09:00');
const keyAt = (time: Instant, name = 'x') => evidenceKey('inspections', 'qrosity-db', HOME, time, name);

const RECORD = { schema: 'holdfast.inspection/1', verdict: 'sound', rows: 3 };
const REORDERED = { rows: 3, verdict: 'sound', schema: 'holdfast.inspection/1' };
const OTHER = { ...RECORD, rows: 4 };

describe('evidence in S3', () => {
  const bugs: unknown[] = [];
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'local' };
  let cloud: Cloud;
  let router: Router;
  let evidence: Evidence & EvidenceFiles;

  beforeEach(async () => {
    bugs.length = 0;
    cloud = createCloud({ start: NOW, account: ACCOUNT });
    router = new Router(cloud.services, {
      account: ACCOUNT,
      faults: new Faults({ now: () => cloud.clock.now() }),
      onError: (error) => bugs.push(error),
    });
    const { s3 } = cloud.region(HOME);
    await s3.CreateBucket({ Bucket: BUCKET, ObjectLockEnabledForBucket: true });
    const DefaultRetention = { Mode: 'GOVERNANCE', Days: 400 } as const;
    await s3.PutObjectLockConfiguration({
      Bucket: BUCKET,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } },
    });
    evidence = new S3Evidence({ requestHandler: inProcess(router), credentials, maxAttempts: 1 }).store(
      BUCKET,
      HOME,
    );
  });

  afterEach(() => expect(bugs).toEqual([]));

  const standing = (Key: string) => cloud.region(HOME).s3.GetObject({ Bucket: BUCKET, Key });
  const calls = (operation: string) => router.log.count({ service: 's3', operation });

  /** Puts keys straight into the bucket: as many as a year has hours. */
  const fill = async (times: readonly Instant[]) => {
    const { s3 } = cloud.region(HOME);
    // An upload into a locked bucket needs a checksum: this one is of nothing.
    for (const time of times)
      await s3.PutObject({ Bucket: BUCKET, Key: keyAt(time), Body: '', ChecksumCRC32: 'AAAAAA==' });
  };

  it('keeps a record as JSON, locked as the bucket locks', async () => {
    expect(await evidence.keep(keyAt(NOW), RECORD)).toBe('kept');
    const { Body, ...told } = await standing(keyAt(NOW));
    expect(JSON.parse(Buffer.from(Body).toString())).toEqual(RECORD);
    expect(told).toMatchObject({ ContentType: 'application/json', ObjectLockMode: 'GOVERNANCE' });
    expect(await evidence.read(keyAt(NOW))).toEqual(RECORD);
  });

  it('takes the same record for kept, in whatever order its members come', async () => {
    await evidence.keep(keyAt(NOW), RECORD);
    const { VersionId } = await standing(keyAt(NOW));
    expect(await evidence.keep(keyAt(NOW), REORDERED)).toBe('kept-before');
    expect((await standing(keyAt(NOW))).VersionId).toBe(VersionId);
  });

  it('leaves another record alone, and says that it is there', async () => {
    await evidence.keep(keyAt(NOW), RECORD);
    await expect(evidence.keep(keyAt(NOW), OTHER)).rejects.toMatchObject({
      kind: 'taken',
      message: `keep s3://evidence/${keyAt(NOW)}: another one lies there`,
      hint: expect.stringContaining('compare the two'),
    });
    expect(await evidence.read(keyAt(NOW))).toEqual(RECORD);
  });

  it('of two writers at once lets one through', async () => {
    const kept = async (record: typeof RECORD) =>
      evidence.keep(keyAt(NOW), record).catch(({ kind }) => kind as string);
    const differing = await Promise.all([kept(RECORD), kept(OTHER)]);
    expect(differing.sort()).toEqual(['kept', 'taken']);
    const again = keyAt(NOW, 'y');
    const alike = await Promise.all([evidence.keep(again, RECORD), evidence.keep(again, REORDERED)]);
    expect(alike.sort()).toEqual(['kept', 'kept-before']);
  });

  it('finds its own record when the answer to the first attempt was lost', async () => {
    let lost = 0;
    const handler = inProcess(router);
    const cutOnce: typeof handler = {
      ...handler,
      handle: async (request, options) => {
        const answer = await handler.handle(request, options);
        lost += 1;
        if (lost > 1) return answer;
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
      },
    };
    const trying = new S3Evidence({ requestHandler: cutOnce, credentials, maxAttempts: 3 });
    expect(await trying.store(BUCKET, HOME).keep(keyAt(NOW), RECORD)).toBe('kept-before');
    expect(calls('PutObject')).toBe(2);
  });

  it('says so when what was in the way is gone again', async () => {
    await evidence.keep(keyAt(NOW), RECORD);
    const handler = inProcess(router);
    const meanwhile: typeof handler = {
      ...handler,
      handle: async (request, options) => {
        const answer = await handler.handle(request, options);
        if (request.method === 'PUT')
          await cloud.region(HOME).s3.DeleteObject({ Bucket: BUCKET, Key: keyAt(NOW) });
        return answer;
      },
    };
    const store = new S3Evidence({ requestHandler: meanwhile, credentials }).store(BUCKET, HOME);
    await expect(store.keep(keyAt(NOW), RECORD)).rejects.toMatchObject({ kind: 'busy' });
  });

  it('takes a record of 5 MiB and none that is larger', async () => {
    const empty = Buffer.byteLength(`{\n  "rows": "",\n  "schema": "x"\n}\n`);
    const of = (bytes: number) => ({ schema: 'x', rows: `ü${'.'.repeat(bytes - empty - 2)}` });
    expect(await evidence.keep(keyAt(NOW), of(5 * 2 ** 20))).toBe('kept');
    expect((await standing(keyAt(NOW))).ContentLength).toBe(5_242_880);
    await expect(evidence.keep(keyAt(NOW, 'y'), of(5 * 2 ** 20 + 1))).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('5242881 bytes, more than 5242880'),
      hint: expect.any(String),
    });
    expect(calls('PutObject')).toBe(1);
  });

  it('keeps a file byte by byte, with its type, and never another one in its place', async () => {
    const key = 'reports/x/page.html.gz';
    const bytes = Uint8Array.from([0x1f, 0x8b, 0, 255, 10, 13]);
    expect(await evidence.readFile(key)).toBeNull();
    expect(await evidence.keepFile(key, { bytes, type: 'application/gzip' })).toBe('kept');
    expect(await standing(key)).toMatchObject({
      ContentType: 'application/gzip',
      ObjectLockMode: 'GOVERNANCE',
    });
    expect(Buffer.from((await evidence.readFile(key)) ?? []).equals(bytes)).toBe(true);
    expect(await evidence.keepFile(key, { bytes, type: 'application/gzip' })).toBe('kept-before');
    await expect(
      evidence.keepFile(key, { bytes: bytes.slice(1), type: 'application/gzip' }),
    ).rejects.toMatchObject({ kind: 'taken', message: `keep s3://evidence/${key}: another one lies there` });
    expect(await evidence.readFile(key)).toHaveLength(6);
  });

  it('sends nothing of a record that is no JSON', async () => {
    await expect(evidence.keep(keyAt(NOW), { ...RECORD, seen: new Set() })).rejects.toMatchObject({
      kind: 'invalid',
    });
    expect(calls('PutObject')).toBe(0);
  });

  it('reads nothing where nothing is, and refuses what is no JSON', async () => {
    expect(await evidence.read(keyAt(NOW))).toBeNull();
    await fill([NOW]);
    await expect(evidence.read(keyAt(NOW))).rejects.toMatchObject({
      kind: 'invalid',
      message: `read s3://evidence/${keyAt(NOW)}: it is no JSON`,
    });
    await evidence.keep(keyAt(NOW, 'y'), RECORD);
    await cloud.region(HOME).s3.DeleteObject({ Bucket: BUCKET, Key: keyAt(NOW, 'y') });
    expect(await evidence.read(keyAt(NOW, 'y'))).toBeNull();
  });

  it('says what it was doing where AWS refuses', async () => {
    const foreign = { ...credentials, accessKeyId: '999988887777' };
    const other = new S3Evidence({ requestHandler: inProcess(router), credentials: foreign }).store(
      BUCKET,
      HOME,
    );
    for (const [doing, act] of [
      ['keep s3://evidence/k', () => other.keep('k', RECORD)],
      ['read s3://evidence/k', () => other.read('k')],
      ['list s3://evidence/k', () => other.list('k')],
    ] as const) {
      await expect(act()).rejects.toMatchObject({
        kind: 'denied',
        message: expect.stringMatching(new RegExp(`^${doing}: AccessDenied`)),
      });
    }
  });

  describe('listed', () => {
    const hours = (count: number) =>
      Array.from({ length: count }, (_none, hour) => NOW - (count - hour) * HOUR);

    it('comes in the order of time, whole, across pages', async () => {
      await fill(hours(2001).reverse());
      expect(await evidence.list(SERIES)).toEqual(hours(2001).map((time) => keyAt(time)));
      expect(calls('ListObjectsV2')).toBe(3);
      expect(await evidence.list('other/')).toEqual([]);
    });

    it('begins behind a key and ends after so many, without asking for more', async () => {
      await fill(hours(1002));
      const all = hours(1002).map((time) => keyAt(time));
      expect(await evidence.list(SERIES, { after: keyAt(hours(1002)[0] ?? 0), most: 2 })).toEqual(
        all.slice(1, 3),
      );
      expect(await evidence.list(SERIES, { most: 1000 })).toEqual(all.slice(0, 1000));
      expect(calls('ListObjectsV2')).toBe(2);
      expect(await evidence.list(SERIES, { most: 1001 })).toHaveLength(1001);
      expect(await evidence.list(SERIES, { most: 0 })).toEqual([]);
      expect(calls('ListObjectsV2')).toBe(4);
    });

    it('asks for no more keys than are wanted', async () => {
      const handler = inProcess(router);
      const asked: unknown[] = [];
      const watched: typeof handler = {
        ...handler,
        handle: (request, options) => {
          asked.push(request.query?.['max-keys']);
          return handler.handle(request, options);
        },
      };
      const store = new S3Evidence({ requestHandler: watched, credentials }).store(BUCKET, HOME);
      await store.list(SERIES, { most: 2 });
      await store.list(SERIES, { most: 5000 });
      expect(asked).toEqual(['2', '1000']);
    });

    it('ends with the newest, which is found from behind', async () => {
      await fill(hours(3000));
      expect(await evidence.newest(SERIES, NOW)).toBe(keyAt(NOW - HOUR));
      expect(calls('ListObjectsV2')).toBe(1);
    });

    it.each([
      [0, 1],
      [DAY, 1],
      [DAY + SECOND, 2],
      [8 * DAY, 2],
      [64 * DAY, 3],
      [1000 * DAY, 4],
    ])('has a newest one %i ms ago, in so many calls: %i', async (ago, count) => {
      await fill([NOW - ago, NOW - 2000 * DAY, NOW + SECOND]);
      expect(await evidence.newest(SERIES, NOW)).toBe(keyAt(NOW - ago));
      expect(calls('ListObjectsV2')).toBe(count);
    });

    it('has none that is newer than asked for, of another series, or of another make', async () => {
      await fill([NOW + SECOND]);
      const { s3 } = cloud.region(HOME);
      const ChecksumCRC32 = 'AAAAAA==';
      await s3.PutObject({ Bucket: BUCKET, Key: `${SERIES}README.md`, Body: '', ChecksumCRC32 });
      await evidence.keep(evidenceKey('inspections', 'qrosity-db-2', HOME, NOW, 'x'), RECORD);
      expect(await evidence.newest(SERIES, NOW)).toBeNull();
      expect(await evidence.newest(SERIES, NOW + SECOND)).toBe(keyAt(NOW + SECOND));
    });
  });

  it('asks the region that the bucket lies in', async () => {
    const CreateBucketConfiguration = { LocationConstraint: AWAY as 'us-west-2' };
    await cloud.region(AWAY).s3.CreateBucket({ Bucket: 'evidence-away', CreateBucketConfiguration });
    const stores = new S3Evidence({ requestHandler: inProcess(router), credentials });
    await stores.store('evidence-away', AWAY).keep(keyAt(NOW), RECORD);
    expect(await stores.store('evidence-away', AWAY).read(keyAt(NOW))).toEqual(RECORD);
    expect(await stores.store(BUCKET, HOME).read(keyAt(NOW))).toBeNull();
    expect(router.log.table()).toEqual({
      's3 us-east-1 GetObject': 1,
      's3 us-west-2 GetObject': 1,
      's3 us-west-2 PutObject': 1,
    });
  });

  it('is spoken over a socket as well', async () => {
    const server = await listen(router);
    const variables = {
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'x',
    };
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      const store = new S3Evidence().store(BUCKET, HOME);
      expect(await store.keep(keyAt(NOW, 'ü/1'), RECORD)).toBe('kept');
      expect(await store.keep(keyAt(NOW, 'ü/1'), REORDERED)).toBe('kept-before');
      await expect(store.keep(keyAt(NOW, 'ü/1'), OTHER)).rejects.toMatchObject({ kind: 'taken' });
      expect(await store.read(keyAt(NOW, 'ü/1'))).toEqual(RECORD);
      expect(await store.newest(SERIES, NOW)).toBe(keyAt(NOW, 'ü/1'));
    } finally {
      process.env = before;
      await server.close();
    }
  });
});

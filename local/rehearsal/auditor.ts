import { evidenceSeries } from '../../shared/domain/evidence';
import type { InspectionRecord } from '../../shared/domain/inspection/record';
import { type TestRecord, testRecord, testSeries } from '../../shared/domain/restore-test';
import { TAG } from '../../shared/domain/tags';
import type { Cloud } from '../cloud';
import { EVIDENCE } from '../furnish';

/** What lies in the evidence bucket, and what restore tests have left standing: as an auditor would look it up. */
export class Auditor {
  readonly #read = new Map<string, unknown>();

  constructor(
    private readonly cloud: Cloud,
    private readonly home: string,
    private readonly database: string,
  ) {}

  /** Every restore test of the database that has come to a verdict, in the order in which they were asked for. */
  async tests(): Promise<TestRecord[]> {
    const series = this.cloud.regions.map((region) => testSeries(this.database, region));
    const records = (await Promise.all(series.map((one) => this.#records(one)))).flat();
    return records
      .flatMap((record) => testRecord(record) ?? [])
      .sort((a, b) => (a.requested < b.requested ? -1 : 1));
  }

  /** What was found in the live database, the oldest first. */
  async inspections(): Promise<InspectionRecord[]> {
    const records = await this.#records(evidenceSeries('inspections', this.database, this.home));
    return records as InspectionRecord[];
  }

  /** Instances that restore tests made and tags that they set, as far as they still stand. */
  async leftOver(): Promise<string[]> {
    const all: string[] = [];
    for (const region of this.cloud.regions) {
      const { rds } = this.cloud.region(region);
      const { DBInstances = [] } = await rds.DescribeDBInstances({});
      for (const { DBInstanceIdentifier, TagList = [] } of DBInstances)
        if (TagList.some(({ Key }) => Key === TAG.restoreTest)) all.push(`${region} ${DBInstanceIdentifier}`);
      for (const { DBSnapshotIdentifier, TagList = [] } of await this.#snapshots(region))
        if (TagList.some(({ Key }) => Key === TAG.underTest))
          all.push(`${region} ${DBSnapshotIdentifier} (${TAG.underTest})`);
    }
    return all;
  }

  async #snapshots(region: string) {
    const { rds } = this.cloud.region(region);
    const found = [];
    let Marker: string | undefined;
    do {
      const page = await rds.DescribeDBSnapshots(Marker === undefined ? {} : { Marker });
      found.push(...(page.DBSnapshots ?? []));
      Marker = page.Marker;
    } while (Marker !== undefined);
    return found;
  }

  /** Each record is read once: none ever changes. */
  async #records(prefix: string): Promise<unknown[]> {
    const { s3 } = this.cloud.region(this.home);
    // A thousand keys a call: years of one story.
    const { Contents = [] } = await s3.ListObjectsV2({ Bucket: EVIDENCE, Prefix: prefix });
    const records: unknown[] = [];
    for (const { Key = '' } of Contents) {
      if (!this.#read.has(Key)) {
        const { Body } = await s3.GetObject({ Bucket: EVIDENCE, Key });
        this.#read.set(Key, JSON.parse(Buffer.from(Body).toString()));
      }
      records.push(this.#read.get(Key));
    }
    return records;
  }
}

import { DescribeDBSnapshotAttributesCommand } from '@aws-sdk/client-rds';
import type { Snapshot } from '../domain/snapshot';
import type { SnapshotSharing } from '../ports/details';
import type { Clients } from './clients';
import { translate } from './errors';

/** The attribute that says who may copy and restore a snapshot. */
const RESTORE = 'restore';

export class RdsSharing implements SnapshotSharing {
  constructor(private readonly clients: Clients) {}

  async sharedWith({ id, region }: Snapshot): Promise<readonly string[] | null> {
    try {
      const { DBSnapshotAttributesResult } = await this.clients
        .rds(region)
        .send(new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: id }));
      const attributes = DBSnapshotAttributesResult?.DBSnapshotAttributes ?? [];
      return attributes.find(({ AttributeName }) => AttributeName === RESTORE)?.AttributeValues ?? [];
    } catch (error) {
      const refusal = translate(error, `ask whom ${id} in ${region} is shared with`);
      if (refusal.kind === 'gone') return null;
      throw refusal;
    }
  }
}

import * as z from 'zod/mini';
import { Clients, once } from '../../shared/aws/clients';
import { CloudWatchAlarms } from '../../shared/aws/cloudwatch-alarms';
import { EventBridgeHappenings } from '../../shared/aws/eventbridge-happenings';
import { KmsKeys } from '../../shared/aws/kms-keys';
import { RdsDetails } from '../../shared/aws/rds-details';
import { RdsSharing } from '../../shared/aws/rds-sharing';
import { RdsSnapshots } from '../../shared/aws/rds-snapshots';
import { RdsSupport } from '../../shared/aws/rds-support';
import { S3Bucket } from '../../shared/aws/s3-bucket';
import { S3Evidence } from '../../shared/aws/s3-evidence';
import { SecurityHubFindings } from '../../shared/aws/securityhub-findings';
import { SnsNotices } from '../../shared/aws/sns-notices';
import { SnsTopics } from '../../shared/aws/sns-topics';
import { commonFields } from '../../shared/runtime/event';
import { lambda } from '../../shared/runtime/lambda';
import { evidenceBucketOf } from '../../shared/runtime/surroundings';
import { run, watched } from './run';

const clients = new Clients();
const ports = {
  details: new RdsDetails(clients),
  snapshots: new RdsSnapshots(clients),
  sharing: new RdsSharing(clients),
  support: new RdsSupport(clients),
  keys: new KmsKeys(clients),
  topics: new SnsTopics(),
  alarms: new CloudWatchAlarms(),
  bucket: new S3Bucket(),
  notices: new SnsNotices(),
  hub: new SecurityHubFindings(),
};
const stores = new S3Evidence();
const buses = new Map<string, EventBridgeHappenings>();

const PASS =
  'is neither light nor daily (hint: leave it out for daily, which judges all and makes the report)';

export const handler = lambda({
  name: 'report-compliance',
  event: z.strictObject({ ...commonFields, pass: z.optional(z.enum(['light', 'daily'], PASS)) }),
  run: (context, asked) => {
    const { home } = context.policy;
    const evidence = stores.store(evidenceBucketOf(context), home);
    const happenings = once(buses, home, () => new EventBridgeHappenings(home));
    return run({ ...ports, evidence, happenings }, context, asked);
  },
  metrics: watched,
});

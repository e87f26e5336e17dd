import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectLockRule } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import type { Cloud } from './cloud';
import { NEWEST } from './engine/rds/create-instance';
import { isDefaultGroup } from './engine/rds/parameter-group';
import type { Place } from './places';

/** The stack's bucket for evidence; CloudFormation adds digits of its own. */
export const EVIDENCE = 'holdfast-prod-evidence';

/** Instances of PostgreSQL that ask for no version are of this family. */
const FAMILY = `postgres${NEWEST.postgres.version.split('.')[0]}`;

/** A parameter group that preloads what a look inside asks for, and no pg_cron: no job fires in what it is given to. */
export async function makeParameterGroup(cloud: Cloud, region: string, name: string): Promise<void> {
  const { rds } = cloud.region(region);
  await rds.CreateDBParameterGroup({
    DBParameterGroupName: name,
    DBParameterGroupFamily: FAMILY,
    Description: 'Preloads pg_stat_statements and nothing else',
  });
  await rds.ModifyDBParameterGroup({
    DBParameterGroupName: name,
    Parameters: [
      {
        ParameterName: 'shared_preload_libraries',
        ParameterValue: 'pg_stat_statements',
        ApplyMethod: 'pending-reboot',
      },
    ],
  });
}

/** The groups that a policy's restore tests need, in those of its regions that are here (docs/deploy.md). */
export async function makePlaces(cloud: Cloud, places: readonly Place[]): Promise<void> {
  const made = new Set<string>();
  const once = async (what: string, make: () => Promise<unknown>) => {
    if (made.has(what)) return;
    made.add(what);
    await make();
  };
  for (const { region, subnetGroup, parameterGroup } of places) {
    if (!cloud.regions.includes(region)) continue;
    // RDS's own groups are there already, and nobody else can make one of such a name.
    if (!isDefaultGroup(parameterGroup)) {
      const make = () => makeParameterGroup(cloud, region, parameterGroup);
      await once(`parameters ${region} ${parameterGroup}`, make);
    }
    if (subnetGroup === 'default') continue;
    await once(`subnets ${region} ${subnetGroup}`, () =>
      cloud.region(region).rds.CreateDBSubnetGroup({
        DBSubnetGroupName: subnetGroup,
        DBSubnetGroupDescription: 'Restore tests: leads nowhere',
        SubnetIds: ['subnet-0a1b2c3d4e5f60011', 'subnet-0a1b2c3d4e5f60012'],
      }),
    );
  }
}

interface EvidenceStack {
  readonly Resources: {
    readonly EvidenceBucket: {
      readonly Properties: { readonly ObjectLockConfiguration: { readonly Rule: ObjectLockRule } };
    };
  };
}

/**
 * The bucket for evidence, locked as the stack locks it.
 *
 * @param stack deploy/evidence.yml
 * @param key alias of the key that records are put under; null for S3's own
 */
export async function makeEvidenceBucket(
  cloud: Cloud,
  home: string,
  stack: string,
  key: string | null,
): Promise<void> {
  const { s3 } = cloud.region(home);
  const { EvidenceBucket } = (parse(readFileSync(stack, 'utf8')) as EvidenceStack).Resources;
  const Bucket = EVIDENCE;
  await s3.CreateBucket({
    Bucket,
    ObjectLockEnabledForBucket: true,
    ...(home !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: home as 'us-west-2' } }),
  });
  await s3.PutObjectLockConfiguration({
    Bucket,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: EvidenceBucket.Properties.ObjectLockConfiguration.Rule,
    },
  });
  if (key === null) return;
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } as const;
  await s3.PutBucketEncryption({
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }],
    },
  });
}

/** Writes what endpoints are verified by, as RDS's bundle would lie there; goes with the folder. */
export function writeCa(folder: string, ca: string): string {
  const file = join(folder, 'rds-ca.pem');
  writeFileSync(file, ca);
  return file;
}

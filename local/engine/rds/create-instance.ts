import type { CreateDBInstanceMessage, CreateDBInstanceResult } from '@aws-sdk/client-rds';
import { WireError } from '../../wire/service';
import { rdsArn } from '../arn';
import { addInstance, bringUp, LONGEST_NAME, retention, roomForInstance, standUp } from './add-instance';
import { pickWindow, readWindow } from './backup-window';
import { identifier, invalidValue, required } from './identifiers';
import { describeInstance } from './instance';
import { serverSettings } from './instance-parameters';
import { encryptionKey } from './keys';
import { defaultOptionGroup } from './option-group';
import { optionGroup } from './option-groups';
import type { RdsRegion } from './region';
import { readTags } from './tags';

/** What an instance gets that asks for no version. */
export const NEWEST = {
  postgres: { version: '17.6', port: 5432, license: 'postgresql-license' },
  mysql: { version: '8.4.6', port: 3306, license: 'general-public-license' },
  mariadb: { version: '11.8.3', port: 3306, license: 'general-public-license' },
  'oracle-ee': {
    version: '19.0.0.0.ru-2025-07.rur-2025-07.r1',
    port: 1521,
    license: 'bring-your-own-license',
  },
  'sqlserver-ee': { version: '16.00.4215.2.v1', port: 1433, license: 'license-included' },
  'aurora-postgresql': { version: '17.5', port: 5432, license: 'postgresql-license' },
} as const;

export async function createDBInstance(
  region: RdsRegion,
  input: CreateDBInstanceMessage,
): Promise<CreateDBInstanceResult> {
  const id = identifier(input.DBInstanceIdentifier, 'DBInstanceIdentifier', LONGEST_NAME);
  const instanceClass = required(input.DBInstanceClass, 'DBInstanceClass');
  const engine = required(input.Engine, 'Engine');
  const usual: { readonly version: string; readonly port: number; readonly license: string } | undefined =
    NEWEST[engine as keyof typeof NEWEST];
  if (usual === undefined) throw invalidValue(`Invalid DB engine: ${engine}`);
  const cluster = input.DBClusterIdentifier ?? null;
  const masterUsername = cluster === null ? required(input.MasterUsername, 'MasterUsername') : 'postgres';
  const password = input.MasterUserPassword ?? '';
  if (cluster === null && input.ManageMasterUserPassword !== true)
    required(input.MasterUserPassword, 'MasterUserPassword');
  const arn = rdsArn(region.place, 'db', id);
  const backupWindow = input.PreferredBackupWindow ?? pickWindow(region.world.chance, arn);
  readWindow(backupWindow);
  const engineVersion = input.EngineVersion ?? usual.version;
  const group = input.OptionGroupName ?? defaultOptionGroup(engine, engineVersion);
  optionGroup(region, group);
  if (input.KmsKeyId !== undefined && input.StorageEncrypted !== true) {
    throw new WireError(
      'InvalidParameterCombination',
      'KmsKeyId can only be specified when StorageEncrypted is true.',
    );
  }
  const tags = readTags(input.Tags);
  roomForInstance(region, id);
  const kmsKey =
    input.StorageEncrypted === true
      ? encryptionKey(region, input.KmsKeyId ?? 'alias/aws/rds', 'specified')
      : null;
  const instance = addInstance(region, {
    id,
    kmsKey,
    tags,
    cluster,
    shape: {
      engine,
      engineVersion,
      instanceClass,
      allocatedStorage: input.AllocatedStorage ?? 20,
      storageType: input.StorageType ?? 'gp3',
      port: input.Port ?? usual.port,
      masterUsername,
      databaseName: input.DBName ?? null,
      licenseModel: input.LicenseModel ?? usual.license,
      optionGroup: group,
      backupRetention: retention(input.BackupRetentionPeriod ?? 1),
      backupWindow,
      iamAuthentication: input.EnableIAMDatabaseAuthentication === true,
    },
    parameterGroup: input.DBParameterGroupName,
    subnetGroup: input.DBSubnetGroupName,
    securityGroups: input.VpcSecurityGroupIds,
    multiAz: input.MultiAZ,
    zone: input.AvailabilityZone,
    publiclyAccessible: input.PubliclyAccessible,
    performanceInsights: input.EnablePerformanceInsights,
    deletionProtection: input.DeletionProtection,
    copyTagsToSnapshot: input.CopyTagsToSnapshot,
  });
  bringUp(region, instance, region.takes(region.world.durations.create, 'create', arn));
  await standUp(region, instance, () =>
    region.world.data.create(
      instance.arn,
      region.place.region,
      { user: masterUsername, password, database: input.DBName ?? 'postgres' },
      serverSettings(instance),
    ),
  );
  return { DBInstance: describeInstance(instance, region.now) };
}

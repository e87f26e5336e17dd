import { authorityValid } from './authority-valid';
import { backupRetention } from './backup-retention';
import { backupWindow } from './backup-window';
import type { Control } from './control';
import { copiesAgree } from './copies-agree';
import { dataFresh } from './data-fresh';
import { dataWhole } from './data-whole';
import { databaseCovered } from './database-covered';
import { databaseInsights } from './database-insights';
import { deletionProtection } from './deletion-protection';
import { encryptionCopies } from './encryption-copies';
import { encryptionInstance } from './encryption-instance';
import { encryptionSnapshots } from './encryption-snapshots';
import { engineSupported } from './engine-supported';
import { evidenceEncrypted } from './evidence-encrypted';
import { evidenceLocked } from './evidence-locked';
import { extensions } from './extensions';
import { failoverDrilled } from './failover-drilled';
import { inspectionRecent } from './inspection-recent';
import { isolation } from './isolation';
import { keyInDanger } from './key-in-danger';
import { keyRotation } from './key-rotation';
import { maintenancePlanned } from './maintenance-planned';
import { multiAz } from './multi-az';
import { notPublic } from './not-public';
import { objectivesAgreed } from './objectives-agreed';
import { pitrCurrent } from './pitr-current';
import { policyComplete } from './policy-complete';
import { quotaInstances } from './quota-instances';
import { quotaSnapshots } from './quota-snapshots';
import { recoveryPointCopy } from './recovery-point-copy';
import { recoveryPointHome } from './recovery-point-home';
import { restoreTested } from './restore-tested';
import { restoreTime } from './restore-time';
import { restoreTimeTrend } from './restore-time-trend';
import { runsSucceed } from './runs-succeed';
import { schedulesAlive } from './schedules-alive';
import { selectionKept } from './selection-kept';
import { selectionUsed } from './selection-used';
import { snapshotPublic } from './snapshot-public';
import { snapshotSchedule } from './snapshot-schedule';
import { snapshotShared } from './snapshot-shared';
import { standbyLag } from './standby-lag';
import { standbyRegion } from './standby-region';
import { tagsCopied } from './tags-copied';
import { tenants } from './tenants';
import { tlsForced } from './tls-forced';

/** Every control, in the order that a person reads them: what would be lost first, our own house last. */
export const CONTROLS: readonly Control[] = [
  databaseCovered,
  selectionKept,
  selectionUsed,
  recoveryPointHome,
  recoveryPointCopy,
  pitrCurrent,
  snapshotSchedule,
  copiesAgree,
  restoreTested,
  restoreTime,
  restoreTimeTrend,
  backupRetention,
  backupWindow,
  quotaSnapshots,
  quotaInstances,
  keyInDanger,
  keyRotation,
  encryptionInstance,
  encryptionSnapshots,
  encryptionCopies,
  snapshotPublic,
  snapshotShared,
  multiAz,
  standbyRegion,
  standbyLag,
  failoverDrilled,
  deletionProtection,
  tagsCopied,
  tlsForced,
  notPublic,
  engineSupported,
  authorityValid,
  maintenancePlanned,
  databaseInsights,
  inspectionRecent,
  dataWhole,
  dataFresh,
  tenants,
  isolation,
  extensions,
  objectivesAgreed,
  policyComplete,
  evidenceLocked,
  evidenceEncrypted,
  schedulesAlive,
  runsSucceed,
];

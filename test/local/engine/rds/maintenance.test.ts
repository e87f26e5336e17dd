import {
  DeleteDBInstanceCommand,
  DescribePendingMaintenanceActionsCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { HOUR } from '../../../../shared/domain/time';
import { ACCOUNT, at, cloudAt, HOME, type Region } from '../world';
import { errorOf, rdsOn } from './sdk';

describe('pending maintenance', () => {
  let cloud: Cloud;
  let home: Region;
  let rds: RDSClient;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    home = cloud.region(HOME);
    rds = rdsOn(cloud);
    home.stage.instance({ id: 'qrosity-db' });
    home.stage.instance({ id: 'other' });
  });

  const arn = (id: string) => `arn:aws:rds:${HOME}:${ACCOUNT}:db:${id}`;
  const pending = (input = {}) => rds.send(new DescribePendingMaintenanceActionsCommand(input));
  const names = async (input = {}) =>
    (await pending(input)).PendingMaintenanceActions?.map(({ ResourceIdentifier }) => ResourceIdentifier);

  it('lists what has some, with its dates, and nothing else', async () => {
    expect(await names()).toEqual([]);
    home.stage.maintenance('qrosity-db', { action: 'system-update' });
    home.stage.maintenance('qrosity-db', {
      action: 'db-upgrade',
      window: at('2026-03-08 00:00'),
      forced: at('2026-04-01 00:00'),
      description: 'Automatic minor version upgrade',
    });
    expect((await pending()).PendingMaintenanceActions).toEqual([
      {
        ResourceIdentifier: arn('qrosity-db'),
        PendingMaintenanceActionDetails: [
          { Action: 'system-update', Description: 'system-update' },
          {
            Action: 'db-upgrade',
            Description: 'Automatic minor version upgrade',
            AutoAppliedAfterDate: new Date(at('2026-03-08 00:00')),
            ForcedApplyDate: new Date(at('2026-04-01 00:00')),
            CurrentApplyDate: new Date(at('2026-03-08 00:00')),
          },
        ],
      },
    ]);
  });

  it('can be asked of one, by its ARN or by a filter', async () => {
    home.stage.maintenance('qrosity-db', { action: 'system-update' });
    home.stage.maintenance('other', { action: 'system-update' });
    expect(await names({ ResourceIdentifier: arn('other') })).toEqual([arn('other')]);
    expect(await names({ Filters: [{ Name: 'db-instance-id', Values: ['qrosity-db'] }] })).toEqual([
      arn('qrosity-db'),
    ]);
    expect(await errorOf(names({ ResourceIdentifier: arn('gone') }))).toBe('ResourceNotFoundFault');
  });

  it('comes in pages, and goes with its instance', async () => {
    for (let number = 10; number < 35; number += 1) {
      home.stage.instance({ id: `db-${number}` });
      home.stage.maintenance(`db-${number}`, { action: 'system-update' });
    }
    const first = await pending({ MaxRecords: 20 });
    expect(first.PendingMaintenanceActions).toHaveLength(20);
    expect(await names({ MaxRecords: 20, Marker: first.Marker })).toHaveLength(5);
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'db-10', SkipFinalSnapshot: true }));
    await cloud.clock.advance(HOUR);
    expect(await names()).toHaveLength(24);
  });
});

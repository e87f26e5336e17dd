import type { Parameter } from '@aws-sdk/client-rds';
import * as rds from '@aws-sdk/client-rds';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { WireError } from '../../../../local/wire/service';
import { Clients } from '../../../../shared/aws/clients';
import { RdsDetails } from '../../../../shared/aws/rds-details';
import { ACCOUNT, AWAY, at, HOME } from '../../../support/builders';
import { type Local, local, refusalOf } from './local';

const arn = (id: string, region = HOME) => `arn:aws:rds:${region}:${ACCOUNT}:db:${id}`;

describe('DB instances in detail', () => {
  let aws: Local;
  let details: RdsDetails;

  beforeEach(() => {
    aws = local({ limits: { instances: 200 } });
    details = new RdsDetails(aws.clients);
  });

  const stage = (region = HOME) => aws.cloud.region(region).stage;

  it('have their settings, their group and their replicas from the one listing', async () => {
    stage().instance({
      id: 'qrosity-db',
      multiAz: true,
      backupRetention: 14,
      backupWindow: '02:00-02:30',
      copyTagsToSnapshot: true,
      performanceInsights: true,
      publiclyAccessible: true,
      deletionProtection: true,
      tags: { team: 'erp' },
    });
    stage(AWAY).instance({ id: 'standby' });
    stage(AWAY).replica('standby', arn('qrosity-db'));
    expect(await details.list(HOME)).toEqual([
      {
        database: expect.objectContaining({
          id: 'qrosity-db',
          arn: arn('qrosity-db'),
          deletionProtection: true,
          tags: { team: 'erp' },
        }),
        settings: {
          multiAz: true,
          backupRetentionDays: 14,
          backupWindow: '02:00-02:30',
          performanceInsights: true,
          databaseInsights: 'standard',
          copyTagsToSnapshot: true,
          publiclyAccessible: true,
          engineVersion: '17.6',
          authority: 'rds-ca-rsa2048-g1',
        },
        parameterGroup: 'default.postgres17',
        replicas: [{ id: 'standby', region: AWAY }],
      },
    ]);
    expect(aws.router.log.table()).toEqual({ [`rds ${HOME} DescribeDBInstances`]: 1 });
  });

  it('with nothing switched on are said to have nothing switched on', async () => {
    stage().instance({ id: 'qrosity-db' });
    const [found] = await details.list(HOME);
    expect(found?.settings).toMatchObject({
      multiAz: false,
      backupRetentionDays: 0,
      performanceInsights: false,
      copyTagsToSnapshot: false,
      publiclyAccessible: false,
    });
    expect(found?.replicas).toEqual([]);
  });

  it('are all there, page after page', async () => {
    for (let number = 0; number < 101; number += 1) stage().instance({ id: `db-${number}` });
    expect(await details.list(HOME)).toHaveLength(101);
    expect(aws.router.log.count({ operation: 'DescribeDBInstances' })).toBe(2);
  });

  it('that RDS does not show are a refusal that says what was tried', async () => {
    aws.faults.refuse(new WireError('AccessDenied', 'no', 403), { operation: 'DescribeDBInstances' });
    expect(await refusalOf(details.list(HOME))).toBe(
      `denied: list DB instances in ${HOME}: AccessDenied: no`,
    );
  });

  it('have the maintenance that nobody is asked about, by the first of its dates', async () => {
    for (const id of ['a', 'b']) stage().instance({ id });
    stage().maintenance('a', {
      action: 'db-upgrade',
      window: at('2026-03-08 00:00'),
      forced: at('2026-04-01 00:00'),
    });
    stage().maintenance('a', { action: 'ca-certificate-rotation', forced: at('2026-05-01 00:00') });
    stage().maintenance('b', { action: 'system-update' });
    expect(await details.maintenance(HOME)).toEqual(
      new Map([
        [
          arn('a'),
          [
            { action: 'db-upgrade', forced: at('2026-03-08 00:00') },
            { action: 'ca-certificate-rotation', forced: at('2026-05-01 00:00') },
          ],
        ],
        [arn('b'), [{ action: 'system-update', forced: null }]],
      ]),
    );
  });

  it('have maintenance on more than one page', async () => {
    for (let number = 0; number < 101; number += 1) {
      stage().instance({ id: `db-${number}` });
      stage().maintenance(`db-${number}`, { action: 'system-update' });
    }
    expect((await details.maintenance(HOME)).size).toBe(101);
    expect(aws.router.log.count()).toBe(2);
  });

  it('and manual snapshots have quotas of one call', async () => {
    stage().instance({ id: 'qrosity-db' });
    stage().snapshots([{ id: 'one', instance: 'qrosity-db', at: at('2026-03-01 08:00') }]);
    expect(await details.quotas(HOME)).toEqual({
      snapshots: { used: 1, most: 100 },
      instances: { used: 1, most: 200 },
    });
    expect(aws.router.log.count()).toBe(1);
  });

  it('have no quotas where the endpoint does not know the question, and a refusal where it says no', async () => {
    const unknown = new WireError('InvalidAction', 'no such action');
    const fault = aws.faults.refuse(unknown, { operation: 'DescribeAccountAttributes' });
    expect(await details.quotas(HOME)).toEqual({ snapshots: null, instances: null });
    fault.end();
    aws.faults.throttle({ operation: 'DescribeAccountAttributes' });
    expect(await refusalOf(details.quotas(HOME))).toMatch(/^throttled: ask for the quotas of us-east-1/);
  });
});

describe('whether TLS is forced', () => {
  const force = async (value: string) => {
    const aws = local();
    const { rds: api } = aws.cloud.region(HOME);
    await api.CreateDBParameterGroup({
      DBParameterGroupName: 'ours',
      DBParameterGroupFamily: 'postgres17',
      Description: 'ours',
    });
    await api.ModifyDBParameterGroup({
      DBParameterGroupName: 'ours',
      Parameters: [{ ParameterName: 'rds.force_ssl', ParameterValue: value, ApplyMethod: 'immediate' }],
    });
    return new RdsDetails(aws.clients).tlsForced(HOME, 'ours');
  };

  it('is what its parameter group says, or else RDS for that major version', async () => {
    expect(await force('1')).toBe(true);
    expect(await force('0')).toBe(false);
    const details = new RdsDetails(local().clients);
    expect(await details.tlsForced(HOME, 'default.postgres17')).toBe(true);
    expect(await details.tlsForced(HOME, 'default.postgres14')).toBe(false);
  });

  it('is not known of a group that does not speak of it, as of another engine', async () => {
    expect(await new RdsDetails(local().clients).tlsForced(HOME, 'default.mysql8.0')).toBeNull();
  });

  it('is a refusal of a group that does not exist', async () => {
    expect(await refusalOf(new RdsDetails(local().clients).tlsForced(HOME, 'ours'))).toMatch(
      /^gone: read rds.force_ssl of the parameter group ours in us-east-1/,
    );
  });

  it('is one question among 400 parameters, and is found on whichever page an endpoint has it', async () => {
    const asked: unknown[] = [];
    const pages: Parameter[][] = [
      [{ ParameterName: 'autovacuum', ParameterValue: '1' }],
      [{ ParameterName: 'rds.force_ssl', ParameterValue: '1' }],
    ];
    const router = new Router([
      {
        name: 'rds',
        schemas: { ...rds },
        protocol: 'query',
        operations: {
          DescribeDBParameters: ({ Filters, Marker }: rds.DescribeDBParametersMessage) => {
            asked.push(Filters);
            return { Parameters: pages[Number(Marker ?? 0)], ...(Marker === undefined && { Marker: '1' }) };
          },
        },
      },
    ]);
    const clients = new Clients({
      requestHandler: inProcess(router),
      credentials: { accessKeyId: '1', secretAccessKey: '1' },
    });
    expect(await new RdsDetails(clients).tlsForced(HOME, 'ours')).toBe(true);
    const filter = [{ Name: 'parameter-name', Values: ['rds.force_ssl'] }];
    expect(asked).toEqual([filter, filter]);
  });
});

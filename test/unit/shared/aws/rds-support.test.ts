import * as rds from '@aws-sdk/client-rds';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { WireError } from '../../../../local/wire/service';
import { Clients } from '../../../../shared/aws/clients';
import { RdsSupport } from '../../../../shared/aws/rds-support';
import { at, HOME } from '../../../support/builders';
import { local, refusalOf } from './local';

describe('until when AWS stands by', () => {
  it('a major version: when standard support ends, and extended support', async () => {
    const aws = local();
    const engines = await new RdsSupport(aws.clients).engines(HOME);
    expect(engines.get('13')).toEqual({
      standard: at('2026-02-28 00:00'),
      extended: at('2029-02-28 00:00'),
    });
    expect([...engines.keys()]).toContain('17');
    expect(aws.router.log.count()).toBe(1);
  });

  it('a version without dates is not known, rather than supported for ever', async () => {
    const operations = {
      DescribeDBMajorEngineVersions: () => ({
        DBMajorEngineVersions: [
          { Engine: 'postgres', MajorEngineVersion: '19', SupportedEngineLifecycles: [] },
          {
            Engine: 'postgres',
            MajorEngineVersion: '18',
            SupportedEngineLifecycles: [
              {
                LifecycleSupportName: 'open-source-rds-standard-support',
                LifecycleSupportEndDate: new Date(at('2031-02-28 00:00')),
              },
            ],
          },
        ],
      }),
    };
    const router = new Router([{ name: 'rds', schemas: { ...rds }, protocol: 'query', operations }]);
    const clients = new Clients({
      requestHandler: inProcess(router),
      credentials: { accessKeyId: '1', secretAccessKey: '1' },
    });
    expect(await new RdsSupport(clients).engines(HOME)).toEqual(
      new Map([['18', { standard: at('2031-02-28 00:00'), extended: null }]]),
    );
  });

  it('a certificate authority', async () => {
    const aws = local();
    aws.cloud.region(HOME).stage.authority('rds-ca-rsa2048-g1', at('2026-04-01 00:00'));
    const authorities = await new RdsSupport(aws.clients).authorities(HOME);
    expect(authorities.get('rds-ca-rsa2048-g1')).toBe(at('2026-04-01 00:00'));
    expect(authorities.size).toBe(3);
  });

  it('is refused as unsupported where the endpoint does not know the questions', async () => {
    const { clients, faults } = local();
    faults.refuse(new WireError('InvalidAction', 'no such action'));
    const support = new RdsSupport(clients);
    expect(await refusalOf(support.engines(HOME))).toMatch(/^unsupported: ask until when PostgreSQL/);
    expect(await refusalOf(support.authorities(HOME))).toMatch(/^unsupported: list certificate authorities/);
  });
});

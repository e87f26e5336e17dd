import {
  DescribeCertificatesCommand,
  DescribeDBMajorEngineVersionsCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Cloud } from '../../../../local/cloud';
import { AWAY, at, cloudAt, HOME, instanceOf } from '../world';
import { errorOf, rdsOn } from './sdk';

describe('until when AWS stands by', () => {
  let cloud: Cloud;
  let rds: RDSClient;

  beforeEach(() => {
    cloud = cloudAt('2026-03-01 09:00');
    rds = rdsOn(cloud);
  });

  const versions = async (input = {}) =>
    (await rds.send(new DescribeDBMajorEngineVersionsCommand(input))).DBMajorEngineVersions ?? [];
  const certificates = async (input = {}, region = HOME) =>
    (await rdsOn(cloud, region).send(new DescribeCertificatesCommand(input))).Certificates ?? [];

  it('a major version of PostgreSQL: standard support first, extended support from the next day on', async () => {
    const [found, ...others] = await versions({ Engine: 'postgres', MajorEngineVersion: '13' });
    expect(others).toEqual([]);
    expect(found?.SupportedEngineLifecycles).toEqual([
      {
        LifecycleSupportName: 'open-source-rds-standard-support',
        LifecycleSupportStartDate: new Date(at('2021-02-24 00:00')),
        LifecycleSupportEndDate: new Date(at('2026-02-28 00:00')),
      },
      {
        LifecycleSupportName: 'open-source-rds-extended-support',
        LifecycleSupportStartDate: new Date(at('2026-03-01 00:00')),
        LifecycleSupportEndDate: new Date(at('2029-02-28 00:00')),
      },
    ]);
  });

  it('each of them in one listing; of engines that are not kept here none', async () => {
    const majors = (await versions({ Engine: 'postgres' })).map(
      ({ MajorEngineVersion }) => MajorEngineVersion,
    );
    expect(majors).toEqual(['11', '12', '13', '14', '15', '16', '17', '18']);
    expect(await versions({ Engine: 'mysql' })).toEqual([]);
    expect(await errorOf(versions({ Engine: 'postgresql' }))).toBe('InvalidParameterValue');
  });

  it('a certificate authority: the one that instances name is among them', async () => {
    cloud.region(HOME).stage.instance({ id: 'qrosity-db' });
    const { CACertificateIdentifier } = await instanceOf(cloud.region(HOME), 'qrosity-db');
    const [found] = await certificates({ CertificateIdentifier: CACertificateIdentifier });
    expect(found).toMatchObject({
      CertificateIdentifier: 'rds-ca-rsa2048-g1',
      CertificateArn: 'arn:aws:rds:us-east-1::cert:rds-ca-rsa2048-g1',
      ValidTill: new Date(at('2061-05-25 00:00')),
    });
    expect(await errorOf(certificates({ CertificateIdentifier: 'rds-ca-2015' }))).toBe(
      'CertificateNotFoundFault',
    );
  });

  it('an authority that a test lets end, in that region alone', async () => {
    cloud.region(HOME).stage.authority('rds-ca-rsa2048-g1', at('2026-04-01 00:00'));
    cloud.region(HOME).stage.authority('rds-ca-2019', at('2024-08-22 00:00'));
    const ends = async (region: string) =>
      (await certificates({}, region)).map(
        ({ CertificateIdentifier: id, ValidTill }) => `${id} ${ValidTill?.toISOString().slice(0, 10)}`,
      );
    expect(await ends(HOME)).toEqual([
      'rds-ca-2019 2024-08-22',
      'rds-ca-ecc384-g1 2121-05-25',
      'rds-ca-rsa2048-g1 2026-04-01',
      'rds-ca-rsa4096-g1 2121-05-25',
    ]);
    expect(await ends(AWAY)).toContain('rds-ca-rsa2048-g1 2061-05-25');
  });
});

import type { Certificate, CertificateMessage, DescribeCertificatesMessage } from '@aws-sdk/client-rds';
import { DAY, type Instant } from '../../../shared/domain/time';
import { WireError } from '../../wire/service';
import { listed } from './listing';
import type { RdsRegion } from './region';

/** What new servers are certified by, unless the account overrides it. */
const USUAL = 'rds-ca-rsa2048-g1';

interface Authority {
  readonly from: Instant;
  readonly until: Instant;
}

/** As RDS has them in us-east-1, to the day (RDS User Guide: Certificate authorities). */
const AUTHORITIES: Readonly<Record<string, Authority>> = {
  [USUAL]: { from: Date.UTC(2021, 4, 25), until: Date.UTC(2061, 4, 25) },
  'rds-ca-rsa4096-g1': { from: Date.UTC(2021, 4, 25), until: Date.UTC(2121, 4, 25) },
  'rds-ca-ecc384-g1': { from: Date.UTC(2021, 4, 25), until: Date.UTC(2121, 4, 25) },
};

/** What a test has set otherwise. */
const moved = new WeakMap<RdsRegion, Map<string, Authority>>();

/** Lets an authority end at another time; one of a new name is added. */
export function endAuthority(region: RdsRegion, id: string, until: Instant): void {
  const own = moved.get(region) ?? new Map<string, Authority>();
  moved.set(region, own);
  own.set(id, { from: AUTHORITIES[id]?.from ?? until - 5 * 365 * DAY, until });
}

export function describeCertificates(
  region: RdsRegion,
  input: DescribeCertificatesMessage,
): CertificateMessage {
  const all = new Map([...Object.entries(AUTHORITIES), ...(moved.get(region) ?? [])]);
  const asked = input.CertificateIdentifier?.toLowerCase();
  if (asked !== undefined && !all.has(asked)) {
    throw new WireError('CertificateNotFound', `Certificate ${asked} not found`, 404);
  }
  const wanted = [...all].filter(([id]) => asked === undefined || id === asked);
  const { items, marker } = listed(
    wanted.map(([id, authority]) => [id, describe(region, id, authority)] as const),
    input,
  );
  return {
    DefaultCertificateForNewLaunches: USUAL,
    Certificates: items,
    ...(marker !== undefined && { Marker: marker }),
  };
}

/** Of AWS's own authorities the ARN has no account. */
function describe({ place }: RdsRegion, id: string, { from, until }: Authority): Certificate {
  return {
    CertificateIdentifier: id,
    CertificateType: 'CA',
    ValidFrom: new Date(from),
    ValidTill: new Date(until),
    CertificateArn: `arn:aws:rds:${place.region}::cert:${id}`,
    CustomerOverride: false,
  };
}

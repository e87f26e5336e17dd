import type {
  CreateBucketOutput,
  CreateBucketRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from '@aws-sdk/client-s3';
import { WireError } from '../../wire/service';
import type { Place } from '../arn';
import { keyOf, takePage } from '../paging';
import { type Buckets, bucketOf, invalid, only } from './bucket';

/** The region that is meant when none is said, and the only one that must not be said. */
const UNNAMED = 'us-east-1';

/** S3's largest page of ListBuckets, and its default. */
const MOST = 10_000;

export function createBucket(
  store: Buckets,
  input: CreateBucketRequest,
  { account, region }: Place,
): CreateBucketOutput {
  only(input, ['Bucket', 'CreateBucketConfiguration', 'ObjectLockEnabledForBucket']);
  only(input.CreateBucketConfiguration ?? {}, ['LocationConstraint']);
  const { Bucket: name = '', ObjectLockEnabledForBucket: lock = false } = input;
  if (!isBucketName(name)) throw new WireError('InvalidBucketName', 'The specified bucket is not valid.');
  const location = wanted(store, region, input.CreateBucketConfiguration?.LocationConstraint);
  const known = store.all.get(name);
  if (known !== undefined) {
    // In us-east-1 alone, whoever has the bucket may make it again, and nothing about it changes.
    if (known.owner === account && region === UNNAMED && location === known.region) {
      return { Location: `/${name}` };
    }
    throw known.owner === account
      ? new WireError('BucketAlreadyOwnedByYou', 'The bucket you tried to create is yours already.', 409)
      : new WireError(
          'BucketAlreadyExists',
          'The requested bucket name is not available: all accounts share one namespace.',
          409,
        );
  }
  store.add({
    name,
    owner: account,
    region: location,
    versioning: lock ? 'Enabled' : null,
    lock: lock ? { retention: null } : null,
  });
  return { Location: `/${name}` };
}

/** Any region can be asked for through us-east-1; the endpoints of all others make buckets in their own. */
function wanted({ world }: Buckets, region: string, constraint: string | undefined): string {
  const constrains = constraint !== undefined;
  if (!constrains && region === UNNAMED) return UNNAMED;
  if (!constrains || (region !== UNNAMED && constraint !== region)) {
    throw new WireError(
      'IllegalLocationConstraintException',
      `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  if (constraint !== UNNAMED && world.has(constraint)) return constraint;
  throw new WireError('InvalidLocationConstraint', 'The specified location-constraint is not valid');
}

/** S3's rules of naming: 3 to 63 small letters, digits, hyphens and dots, and no IP address. */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d{1,3}(\.\d{1,3}){3}$/.test(name)
  );
}

export function headBucket(store: Buckets, input: HeadBucketRequest, place: Place): HeadBucketOutput {
  const { name, region } = bucketOf(store, place, input);
  return { BucketArn: `arn:aws:s3:::${name}`, BucketRegion: region, AccessPointAlias: false };
}

/** The account's buckets in every region. */
export function listBuckets(
  { all }: Buckets,
  { BucketRegion, ContinuationToken, MaxBuckets = MOST, Prefix = '' }: ListBucketsRequest,
  { account }: Place,
): ListBucketsOutput {
  if (MaxBuckets < 1 || MaxBuckets > MOST) throw invalid(`MaxBuckets must be from 1 to ${MOST}`);
  const after = keyOf(ContinuationToken, () => invalid('The continuation token provided is incorrect'));
  const rest = [...all]
    .filter(([name, { owner }]) => owner === account && name.startsWith(Prefix))
    .filter(([, { region }]) => BucketRegion === undefined || region === BucketRegion)
    .filter(([name]) => after === null || name > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { items, marker } = takePage(rest, MaxBuckets);
  return {
    Buckets: items.map(({ name, created, region }) => ({
      Name: name,
      CreationDate: new Date(created),
      BucketRegion: region,
      BucketArn: `arn:aws:s3:::${name}`,
    })),
    Owner: { ID: account },
    ...(Prefix !== '' && { Prefix }),
    ...(marker !== undefined && { ContinuationToken: marker }),
  };
}

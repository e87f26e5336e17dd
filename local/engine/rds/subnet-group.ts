import type { Arn } from '../data';
import type { TagMap } from './tags';

/** There is no EC2 here: one network, in which every subnet and every security group of a lawful name is. */
export const VPC = 'vpc-default';

export interface SubnetGroup {
  readonly name: string;
  readonly arn: Arn;
  readonly description: string;
  readonly subnets: readonly string[];
  readonly tags: TagMap;
}

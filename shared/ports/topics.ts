import type { Topic } from '../domain/key-use';

export interface Topics {
  /** The topic of this ARN; `null` when there is none. */
  find(arn: string): Promise<Topic | null>;
}

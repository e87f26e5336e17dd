import { type Duration, MINUTE } from './time';

/** Create and copy look this often (serverless.yml): what is due waits for at most one tick. */
export const TICK: Duration = 10 * MINUTE;

/** RDS saves the transaction logs to S3 this often: the most that PITR loses (aws-facts: PITR and restore). */
export const TRANSACTION_LOGS: Duration = 5 * MINUTE;

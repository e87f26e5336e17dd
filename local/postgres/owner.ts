import type { NewServer } from '../engine/data';
import type { Server } from './server';

/**
 * The master user and its database, and the role that makes its members log in with IAM tokens. On RDS
 * `rds_superuser` may install extensions that are not trusted, such as pg_stat_statements; PostgreSQL itself has no
 * such right short of SUPERUSER.
 */
export async function createOwner(server: Server, { user, password, database }: NewServer): Promise<void> {
  const client = await server.connect();
  try {
    const owner = client.escapeIdentifier(user);
    await client.query(
      `CREATE ROLE rds_iam NOLOGIN; CREATE ROLE ${owner} LOGIN SUPERUSER PASSWORD ${client.escapeLiteral(password)}`,
    );
    if (database !== 'postgres') {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${owner}`);
    }
  } finally {
    await client.end();
  }
}

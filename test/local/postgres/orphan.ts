import { quickFolder } from '../../../local/postgres/place';
import { PostgresPlane } from '../../../local/postgres/plane';

/** Starts a server and never closes it: plane.test.ts ends this process and looks for what stays. */
async function main(): Promise<void> {
  process.once('SIGUSR2', () => process.exit(7));
  const plane = await PostgresPlane.open({ parent: quickFolder(2 ** 30) });
  await plane.create('db', 'us-east-1', { user: 'qrosity', password: 'pw', database: 'qrosity' });
  console.log(plane.root);
  setInterval(() => {}, 60_000);
}

main();

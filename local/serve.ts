import { Command, InvalidArgumentError } from 'commander';
import { MINUTE, SECOND } from '../shared/domain/time';
import { VirtualClock } from './clock';
import { createCloud } from './cloud';
import { Faults } from './faults';
import { EVIDENCE, makeEvidenceBucket, makePlaces, writeCa } from './furnish';
import { makeAlarms, makeTopic } from './furnish-alarms';
import { type Place, placesIn } from './places';
import { PostgresPlane } from './postgres/plane';
import { DEPLOYMENT } from './stack';
import { listen } from './wire/listen';
import { Router } from './wire/router';

interface Options {
  readonly port: number;
  readonly regions: readonly string[];
  readonly account: string;
  readonly speed: number;
  readonly light: boolean;
}

function number(least: number, most: number) {
  return (text: string): number => {
    const found = Number(text);
    if (/^\d+$/.test(text) && found >= least && found <= most) return found;
    throw new InvalidArgumentError(`it has to be a whole number from ${least} to ${most}.`);
  };
}

function list(text: string): string[] {
  const names = text.split(',');
  if (names.every((name) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(name))) return names;
  throw new InvalidArgumentError(
    'it has to be names of regions with commas between, as in us-east-1,us-west-2.',
  );
}

function twelve(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('it has to be twelve digits.');
}

const { port, regions, account, speed, light } = new Command('npm run local --')
  .description(
    'AWS on this machine: RDS, KMS, S3, SNS, STS and more over HTTP on the loopback interface, with PostgreSQL servers behind\n' +
      'instances. The groups that restore tests need are there, as policy.yml (or POLICY_FILE) names them.',
  )
  .option('--port <number>', 'the port to listen on; 0 takes any that is free', number(0, 65_535), 4566)
  .option('--regions <names>', 'the regions that are enabled', list, ['us-east-1', 'us-west-2'])
  .option(
    '--account <digits>',
    'the account of callers whose access key id is not itself twelve digits',
    twelve,
    '111122223333',
  )
  .option('--speed <factor>', 'how many minutes of AWS pass in one of yours', number(1, 10_000), 60)
  .option('--light', 'no PostgreSQL servers behind the instances', false)
  .parse()
  .opts<Options>();

/** How often the clock of AWS is brought up to date, in real time. */
const BEAT = SECOND / 5;

async function serve(): Promise<void> {
  const { home, places } = placesIn(process.env.POLICY_FILE ?? 'policy.yml');
  const evidenceAt = home !== null && regions.includes(home) ? home : (regions[0] ?? 'us-east-1');
  const began = Date.now();
  const clock = new VirtualClock(began);
  const data = light ? null : await PostgresPlane.open();
  const cloud = createCloud({ clock, regions, account, ...(data === null ? {} : { data }) });
  const faults = new Faults({ now: () => clock.now() });
  const router = new Router(cloud.services, { account, faults });
  const open = async () => {
    await makePlaces(cloud, places);
    await makeEvidenceBucket(cloud, evidenceAt, 'deploy/evidence.yml', null);
    await makeAlarms(cloud, evidenceAt);
    const topic = await makeTopic(cloud, evidenceAt, 'deploy/notices.yml', null);
    return { server: await listen(router, { port }), topic };
  };
  const { server, topic } = await open().catch(async (error) => {
    await cloud.close();
    throw error;
  });
  const trust = data === null ? '' : ` DATABASE_CA_FILE=${writeCa(data.root, data.ca)}`;

  let beat: NodeJS.Timeout | undefined;
  const tick = async () => {
    const due = began + (Date.now() - began) * speed;
    if (due > clock.now()) await clock.advanceTo(due);
    beat = setTimeout(run, BEAT);
  };
  const stop = async (code: number) => {
    clearTimeout(beat);
    await server.close();
    await cloud.close();
    process.exit(code);
  };
  const run = () => {
    tick().catch((error) => {
      console.error(error);
      void stop(2);
    });
  };
  run();
  process.once('SIGINT', () => void stop(130));
  process.once('SIGTERM', () => void stop(143));

  process.stdout.write(`AWS on this machine: ${server.url}
regions ${regions.join(', ')}; account ${account}; ${speed} minutes there are one minute here (a snapshot takes about 5, ${Math.round((5 * MINUTE) / speed / SECOND)} s here)

For the SDKs, and the handlers of npm run build:

  export AWS_ENDPOINT_URL=${server.url} AWS_REGION=${regions[0]} AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=local
  export EVIDENCE_BUCKET=${EVIDENCE}${trust}
  export DEPLOYMENT=${DEPLOYMENT} NOTICES_TOPIC=${topic}

Bucket, topic and alarms lie in ${evidenceAt}. ${describePlaces(places.filter(({ region }) => regions.includes(region)))}

For the aws command line (version 1 heeds the variable not for every service, so name the endpoint):

  aws --endpoint-url ${server.url} --region ${regions[0]} rds create-db-instance --db-instance-identifier qrosity-db \\
    --engine postgres --db-instance-class db.t4g.medium --allocated-storage 20 --master-username qrosity --master-user-password secret-99
  aws --endpoint-url ${server.url} --region ${regions[0]} rds describe-db-instances --query 'DBInstances[].[DBInstanceStatus,Endpoint.Address,Endpoint.Port]'

Ctrl-C ends it, with its servers and their data.
`);
}

function describePlaces(places: readonly Place[]): string {
  if (places.length === 0) return 'The policy names no place for restore tests here.';
  const named = places.map(
    ({ region, subnetGroup, parameterGroup }) =>
      `${region} (subnet group ${subnetGroup}, parameter group ${parameterGroup})`,
  );
  return `Places for restore tests: ${named.join(', ')}.`;
}

serve().catch((error: unknown) => {
  const code = (error as { code?: string }).code;
  if (code === 'EADDRINUSE')
    console.error(`port ${port} is taken\nhint: name another one with --port, or 0 for any`);
  else console.error(error);
  process.exitCode = 2;
});

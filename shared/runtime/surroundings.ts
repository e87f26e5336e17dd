import { readFileSync } from 'node:fs';

/** What a function finds around it, beside its policy: told by the environment that serverless.yml sets. */
export interface Surroundings {
  /** ARNs of the topics that notices go to (`NOTICES_TOPIC`, commas between several). */
  readonly topics: readonly string[];
  /** The bucket that evidence is kept in (`EVIDENCE_BUCKET`), in the home region; null where none is set. */
  readonly evidenceBucket: string | null;
  /** What the names of our functions and alarms begin with, as `holdfast-prod` (`DEPLOYMENT`); null where it is not set. */
  readonly deployment: string | null;
  /** Certificates that databases are trusted by, as PEM (the file `DATABASE_CA_FILE`); null for those of Node. */
  readonly databaseCa: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment says something that cannot be meant: told before anything is touched. */
export class InvalidEnvironment extends Error {
  constructor(name: string, message: string, hint: string) {
    super(`${name}: ${message}\n  hint: ${hint}`);
    this.name = 'InvalidEnvironment';
  }
}

export function surroundings(env: Environment): Surroundings {
  return {
    topics: noticesTopics(env),
    evidenceBucket: evidenceBucket(env),
    deployment: deployment(env),
    databaseCa: databaseCa(env),
  };
}

function noticesTopics(env: Environment): string[] {
  const names = (env.NOTICES_TOPIC ?? '').split(',').map((name) => name.trim());
  const arns = names.filter((name) => name !== '');
  for (const arn of arns) {
    if (/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+$/.test(arn)) continue;
    throw new InvalidEnvironment(
      'NOTICES_TOPIC',
      `${JSON.stringify(arn)} is not the ARN of an SNS topic`,
      'write arn:aws:sns:<region>:<account>:<name>, or unset it',
    );
  }
  return arns;
}

function evidenceBucket({ EVIDENCE_BUCKET: name }: Environment): string | null {
  if (name === undefined) return null;
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return name;
  throw new InvalidEnvironment(
    'EVIDENCE_BUCKET',
    `${JSON.stringify(name)} is not the name of a bucket`,
    'write its name alone, without s3:// or a path',
  );
}

function deployment({ DEPLOYMENT: name }: Environment): string | null {
  if (name === undefined) return null;
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return name;
  throw new InvalidEnvironment(
    'DEPLOYMENT',
    `${JSON.stringify(name)} is not what a function's name begins with`,
    'write <service>-<stage>, as holdfast-prod',
  );
}

function databaseCa({ DATABASE_CA_FILE: file }: Environment): string | null {
  if (file === undefined) return null;
  try {
    const pem = readFileSync(file, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch (error) {
    throw new InvalidEnvironment(
      'DATABASE_CA_FILE',
      `cannot read ${file}: ${(error as Error).message}`,
      "name RDS's CA bundle as a PEM file, or unset it",
    );
  }
  throw new InvalidEnvironment(
    'DATABASE_CA_FILE',
    `${file} holds no certificate`,
    "name RDS's CA bundle as a PEM file",
  );
}

/** For a function that cannot do without: throws `InvalidEnvironment` where no bucket is named. */
export function evidenceBucketOf({ evidenceBucket: name }: Pick<Surroundings, 'evidenceBucket'>): string {
  if (name !== null) return name;
  throw new InvalidEnvironment(
    'EVIDENCE_BUCKET',
    'is not set',
    "name the bucket that evidence is kept in; serverless.yml sets it to the stack's own",
  );
}

/** For a function that looks at the alarms of all: throws `InvalidEnvironment` where it is not said what they are called. */
export function deploymentOf({ deployment: name }: Pick<Surroundings, 'deployment'>): string {
  if (name !== null) return name;
  throw new InvalidEnvironment(
    'DEPLOYMENT',
    'is not set',
    'write <service>-<stage>, as holdfast-prod; serverless.yml sets it',
  );
}

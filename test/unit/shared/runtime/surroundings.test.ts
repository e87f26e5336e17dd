import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentOf, evidenceBucketOf, surroundings } from '../../../../shared/runtime/surroundings';

const ONE = 'arn:aws:sns:us-east-1:111122223333:holdfast-prod-notices';

it.each([
  [undefined, []],
  ['', []],
  [ONE, [ONE]],
  [`${ONE}, arn:aws-cn:sns:cn-north-1:111122223333:b`, [ONE, 'arn:aws-cn:sns:cn-north-1:111122223333:b']],
])('NOTICES_TOPIC %p names %p', (value, topics) => {
  expect(surroundings({ NOTICES_TOPIC: value }).topics).toEqual(topics);
});

it.each(['holdfast-prod-notices', 'arn:aws:sqs:us-east-1:111122223333:x', `${ONE} `.repeat(2)])(
  'refuses %p, with the way out',
  (value) => {
    expect(() => surroundings({ NOTICES_TOPIC: value })).toThrow(
      /^NOTICES_TOPIC: ".*" is not the ARN of an SNS topic\n {2}hint: write arn:aws:sns:/,
    );
  },
);

it('has no bucket, no name and no certificates of its own where nothing is set', () => {
  expect(surroundings({})).toEqual({ topics: [], evidenceBucket: null, deployment: null, databaseCa: null });
  expect(surroundings({ DEPLOYMENT: 'holdfast-prod' }).deployment).toBe('holdfast-prod');
  expect(surroundings({ EVIDENCE_BUCKET: 'holdfast-evidence-1' }).evidenceBucket).toBe('holdfast-evidence-1');
});

it.each(['', 's3://evidence', 'Evidence', 'evidence/2026'])('refuses %p for a bucket', (name) => {
  expect(() => surroundings({ EVIDENCE_BUCKET: name })).toThrow(
    /^EVIDENCE_BUCKET: ".*" is not the name of a bucket\n {2}hint: /,
  );
});

it.each(['', 'holdfast prod', '-prod', 'a'.repeat(65)])('refuses %p for the beginning of names', (name) => {
  expect(() => surroundings({ DEPLOYMENT: name })).toThrow(
    /^DEPLOYMENT: ".*" is not what a function's name begins with\n {2}hint: write <service>-<stage>/,
  );
});

it('says what to set where a function cannot do without', () => {
  expect(() => deploymentOf({ deployment: null })).toThrow(/^DEPLOYMENT: is not set\n {2}hint: /);
  expect(() => evidenceBucketOf({ evidenceBucket: null })).toThrow(
    /^EVIDENCE_BUCKET: is not set\n {2}hint: /,
  );
});

it('reads certificates from a file, and refuses one that is not there or holds none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ca-'));
  try {
    const file = join(folder, 'ca.pem');
    expect(() => surroundings({ DATABASE_CA_FILE: file })).toThrow(
      /^DATABASE_CA_FILE: cannot read .*ENOENT[\s\S]*hint: /,
    );
    writeFileSync(file, 'nothing');
    expect(() => surroundings({ DATABASE_CA_FILE: file })).toThrow(/holds no certificate\n {2}hint: /);
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    writeFileSync(file, pem);
    expect(surroundings({ DATABASE_CA_FILE: file }).databaseCa).toBe(pem);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

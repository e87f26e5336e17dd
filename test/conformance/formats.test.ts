import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { asffFindings } from '../../shared/report/compliance/asff';
import { ocsfFindings, ocsfLines } from '../../shared/report/compliance/ocsf';
import { failing, healthy, hostile } from '../unit/shared/report/compliance/samples';
import { awsCli } from './aws-cli';
import { ROOT } from './bundles';

/** The formats for machines, read by programs that others wrote. */

const SAMPLES = { failing, healthy, hostile };

const url = process.env.CONFORMANCE_MOTO_URL;
if (url === undefined) throw new Error('CONFORMANCE_MOTO_URL is not set\nhint: run npm run conformance');

const folder = mkdtempSync(join(tmpdir(), 'holdfast-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(Object.entries(SAMPLES))('reads OCSF as it was meant: %s', (_, sample) => {
  const read = execFileSync(
    resolve(ROOT, '.venv/bin/python'),
    [resolve(ROOT, 'scripts/conformance/read-ocsf.py')],
    { input: [...ocsfLines(sample())].join(''), encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const meant = ocsfFindings(sample()).map(({ finding_info, status, compliance }) =>
    [finding_info.uid, status ?? 'None', compliance.status].join(' '),
  );
  expect(read.trimEnd().split('\n')).toEqual(meant);
});

it.each(Object.entries(SAMPLES))('imports ASFF with the aws command line: %s', async (name, sample) => {
  const moto = { url, accessKeyId: 'testing', secretAccessKey: 'testing' };
  const findings = asffFindings(sample());
  for (let from = 0; from < findings.length; from += 100) {
    const some = findings.slice(from, from + 100);
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(some));
    const answer = await awsCli(
      moto,
      'us-east-1',
      ...['securityhub', 'batch-import-findings', '--findings', `file://${file}`],
    );
    expect(answer).toEqual({ FailedCount: 0, SuccessCount: some.length, FailedFindings: [] });
  }
});

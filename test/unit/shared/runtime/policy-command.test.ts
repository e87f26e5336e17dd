import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
let ours: ReturnType<typeof run>;
let tight: ReturnType<typeof run>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-policy-'));
  ours = run();
  tight = run('--file', file(TIGHT));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As `npm run policy` starts it, on a pipe instead of a terminal. */
function run(...options: string[]) {
  const env = { ...process.env, POLICY_FILE: undefined, CI: '1' };
  const command = ['--import', 'tsx', 'scripts/policy.ts', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

function file(text: string): string {
  const path = join(folder, 'p.yml');
  writeFileSync(path, text);
  return path;
}

const TIGHT = `home: eu-central-1
databases:
  - match: { identifiers: [one, two, three, four] }
    policy: gold
  - match: { tags: { tier: silver, team: payments-and-everything-around-them } }
    policy: silver
policies:
  gold:
    agreed: { by: Ada Lovelace, on: 2026-03-01 }
    recovery: { point: 65m, time: 4h }
    snapshots: { every: 1h }
    retention: { hourly: 1, daily: 7, weekly: 4, monthly: 12, yearly: 5 }
    copies:
      - { region: eu-west-1, key: alias/holdfast, point: 90m }
  silver:
    recovery: { point: 12h, time: 4h }
    snapshots: { every: 10m }
    retention: { hourly: 1 }
limits: { copiesInFlight: 3 }
`;

it('explains policy.yml as docs/policy.md shows', () => {
  const { status, stdout } = ours;
  expect(status).toBe(0);
  const shown = /npm run --silent policy -->\n```\n([^`]*)```/.exec(readFileSync('docs/policy.md', 'utf8'));
  expect(shown?.[1]).toBe(stdout);
});

it('warns, and exits with 0, where promises are not kept, the quota is too small, or our own brake would hold', () => {
  const { status, stdout } = tight;
  expect(status).toBe(0);
  const words = stdout.replace(/\s+/g, ' ');
  expect(words).toContain('Agreed by Ada Lovelace on 2026-03-01 (REC-3).');
  expect(words).toContain('instance: by snapshots alone 1h20m 65m not kept');
  expect(words).toContain('home region: copy in eu-west-1 2h 90m not kept');
  expect(words).toContain('recovery.point would be kept by one of: pitr; recovery.point: 80m');
  expect(words).toContain('home region: no copy everything - add copies (REC-8)');
  expect(words).toContain('eu-central-1: 4 databases come to 116 snapshots, and the quota is 100.');
  expect(words).toContain('eu-west-1: 4 databases are copied there, and AWS runs 3 copies at a time');
  expect(words).toContain('one prune run of silver deletes 6 of 8 snapshots');
});

it('says where backups are restored and looked into, and where nobody does', () => {
  const told = ours.stdout.replace(/\s+/g, ' ');
  expect(told).toContain(
    'A backup is restored and looked into every 7d, in us-east-1 and us-west-2 (DR-7); a test is given up after 8h.',
  );
  expect(told).toContain(
    'Looked into every day: database qrosity as holdfast_inspector (DR-7). Expected there: the tenants of tenants_tenant and tenants_domain; the extensions uuid-ossp and pg_stat_statements; 1 check of your own.',
  );
  const silent = tight.stdout.replace(/\s+/g, ' ');
  expect(silent).toContain('No backup is restored for a test: add restoreTest (DR-7).');
  expect(silent).toContain('Nobody looks into the data: add inspection (DR-7).');
});

it('fits a terminal of 80 columns, and has no color where there is no terminal', () => {
  for (const { stdout } of [ours, tight]) {
    const long = stdout.split('\n').filter((line) => line.length > 80 && !line.includes(folder));
    expect(long).toEqual([]);
    expect(stdout).not.toContain('\u001b');
  }
});

it('answers with data on request', () => {
  const { status, stdout } = run('--json', '--file', file(TIGHT));
  expect(status).toBe(0);
  const { protections, regions, warnings } = JSON.parse(stdout);
  expect(protections[0].losses).toContainEqual({
    scenario: { lost: 'region', copyIn: 'eu-west-1' },
    worst: 7_200_000,
  });
  expect(regions[0]).toEqual({ region: 'eu-central-1', databases: 4, atMost: 116, quota: 100 });
  expect(warnings.length).toBeGreaterThan(3);
});

it('exits with 1 and says what is wrong where the policy cannot be followed', () => {
  const path = file('home: us-eats-1\n');
  const { status, stdout, stderr } = run('--file', path);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(`${path}:1:7: home: 'us-eats-1' is not an AWS region\n  hint: `);
  const { problems } = JSON.parse(run('--json', '--file', path).stdout);
  expect(problems).toContainEqual(expect.objectContaining({ path: ['home'], line: 1, column: 7 }));
  expect(run('--file', join(folder, 'none.yml'))).toMatchObject({ status: 1, stdout: '' });
});

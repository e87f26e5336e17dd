import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud } from '../../../local/cloud';
import type { Delivery } from '../../../local/engine/sns/outbox';
import { EVIDENCE } from '../../../local/furnish';
import { Mailbox } from '../../../local/rehearsal/mailbox';
import { prepareFolder, writeReport } from '../../../local/rehearsal/report-files';
import { at, HOME } from '../../support/builders';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('writes the files of a report as the evidence store has them, over earlier ones', async () => {
  const cloud = createCloud({ regions: [HOME] });
  const { s3 } = cloud.region(HOME);
  await s3.CreateBucket({ Bucket: EVIDENCE });
  const record = { verdict: 'failed', counts: { failed: 1 }, files: [{ key: 'reports/x/compliance.html' }] };
  await s3.PutObject({ Bucket: EVIDENCE, Key: 'reports/x.json', Body: JSON.stringify(record) });
  await s3.PutObject({ Bucket: EVIDENCE, Key: 'reports/x/compliance.html', Body: '<p>new' });
  prepareFolder(folder);
  writeFileSync(join(folder, 'compliance.html'), 'of an earlier rehearsal, and longer');
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  const written = await writeReport(cloud, HOME, 'reports/x.json', folder);
  const page = join(folder, 'compliance.html');
  expect(written).toEqual({ verdict: 'failed', counts: { failed: 1 }, files: [page] });
  expect(readFileSync(page, 'utf8')).toBe('<p>new');
  expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
});

it('makes the folder, and refuses one that cannot be, with the way out', () => {
  prepareFolder(join(folder, 'a', 'b'));
  expect(existsSync(join(folder, 'a', 'b'))).toBe(true);
  // Node's own way to make a folder with its parents never returns from here.
  expect(() => prepareFolder('/proc/holdfast/below')).toThrow(
    /^--out: \/proc\/holdfast\/below cannot be written/,
  );
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => prepareFolder(join(file, 'below'))).toThrow(
    /^--out: .*below cannot be written: ENOTDIR.*\n {2}hint: name a folder of your own, as --out /,
  );
});

describe('the mailbox', () => {
  const mail = (subject: string) => ({ at: at('2026-03-02 08:12'), subject, body: `${subject}, in full\n` });
  const mails: Delivery[] = [];
  const mailbox = () => new Mailbox({ to: () => mails }, 'on-call@example.com');
  beforeEach(() => mails.splice(0));

  it('tells each mail once, with its time', () => {
    const box = mailbox();
    expect(box.fresh()).toEqual([]);
    mails.push(mail('a') as Delivery);
    expect(box.fresh()).toEqual(['2026-03-02T08:12:00Z on call is told: a']);
    mails.push(mail('b') as Delivery);
    expect(box.fresh()).toEqual(['2026-03-02T08:12:00Z on call is told: b']);
    expect(box.fresh()).toEqual([]);
  });

  it('has all of them in full', () => {
    expect(mailbox().text()).toBe('Nobody was told anything.\n');
    mails.push(mail('a') as Delivery, mail('b') as Delivery);
    const text = mailbox().text();
    expect(text).toContain('Date: 2026-03-02T08:12:00Z\nTo: on-call@example.com\nSubject: a\n\na, in full\n');
    expect(text.split('-'.repeat(72))).toHaveLength(2);
  });
});

import { reportName, reportRecord } from '../../../../functions/report-compliance/report-record';
import { sharingLines, sharingOf } from '../../../../functions/report-compliance/sharing';
import { at } from '../../../support/builders';

describe('what is known of sharing', () => {
  it('is read back as it was written', () => {
    const known = new Map([
      ['arn:aws:rds:us-east-1:111122223333:snapshot:a', { asked: at('2026-03-10 06:34'), with: [] }],
      ['arn:aws:rds:us-east-1:111122223333:snapshot:b', { asked: at('2026-03-09 06:34'), with: ['all'] }],
    ]);
    expect(sharingOf([...sharingLines(known)].join(''))).toEqual({ known, strange: 0 });
    expect(sharingOf('')).toEqual({ known: new Map(), strange: 0 });
  });

  it.each([
    ['another time', '["arn","yesterday",[]]'],
    ['no ARN', '[1,"2026-03-10T00:00:00Z",[]]'],
    ['no accounts', '["arn","2026-03-10T00:00:00Z"]'],
    ['half a line', '["arn","2026-03-10T00:0'],
    ['no list', '{"arn":"a"}'],
    ['nothing', 'null'],
  ])('leaves out and counts what it did not write, as %s: that snapshot is asked about again', (_, line) => {
    const asked = at('2026-03-10 06:34');
    const own = [...sharingLines(new Map([['arn:a', { asked, with: ['all'] }]]))].join('');
    expect(sharingOf(`${line}\n${own}`)).toEqual({
      known: new Map([['arn:a', { asked, with: ['all'] }]]),
      strange: 1,
    });
  });
});

describe('the record of a report', () => {
  it('is named by its time, then by its run', () => {
    expect(reportName('2026-03-10T06:34:00Z', 'c0ffee00-1111-4222-8333-444455556666')).toBe(
      'reports/2026-03-10T06:34:00Z-c0ffee00',
    );
    expect(reportName('2026-03-10T06:34:00Z', '///')).toBe('reports/2026-03-10T06:34:00Z-run');
  });

  it('is read only when it is one, and of this installation', () => {
    const record = {
      schema: 'holdfast.report/1',
      installation: 'holdfast',
      sharing: 'reports/a/sharing.jsonl.gz',
    };
    expect(reportRecord(record, 'holdfast')).toBe(record);
    for (const other of [
      null,
      {},
      { ...record, schema: 'holdfast.report/2' },
      { ...record, installation: 'other' },
      { ...record, sharing: undefined },
    ])
      expect(reportRecord(other, 'holdfast')).toBeNull();
  });
});

import { reportName, reportRecord } from '../../../../functions/report-compliance/report-record';
import { sharingLines, sharingOf } from '../../../../functions/report-compliance/sharing';
import { at } from '../../../support/builders';

describe('what is known of sharing', () => {
  it('is read back as it was written', () => {
    const known = new Map([
      ['arn:aws:rds:us-east-1:111122223333:snapshot:a', { asked: at('2026-03-10 06:34'), with: [] }],
      ['arn:aws:rds:us-east-1:111122223333:snapshot:b', { asked: at('2026-03-09 06:34'), with: ['all'] }],
    ]);
    expect(sharingOf([...sharingLines(known)].join(''))).toEqual(known);
    expect(sharingOf('')).toEqual(new Map());
  });

  it('leaves out what it did not write: that snapshot is asked about again', () => {
    expect(
      sharingOf('["arn","yesterday",[]]\n[1,"2026-03-10T00:00:00Z",[]]\n["arn","2026-03-10T00:00:00Z"]\n')
        .size,
    ).toBe(0);
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
    const record = { schema: 'holdfast.report/1', installation: 'holdfast' };
    expect(reportRecord(record, 'holdfast')).toBe(record);
    for (const other of [
      null,
      {},
      { ...record, schema: 'holdfast.report/2' },
      { ...record, installation: 'other' },
    ])
      expect(reportRecord(other, 'holdfast')).toBeNull();
  });
});

import Ajv from 'ajv';
import type { Compliance } from '../../../../../shared/report/compliance/compliance';
import { type OcsfFinding, ocsfFindings, ocsfLines } from '../../../../../shared/report/compliance/ocsf';
import schema from './ocsf-1.6.0.schema.json';
import { failing, healthy, hostile } from './samples';

const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

function byControl(compliance: Compliance, control: string): OcsfFinding {
  const found = ocsfFindings(compliance).find((one) => one.compliance.control === control);
  if (found === undefined) throw new Error(`no event of ${control}`);
  return found;
}

describe('an OCSF Compliance Finding', () => {
  it('is made of every assessment, and fits the published schema', () => {
    for (const compliance of [healthy(), failing(), hostile()]) {
      const all = ocsfFindings(compliance);
      expect(all).toHaveLength(compliance.assessments.length);
      for (const one of all) {
        validate(one);
        expect(validate.errors).toBeNull();
      }
    }
  });

  it('is held against a schema that refuses what OCSF does not know', () => {
    const [one] = ocsfFindings(failing());
    expect(validate(one)).toBe(true);
    expect(validate({ ...one, verdict: 'failed' })).toBe(false);
    expect(validate({ ...one, severity_id: 7 })).toBe(false);
    expect(validate({ ...one, finding_info: {} })).toBe(false);
    expect(validate({ ...one, cloud: undefined })).toBe(false);
  });

  it('names class, type and activity by numbers that agree', () => {
    for (const one of ocsfFindings(failing())) {
      expect([one.class_uid, one.category_uid, one.metadata.version]).toEqual([2003, 2, '1.6.0']);
      expect(one.type_uid).toBe(one.class_uid * 100 + one.activity_id);
      expect(one.type_name).toBe(`Compliance Finding: ${one.activity_name}`);
      expect(one.time).toBe(Date.parse('2026-03-10T09:30:00Z'));
    }
  });

  it('says how it stands', () => {
    const failed = byControl(failing(), 'recovery-point-home');
    expect(failed.compliance).toMatchObject({ status: 'Fail', status_id: 3, requirements: ['REC-1'] });
    expect(failed).toMatchObject({ severity: 'Critical', activity_name: 'Update', status: 'New' });
    expect(failed.finding_info.first_seen_time).toBe(Date.parse('2026-03-10T04:30:00Z'));
    expect(byControl(failing(), 'failover-drilled').compliance.status).toBe('Warning');
    expect(byControl(failing(), 'tags-copied')).toMatchObject({ status: 'Suppressed', status_id: 3 });
    const passed = byControl(healthy(), 'recovery-point-home');
    expect(passed).toMatchObject({ activity_name: 'Create', severity: 'Informational' });
    expect(passed.status_id).toBeUndefined();
  });

  it('is suppressed where it is waived although nobody could judge it for long', () => {
    const made = failing();
    const assessments = made.assessments.map((one) =>
      one.control === 'failover-drilled'
        ? { ...one, since: made.at, waiver: { reason: 'borne', until: '2026-04-30T23:59:59Z' } }
        : one,
    );
    const waived = byControl({ ...made, assessments }, 'failover-drilled');
    expect(waived).toMatchObject({ status: 'Suppressed', compliance: { status: 'Warning' } });
  });

  it('is closed when it passed again', () => {
    const compliance = healthy();
    const assessments = compliance.assessments.map((one) => ({ ...one, resolved: '2026-03-09T00:00:00Z' }));
    const closed = byControl({ ...compliance, assessments }, 'recovery-point-home');
    expect(closed).toMatchObject({ activity_id: 3, type_uid: 200303, status: 'Resolved', status_id: 4 });
  });

  it('says when it was last seen: in another look than this one, where this one did not see it', () => {
    const compliance = failing();
    const lastSeen = '2026-03-10T08:00:00Z';
    const assessments = compliance.assessments.map((one) => ({ ...one, unseen: 'no answer', lastSeen }));
    const info = (report: typeof compliance) => byControl(report, 'recovery-point-home').finding_info;
    expect(info(compliance).last_seen_time).toBe(Date.parse(compliance.at));
    expect(info({ ...compliance, assessments }).last_seen_time).toBe(Date.parse(lastSeen));
  });

  it('is one line each, whatever a name holds', () => {
    const all = ocsfFindings(hostile());
    const lines = [...ocsfLines(hostile())].join('').split('\n');
    expect(lines).toHaveLength(all.length + 1);
    expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(all)));
  });
});

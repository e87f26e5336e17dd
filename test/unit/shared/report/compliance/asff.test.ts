import { AwsSecurityFinding$ } from '@aws-sdk/client-securityhub';
import { NormalizedSchema } from '@smithy/core/schema';
import { type AsffFinding, asffFindings } from '../../../../../shared/report/compliance/asff';
import { cut, hubId } from '../../../../../shared/report/compliance/asff-names';
import type { Compliance } from '../../../../../shared/report/compliance/compliance';
import { failing, healthy, hostile } from './samples';

/** What is no member of the schema, or of another type than it says. */
function mismatches(schema: NormalizedSchema, value: unknown, path: string): string[] {
  if (schema.isStructSchema()) {
    const members = new Map(schema.structIterator());
    return Object.entries(value as object).flatMap(([name, member]) => {
      const its = members.get(name);
      return its === undefined ? [`${path}.${name} is unknown`] : mismatches(its, member, `${path}.${name}`);
    });
  }
  if (schema.isListSchema()) {
    return (value as unknown[]).flatMap((one, at) =>
      mismatches(schema.getValueSchema(), one, `${path}[${at}]`),
    );
  }
  if (schema.isMapSchema()) {
    return Object.entries(value as object).flatMap(([name, one]) =>
      mismatches(schema.getValueSchema(), one, `${path}.${name}`),
    );
  }
  const wanted = schema.isStringSchema() ? 'string' : schema.isNumericSchema() ? 'number' : 'boolean';
  return typeof value === wanted ? [] : [`${path} is no ${wanted}`];
}

/** As AWS's page lists them: "Required top-level ASFF attributes", and API_AwsSecurityFinding. */
const REQUIRED = [
  ...['AwsAccountId', 'CreatedAt', 'Description', 'GeneratorId', 'Id', 'ProductArn', 'Resources'],
  ...['SchemaVersion', 'Severity', 'Title', 'Types', 'UpdatedAt'],
] as const;

/** The lengths that the same pages state. */
const LENGTHS = {
  Id: 512,
  GeneratorId: 512,
  Title: 256,
  Description: 1_024,
  AwsAccountId: 12,
  Region: 16,
} as const;

function byControl(compliance: Compliance, control: string): AsffFinding {
  const found = asffFindings(compliance).find(({ GeneratorId }) => GeneratorId === `holdfast/${control}`);
  if (found === undefined) throw new Error(`no finding of ${control}`);
  return found;
}

describe('a finding for Security Hub', () => {
  it('is made of every assessment, and fits the schema of the SDK', () => {
    const schema = NormalizedSchema.of(AwsSecurityFinding$);
    for (const compliance of [healthy(), failing(), hostile()]) {
      const all = asffFindings(compliance);
      expect(all).toHaveLength(compliance.assessments.length);
      expect(all.flatMap((finding) => mismatches(schema, finding, finding.Id))).toEqual([]);
    }
  });

  it('has every field that AWS requires, within the lengths that it allows', () => {
    for (const finding of [...asffFindings(failing()), ...asffFindings(hostile())]) {
      for (const name of REQUIRED) expect(JSON.stringify(finding[name] ?? '')).toMatch(/[^"[\]{}\s]/);
      for (const [name, most] of Object.entries(LENGTHS))
        expect(finding[name as keyof typeof LENGTHS].length).toBeLessThanOrEqual(most);
      expect(finding.Remediation.Recommendation.Text.length).toBeLessThanOrEqual(512);
      expect(finding.Compliance.RelatedRequirements.length).toBeLessThanOrEqual(32);
      expect(Object.keys(finding.ProductFields).length).toBeLessThanOrEqual(50);
      expect(finding.Types.every((type) => type.split('/').length === 3)).toBe(true);
      expect(
        [finding.CreatedAt, finding.UpdatedAt].every((at) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at)),
      ).toBe(true);
    }
  });

  it('has an Id of its own, the same at every report', () => {
    const ids = asffFindings(failing()).map(({ Id }) => Id);
    expect(new Set(ids).size).toBe(ids.length);
    const later = asffFindings({ ...failing(), at: '2026-03-11T09:30:00Z' }).map(({ Id }) => Id);
    expect(later).toEqual(ids);
    expect(ids).toContain('holdfast/holdfast/recovery-point-copy/qrosity-db/us-west-2');
    for (const compliance of [failing(), hostile()])
      expect(compliance.assessments.map(({ id }) => hubId(compliance, id))).toEqual(
        asffFindings(compliance).map(({ Id }) => Id),
      );
  });

  it('keeps two texts apart that are cut', () => {
    const [long, other] = [`${'x'.repeat(600)}a`, `${'x'.repeat(600)}b`];
    expect(cut(long, 512)).toHaveLength(512);
    expect(cut(long, 512)).not.toBe(cut(other, 512));
    expect(cut('x'.repeat(512), 512)).toBe('x'.repeat(512));
    // No half of a character is left.
    expect(cut('😀'.repeat(300), 256)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it('says how it stands: failed, unknown, waived, passed', () => {
    const failed = byControl(failing(), 'recovery-point-home');
    expect(failed.Compliance.Status).toBe('FAILED');
    expect(failed.Severity).toEqual({ Label: 'CRITICAL', Original: 'critical' });
    expect(failed.Workflow.Status).toBe('NEW');
    expect(failed.CreatedAt).toBe('2026-03-10T04:30:00Z');
    const unknown = byControl(failing(), 'failover-drilled');
    expect(unknown.Compliance.Status).toBe('WARNING');
    const waived = byControl(failing(), 'tags-copied');
    expect([waived.Compliance.Status, waived.Workflow.Status]).toEqual(['FAILED', 'SUPPRESSED']);
    expect(waived.ProductFields).toMatchObject({
      'holdfast/standing': 'waived',
      'holdfast/suppressed': 'by its waiver',
    });
    expect(failed.ProductFields).not.toHaveProperty('holdfast/suppressed');
    const passed = byControl(healthy(), 'recovery-point-home');
    expect([passed.Compliance.Status, passed.Workflow.Status]).toEqual(['PASSED', 'RESOLVED']);
    expect(passed.Severity.Label).toBe('INFORMATIONAL');
    expect(passed.FindingProviderFields.Severity).toEqual(passed.Severity);
  });

  it('suppresses what is waived although nobody could judge it for long, and calls it no failure', () => {
    const made = failing();
    const assessments = made.assessments.map((one) =>
      one.control === 'failover-drilled'
        ? { ...one, since: made.at, waiver: { reason: 'borne', until: '2026-04-30T23:59:59Z' } }
        : one,
    );
    const waived = byControl({ ...made, assessments }, 'failover-drilled');
    expect([waived.Compliance.Status, waived.Workflow.Status]).toEqual(['WARNING', 'SUPPRESSED']);
    expect(waived.ProductFields).toMatchObject({ 'holdfast/standing': 'waived' });
  });

  it('says when it was last seen: in another look than this one, where this one did not see it', () => {
    const compliance = failing();
    expect(byControl(compliance, 'recovery-point-home').LastObservedAt).toBe(compliance.at);
    const assessments = compliance.assessments.map((one) => ({
      ...one,
      unseen: 'RDS did not answer',
      lastSeen: '2026-03-10T08:00:00Z',
    }));
    const unseen = byControl({ ...compliance, assessments }, 'recovery-point-home');
    expect([unseen.LastObservedAt, unseen.UpdatedAt]).toEqual(['2026-03-10T08:00:00Z', compliance.at]);
  });

  it('has a command whole or not at all', () => {
    const compliance = failing();
    const command = `aws rds restore-db-instance-from-db-snapshot ${'--option value '.repeat(40)}`;
    const assessments = compliance.assessments.map((one) => ({ ...one, remedy: 'Restore it', command }));
    const { Text } = byControl({ ...compliance, assessments }, 'recovery-point-home').Remediation
      .Recommendation;
    expect(Text).toBe('Restore it');
    const short = compliance.assessments.map((one) => ({ ...one, remedy: 'Restore it', command: 'aws rds' }));
    const whole = byControl({ ...compliance, assessments: short }, 'recovery-point-home');
    expect(whole.Remediation.Recommendation.Text).toBe('Restore it. Next: aws rds');
  });

  it('names the resource as AWS does', () => {
    const [copy] = byControl(failing(), 'recovery-point-copy').Resources;
    expect(copy).toEqual({
      Type: 'AwsRdsDbInstance',
      Id: 'arn:aws:rds:us-east-1:111122223333:db:qrosity-db',
      Partition: 'aws',
      Region: 'us-east-1',
    });
    expect(byControl(failing(), 'evidence-locked').Resources[0]?.Type).toMatch(/^(AwsAccount|Other)$/);
  });

  it('tells requirements and frameworks, and leads to the runbook', () => {
    const [first] = asffFindings(failing(), 'https://example.com/holdfast/blob/main/');
    expect(first?.Remediation.Recommendation.Url).toMatch(
      /^https:\/\/example\.com\/holdfast\/blob\/main\/\w/,
    );
    const { RelatedRequirements } = byControl(failing(), 'recovery-point-home').Compliance;
    expect(RelatedRequirements).toEqual(expect.arrayContaining(['REC-1', 'NIST 800-53 CP-9']));
  });
});

import type { HubFinding, HubPlan } from '../../../../../shared/ports/security-hub';
import { asffFindings } from '../../../../../shared/report/compliance/asff';
import { asffDelivery, type Delivering } from '../../../../../shared/report/compliance/asff-delivery';
import { hubId, productArn } from '../../../../../shared/report/compliance/asff-names';
import type { Assessed, Compliance } from '../../../../../shared/report/compliance/compliance';
import { failing, fleetOf, healthy, hostile } from './samples';

const DAILY: Delivering = { pass: 'daily', sawAll: true, docs: null };
const LIGHT: Delivering = { pass: 'light', sawAll: true, docs: null };
const YESTERDAY = '2026-03-09T09:30:00Z';

/** The report with one of its assessments alone. */
function only(compliance: Compliance, control: string, over: Partial<Assessed> = {}): Compliance {
  const [one] = compliance.assessments.filter((each) => each.control === control);
  if (one === undefined) throw new Error(`the sample has no ${control}`);
  return { ...compliance, assessments: [{ ...one, ...over }] };
}

const WAIVER = { reason: 'until the move', until: '2026-04-30T23:59:59Z' };
const passes = only(healthy(), 'recovery-point-home');
const fails = only(failing(), 'recovery-point-home');
const waived = only(failing(), 'recovery-point-home', { waiver: WAIVER });

/** As Security Hub has it since yesterday. */
function known(compliance: Compliance, over: Partial<HubFinding> = {}): HubFinding {
  const [finding] = asffFindings({ ...compliance, at: YESTERDAY });
  if (finding === undefined) throw new Error('there is no assessment');
  return { ...finding, ...over };
}

function planned(compliance: Compliance, has: readonly HubFinding[], how = DAILY): HubPlan {
  const delivery = asffDelivery(compliance, how);
  return delivery.plan(has.flatMap((finding) => delivery.remember(finding) ?? []));
}

/** `lift NEW`, `take FAILED`, `move RESOLVED`: what comes of one finding, in this order. */
function steps(compliance: Compliance, has: HubFinding | null, how = DAILY): string {
  const { lifts, findings, moves } = planned(compliance, has === null ? [] : [has], how);
  const taken = [...findings].map((one) => (one.Compliance as { Status: string }).Status);
  return [
    ...lifts.map(({ to }) => `lift ${to}`),
    ...taken.map((status) => `take ${status}`),
    ...moves.map(({ to }) => `move ${to}`),
  ].join(', ');
}

const workflow = (Status: string) => ({ Workflow: { Status } });

describe('what Security Hub hears of a finding', () => {
  it.each<[what: string, now: Compliance, has: HubFinding | null, steps: string]>([
    ['that passes and was never open', passes, null, ''],
    ['that is new', fails, null, 'take FAILED'],
    ['that is new and waived', waived, null, 'take FAILED'],
    ['that goes on', fails, known(fails), 'take FAILED'],
    ['that a person looks after', fails, known(fails, workflow('NOTIFIED')), 'take FAILED'],
    ['that a person suppressed', fails, known(fails, workflow('SUPPRESSED')), 'take FAILED'],
    [
      'that a person called resolved, and is not',
      fails,
      known(fails, workflow('RESOLVED')),
      'take FAILED, move NEW',
    ],
    ['that passes again', passes, known(fails), 'take PASSED, move RESOLVED'],
    [
      'that passes again, and was looked after',
      passes,
      known(fails, workflow('NOTIFIED')),
      'take PASSED, move RESOLVED',
    ],
    ['that passes, and a person suppressed', passes, known(fails, workflow('SUPPRESSED')), 'take PASSED'],
    ['that passes since yesterday', passes, known(passes), ''],
    ['that passes, and was not called resolved', passes, known(passes, workflow('NEW')), 'move RESOLVED'],
    ['that fails again', fails, known(passes), 'take FAILED'],
    ['that fails again, and is waived', waived, known(passes), 'take FAILED, move SUPPRESSED'],
    ['that is waived now', waived, known(fails), 'take FAILED, move SUPPRESSED'],
    ['that is waived now, and looked after', waived, known(fails, workflow('NOTIFIED')), 'take FAILED'],
    ['that is waived since yesterday', waived, known(waived), 'take FAILED'],
    ['whose waiver has ended', fails, known(waived), 'lift NEW, take FAILED'],
    ['whose waiver has ended, and who passes', passes, known(waived), 'lift RESOLVED, take PASSED'],
    [
      'whose waiver has ended while somebody looked after it',
      fails,
      known(waived, workflow('NOTIFIED')),
      'take FAILED',
    ],
  ])('%s', (_, now, has, expected) => {
    expect(steps(now, has)).toBe(expected);
    // A light pass does the same about what it is given.
    expect(steps(now, has, LIGHT)).toBe(expected);
  });

  it('unknown for a while is a warning, and for a moment nothing', () => {
    const unknown = (since: string | null) =>
      only(failing(), 'failover-drilled', { verdict: 'unknown', since });
    expect(steps(unknown(YESTERDAY), null)).toBe('take WARNING');
    expect(steps(unknown(null), null)).toBe('');
    expect(steps(unknown(null), known(unknown(YESTERDAY)))).toBe('');
  });

  it('says of a suppression that it is that of a waiver, and of a person that it is not', () => {
    const marked = (has: HubFinding | null) =>
      [...planned(waived, has === null ? [] : [has]).findings].map(
        ({ ProductFields }) => (ProductFields as Record<string, string>)['holdfast/suppressed'],
      );
    expect(marked(null)).toEqual(['by its waiver']);
    expect(marked(known(fails))).toEqual(['by its waiver']);
    expect(marked(known(waived))).toEqual(['by its waiver']);
    expect(marked(known(fails, workflow('SUPPRESSED')))).toEqual([undefined]);
    expect(marked(known(fails, workflow('NOTIFIED')))).toEqual([undefined]);
  });

  it.each([
    ['later', '2026-03-10T10:00:01Z'],
    ['at the same moment', failing().at],
  ])('nothing where another run said otherwise %s', (_, UpdatedAt) => {
    expect(steps(fails, known(passes, { UpdatedAt }))).toBe('');
    expect(steps(passes, known(fails, { UpdatedAt }))).toBe('');
    // The same, so that a run that was killed can go on.
    expect(steps(waived, known(waived, { UpdatedAt, ...workflow('NEW') }))).toBe(
      'take FAILED, move SUPPRESSED',
    );
  });

  it('the same whatever is asked of it at a time: words, counts and order', () => {
    for (const compliance of [failing(), hostile(), fleetOf(60)]) {
      const { findings, counts } = planned(compliance, []);
      const open = compliance.assessments.filter(({ since }) => since !== null);
      expect(open.length).toBeGreaterThan(5);
      expect([...findings]).toEqual(asffFindings({ ...compliance, assessments: open }));
      expect(counts).toEqual({ taken: open.length, resolved: 0, archived: 0 });
    }
  });
});

describe('what is archived', () => {
  const compliance = failing();
  const Id = 'holdfast/holdfast/recovery-point-home/old-db/us-east-1';
  const gone = known(fails, { Id });
  const archived = (has: HubFinding, how = DAILY) => planned(compliance, [has], how).counts.archived;

  it('is ours and judged no more', () => {
    expect(archived(gone)).toBe(1);
    expect(archived(known(fails))).toBe(0);
  });

  it.each<[string, Partial<HubFinding>]>([
    ['another product', { ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/securityhub' }],
    ['another account', { ProductArn: productArn({ account: '444455556666', home: 'us-east-1' }) }],
    ['another region', { ProductArn: productArn({ account: compliance.account, home: 'us-west-2' }) }],
    ['another tool under the default product', { GeneratorId: 'prowler/rds' }],
    ['another installation', { Id: 'holdfast/holdfast-staging/recovery-point-home/old-db/us-east-1' }],
    ['a run of this very moment or later', { UpdatedAt: compliance.at }],
  ])('is nothing of %s', (_, fields) => {
    expect(archived({ ...gone, ...fields })).toBe(0);
  });

  it('is nothing where something may just be out of sight, or only some was looked at', () => {
    expect(archived(gone, { ...DAILY, sawAll: false })).toBe(0);
    expect(archived(gone, LIGHT)).toBe(0);
  });

  it('is neither passed nor failed any more, and says nothing that is not ours to say', () => {
    const UserDefinedFields = { ticket: 'OPS-4' };
    const ProductFields = { 'holdfast/id': 'x', 'aws/securityhub/ProductName': 'Holdfast' };
    const has = { ...gone, UserDefinedFields, ProductFields, ProcessedAt: YESTERDAY, WorkflowState: 'NEW' };
    const [sent] = [...planned(only(compliance, 'tls-forced'), [has]).findings].filter(
      (one) => one.Id === Id,
    );
    const { Workflow, ...rest } = gone;
    expect(sent).toEqual({
      ...rest,
      UpdatedAt: compliance.at,
      RecordState: 'ARCHIVED',
      Compliance: { ...(gone.Compliance as object), Status: 'NOT_AVAILABLE' },
      ProductFields: { 'holdfast/id': 'x' },
    });
  });

  it('stays passed where it was, so that it is not NEW again', () => {
    const { findings } = planned(only(compliance, 'tls-forced'), [known(passes, { Id })]);
    expect([...findings].find((one) => one.Id === Id)).toMatchObject({ Compliance: { Status: 'PASSED' } });
  });

  it('is no longer suppressed by a waiver: it could come back unseen', () => {
    const tls = only(compliance, 'tls-forced');
    expect(planned(tls, [known(waived, { Id })]).lifts).toMatchObject([{ Id, to: 'RESOLVED' }]);
    expect(planned(tls, [known(fails, { Id, ...workflow('SUPPRESSED') })]).lifts).toEqual([]);
  });
});

describe('what Security Hub is asked', () => {
  const asked = (compliance: Compliance, how: Delivering) => asffDelivery(compliance, how).question;

  it('daily is for everything of this installation, and nothing of others', () => {
    expect(asked(failing(), DAILY)).toEqual({
      product: 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default',
      generators: 'holdfast/',
      ids: 'holdfast/holdfast/',
      only: null,
    });
  });

  it('in a light pass is for what has changed, unless that is more than a list of all would cost', () => {
    const { only: some } = asked(fails, LIGHT);
    expect(some).toEqual([hubId(fails, fails.assessments[0]?.id ?? '')]);
    const fleet = fleetOf(20);
    const most = { ...fleet, assessments: fleet.assessments.slice(0, 400) };
    expect(asked(most, LIGHT).only).toHaveLength(400);
    expect(asked({ ...fleet, assessments: fleet.assessments.slice(0, 401) }, LIGHT).only).toBeNull();
  });

  it('is nothing where nothing was judged', () => {
    for (const how of [DAILY, LIGHT]) expect(asked({ ...failing(), assessments: [] }, how).only).toEqual([]);
  });

  it('is with names that were cleaned', () => {
    expect(asked(hostile(), DAILY).ids).toBe('holdfast/<script>alert(1)</script>/');
    expect(asked({ ...failing(), installation: 'a\u202eb' }, DAILY).ids).toBe('holdfast/a\\u202eb/');
  });
});

import { WireError } from '../../../../local/wire/service';
import { SecurityHubFindings } from '../../../../shared/aws/securityhub-findings';
import type { HubFinding } from '../../../../shared/ports/security-hub';
import { ACCOUNT, HOME } from '../../../support/builders';
import { type Local, local, refusalOf } from './local';

const PRODUCT = `arn:aws:securityhub:${HOME}:${ACCOUNT}:product/${ACCOUNT}/default`;

function finding(id: string, over: Partial<HubFinding> = {}): HubFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: PRODUCT,
    GeneratorId: 'holdfast/pitr-current',
    AwsAccountId: ACCOUNT,
    CreatedAt: '2026-03-01T08:00:00Z',
    UpdatedAt: '2026-03-01T08:00:00Z',
    Title: 'PITR is behind',
    Description: 'It is 94 minutes old; the promise is 60.',
    Types: ['Software and Configuration Checks'],
    Severity: { Label: 'HIGH' },
    Resources: [{ Type: 'Other', Id: 'qrosity-db' }],
    ...over,
  };
}

describe('Security Hub', () => {
  let aws: Local;
  let hub: SecurityHubFindings;

  beforeEach(async () => {
    aws = local();
    hub = new SecurityHubFindings(aws.options);
    await aws.cloud.region(HOME).securityhub.EnableSecurityHub({});
  });

  const many = (count: number, over: Partial<HubFinding> = {}) =>
    Array.from({ length: count }, (_, number) => finding(`f-${1000 + number}`, over));
  const batches = () => aws.router.log.count({ operation: 'BatchImportFindings' });
  const ids = async (prefix = 'holdfast/') => (await hub.active(HOME, prefix)).map(({ Id }) => Id);

  it('takes 100 findings a call, and gives them back by what made them', async () => {
    await hub.take(HOME, many(201));
    expect(batches()).toBe(3);
    aws.router.log.reset();
    expect(await ids()).toHaveLength(201);
    expect(aws.router.log.table()).toEqual({ [`securityhub ${HOME} GetFindings`]: 3 });
  });

  it('is not asked to take nothing', async () => {
    await hub.take(HOME, []);
    expect(batches()).toBe(0);
  });

  it('takes no more than 6 MB a call, however few findings that are', async () => {
    await hub.take(HOME, many(60, { ProductFields: fields() }));
    expect(batches()).toBe(2);
  });

  it('gives back whole findings that are active and ours: what is archived is handed in again with that word', async () => {
    await hub.take(HOME, [finding('a'), finding('b'), finding('of-others', { GeneratorId: 'scanner/x' })]);
    const [first] = await hub.active(HOME, 'holdfast/');
    expect(first).toMatchObject({ Id: 'a', Title: 'PITR is behind', Severity: { Label: 'HIGH' } });
    await hub.take(HOME, [
      { ...(first as HubFinding), RecordState: 'ARCHIVED', UpdatedAt: '2026-03-01T08:30:00Z' },
    ]);
    expect(await ids()).toEqual(['b']);
    expect(await ids('scanner/')).toEqual(['of-others']);
  });

  it('that takes all but some is a refusal which names the first of them', async () => {
    const bad = ['w', 'x', 'y', 'z'].map((id) => finding(id, { Title: undefined }));
    const refusal = await refusalOf(hub.take(HOME, [finding('a'), ...bad]));
    expect(refusal).toMatch(
      /^invalid: hand 5 findings in to Security Hub in us-east-1: 4 not taken: w: Invalid/,
    );
    expect(refusal).toMatch(/; y: .*; and 1 more$/);
    expect(await ids()).toEqual(['a']);
  });

  it('that refuses one batch is still given the others', async () => {
    aws.faults.refuse(new WireError('LimitExceededException', 'too many', 429), {
      operation: 'BatchImportFindings',
      times: 1,
    });
    expect(await refusalOf(hub.take(HOME, many(150)))).toBe(
      `quota: hand 150 findings in to Security Hub in ${HOME}: 100 not taken: a batch of 100: LimitExceededException: too many`,
    );
    expect(await ids()).toHaveLength(50);
  });

  it('that is off takes nothing, and says so', async () => {
    await aws.cloud.region(HOME).securityhub.DisableSecurityHub({} as never);
    expect(await refusalOf(hub.take(HOME, [finding('a')]))).toMatch(/^denied: .* is not subscribed/);
    expect(await refusalOf(hub.active(HOME, 'holdfast/'))).toMatch(/^\w+: list findings holdfast\/\*/);
  });
});

/** 100 kB, of the 240 that a finding may have: 50 fields of 2,048 characters are as many as there may be. */
function fields() {
  return Object.fromEntries(
    Array.from({ length: 50 }, (_, number) => [`holdfast/${number}`, 'x'.repeat(2_000)]),
  );
}

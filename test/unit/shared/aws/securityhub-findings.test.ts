import type { BatchUpdateFindingsRequest, BatchUpdateFindingsResponse } from '@aws-sdk/client-securityhub';
import type { Cloud } from '../../../../local/cloud';
import { inProcess } from '../../../../local/wire/in-process';
import { Router } from '../../../../local/wire/router';
import { type Call, WireError } from '../../../../local/wire/service';
import { SecurityHubFindings } from '../../../../shared/aws/securityhub-findings';
import type {
  HubFinding,
  HubMove,
  HubQuestion,
  HubRefused,
  HubWorkflow,
} from '../../../../shared/ports/security-hub';
import { ACCOUNT, AWAY, HOME } from '../../../support/builders';
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

const HINT = `enable Security Hub in ${HOME}, or set compliance.securityHub: false in the policy`;

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
  const calls = (operation: string) => aws.router.log.count({ operation });
  const active = async (question: Partial<HubQuestion> = {}) => {
    const all: HubFinding[] = [];
    const asked = { product: PRODUCT, generators: 'holdfast/', ids: '', only: null, ...question };
    for await (const page of hub.active(HOME, asked)) all.push(...page);
    return all;
  };
  const ids = async (question: Partial<HubQuestion> = {}) => (await active(question)).map(({ Id }) => Id);
  const moves = (to: HubWorkflow, ...those: string[]): HubMove[] =>
    those.map((Id) => ({ Id, ProductArn: PRODUCT, to }));
  const workflows = async () =>
    Object.fromEntries(
      (await active()).map(({ Id, Workflow }) => [Id, (Workflow as { Status: string }).Status]),
    );
  const told = (refused: readonly HubRefused[]) =>
    refused.map(({ id, refusal }) => `${id}: ${refusal.kind}: ${refusal.message}`);

  describe('takes', () => {
    it('100 findings a call, in their order, and gives them back by what made them', async () => {
      expect(await hub.take(HOME, many(201))).toEqual([]);
      expect(calls('BatchImportFindings')).toBe(3);
      aws.router.log.reset();
      expect(await ids()).toEqual(many(201).map(({ Id }) => Id));
      expect(aws.router.log.table()).toEqual({ [`securityhub ${HOME} GetFindings`]: 3 });
    });

    it('nothing without being asked', async () => {
      expect(await hub.take(HOME, [])).toEqual([]);
      expect(await hub.move(HOME, [])).toEqual([]);
      expect(aws.router.log.count()).toBe(0);
    });

    it('no more than 6 MB a call, however few findings that are', async () => {
      expect(await hub.take(HOME, many(60, { ProductFields: fields() }))).toEqual([]);
      expect(calls('BatchImportFindings')).toBe(2);
    });

    it('240 KB a finding: a larger one is refused by name, and those beside it are taken', async () => {
      const sized = (id: string, bytes: number) => {
        const bare = JSON.stringify(finding(id, { Resources: resources('') })).length;
        return finding(id, { Resources: resources('x'.repeat(bytes - bare)) });
      };
      const most = 240 * 1024;
      const findings = Array.from({ length: 30 }, (_, number) => sized(`f-${number}`, most));
      const refused = await hub.take(HOME, [...findings, sized('large', most + 1)]);
      expect(told(refused)).toEqual([
        'large: invalid: large: FindingSizeExceeded: Finding size exceeded 240 KB',
      ]);
      expect(await ids()).toHaveLength(30);
      expect(calls('BatchImportFindings')).toBe(2);
    });

    it('them as they are made: no more than one call holds', async () => {
      let made = 0;
      let most = 0;
      const lazy = function* () {
        for (const one of many(300)) {
          made += 1;
          most = Math.max(most, made - 100 * calls('BatchImportFindings'));
          yield one;
        }
      };
      await hub.take(HOME, lazy());
      // One ahead: whether it still fits is known when it is there.
      expect([made, most]).toEqual([300, 101]);
    });

    it('all but some, which it names', async () => {
      const bad = ['y', 'z'].map((id) => finding(id, { Title: undefined }));
      const refused = await hub.take(HOME, [finding('a'), ...bad, finding('b')]);
      expect(told(refused)).toEqual([
        expect.stringMatching(/^y: invalid: y: InvalidInput: Finding does not adhere/),
        expect.stringMatching(/^z: invalid: z: InvalidInput: /),
      ]);
      expect(await ids()).toEqual(['a', 'b']);
    });

    it('the other batches where one was wrong', async () => {
      const strange = finding('strange', { AwsAccountId: ACCOUNT, ProductArn: 'none' });
      const refused = await hub.take(HOME, [...many(99), strange, ...many(150, { Title: 'again' })]);
      expect(refused).toHaveLength(100);
      expect(new Set(refused.map(({ refusal }) => refusal)).size).toBe(1);
      expect(told(refused)[99]).toMatch(
        /^strange: invalid: hand 100 findings in to Security Hub in us-east-1: InvalidInputException/,
      );
      expect(await ids()).toHaveLength(150);
    });

    it.each([
      ['throttled', new WireError('ThrottlingException', 'Rate exceeded', 400)],
      ['quota', new WireError('LimitExceededException', 'too many', 429)],
      ['unreachable', new WireError('InternalException', 'no', 500)],
      ['denied', new WireError('AccessDeniedException', 'not for you', 403)],
    ])('no more once it is %s: the next call would hear the same', async (kind, error) => {
      await hub.take(HOME, many(100));
      aws.router.log.reset();
      aws.faults.refuse(error, { operation: ['BatchImportFindings', 'BatchUpdateFindings'] });
      const findings = many(350);
      const refused = await hub.take(HOME, findings);
      expect(refused.map(({ id }) => id)).toEqual(findings.map(({ Id }) => Id));
      expect(new Set(refused.map(({ refusal }) => refusal.kind))).toEqual(new Set([kind]));
      const unmoved = await hub.move(HOME, moves('RESOLVED', ...findings.map(({ Id }) => Id)));
      expect(unmoved).toHaveLength(350);
      expect(aws.router.log.count()).toBe(2);
    });
  });

  describe('gives back', () => {
    beforeEach(async () => {
      await hub.take(HOME, [
        finding('prod/a'),
        finding('prod/b'),
        finding('test/a'),
        finding('prod/of-others', { GeneratorId: 'scanner/x' }),
        finding('prod/old', { RecordState: 'ARCHIVED' }),
      ]);
    });

    it('whole findings that are active', async () => {
      const [first] = await active();
      expect(first).toMatchObject({ Id: 'prod/a', Title: 'PITR is behind', Severity: { Label: 'HIGH' } });
      expect(await ids()).toEqual(['prod/a', 'prod/b', 'test/a']);
    });

    it('those of one product, of some generators, of some ids', async () => {
      expect(await ids({ ids: 'prod/' })).toEqual(['prod/a', 'prod/b']);
      expect(await ids({ generators: 'scanner/' })).toEqual(['prod/of-others']);
      expect(await ids({ product: PRODUCT.replace(HOME, AWAY) })).toEqual([]);
    });

    it('single ones, asked for by 20 a call, and none where none is wanted', async () => {
      aws.router.log.reset();
      const only = ['prod/b', 'prod/old', 'prod/none', ...Array.from({ length: 18 }, (_, n) => `x-${n}`)];
      expect(await ids({ only })).toEqual(['prod/b']);
      expect(calls('GetFindings')).toBe(2);
      expect(await ids({ only: [] })).toEqual([]);
      expect(calls('GetFindings')).toBe(2);
    });
  });

  describe('moves', () => {
    it('the workflow, one call for each way and 100', async () => {
      const all = many(150).map(({ Id }) => Id);
      await hub.take(HOME, many(150));
      const [first = '', second = '', ...rest] = all;
      const asked = [...moves('RESOLVED', ...rest), ...moves('NEW', first), ...moves('SUPPRESSED', second)];
      expect(await hub.move(HOME, asked)).toEqual([]);
      expect(calls('BatchUpdateFindings')).toBe(4);
      expect(await workflows()).toEqual({
        ...Object.fromEntries(rest.map((id) => [id, 'RESOLVED'])),
        [first]: 'NEW',
        [second]: 'SUPPRESSED',
      });
    });

    it('nothing that is not there, and says nothing of it', async () => {
      await hub.take(HOME, [finding('a')]);
      expect(await hub.move(HOME, moves('RESOLVED', 'none', 'a'))).toEqual([]);
      expect(await workflows()).toEqual({ a: 'RESOLVED' });
    });

    it('all but some, which it names', async () => {
      await hub.take(HOME, [finding('a')]);
      expect(told(await hub.move(HOME, moves('RESOLVED', 'a', 'a')))).toEqual([
        'a: invalid: a: DuplicatedFindingIdentifier: Finding Identifier is duplicated',
      ]);
    });

    it.each([
      [1, []],
      [2, ['b: busy: b: ConcurrentUpdateError: Concurrent finding updates detected']],
    ])('one that another was at, once more (it was at it %i times)', async (times, refused) => {
      await hub.take(HOME, [finding('a'), finding('b')]);
      const asked: unknown[] = [];
      const crowded = new SecurityHubFindings({
        ...aws.options,
        requestHandler: inProcess(withConflicts(aws.cloud, 'b', times, asked)),
      });
      expect(told(await crowded.move(HOME, moves('RESOLVED', 'a', 'b')))).toEqual(refused);
      expect(asked).toEqual([['a', 'b'], ['b']]);
      expect(await workflows()).toEqual({ a: 'RESOLVED', b: times === 1 ? 'RESOLVED' : 'NEW' });
    });
  });

  it('that is off takes nothing, shows nothing and moves nothing, and says what to do', async () => {
    await aws.cloud.region(HOME).securityhub.DisableSecurityHub({} as never);
    expect(await refusalOf(active())).toMatch(
      /^denied: list findings \* of Security Hub in us-east-1: InvalidAccessException: .* is not subscribed/,
    );
    await expect(active()).rejects.toMatchObject({ hint: expect.stringContaining(HINT) });
    for (const refused of [await hub.take(HOME, [finding('a')]), await hub.move(HOME, moves('NEW', 'a'))]) {
      expect(refused).toMatchObject([{ id: 'a', refusal: { kind: 'denied' } }]);
      expect(refused[0]?.refusal.hint).toContain(HINT);
      expect(refused[0]?.refusal.message).toMatch(/is not subscribed/);
    }
  });
});

/** 100 kB, of the 240 that a finding may have: 50 fields of 2,048 characters are as many as there may be. */
function fields() {
  return Object.fromEntries(
    Array.from({ length: 50 }, (_, number) => [`holdfast/${number}`, 'x'.repeat(2_000)]),
  );
}

function resources(id: string) {
  return [{ Type: 'Other', Id: `r${id}` }];
}

/** Security Hub as it is where somebody else is at one finding for the first calls. */
function withConflicts(cloud: Cloud, id: string, times: number, asked: unknown[]): Router {
  const service = cloud.services.find(({ name }) => name === 'securityhub');
  const real = service?.operations.BatchUpdateFindings;
  if (service === undefined || real === undefined) throw new Error('there is no Security Hub');
  const operation = async (input: BatchUpdateFindingsRequest, call: Call) => {
    const wanted = input.FindingIdentifiers ?? [];
    asked.push(wanted.map(({ Id }) => Id));
    const busy = asked.length <= times ? wanted.filter(({ Id }) => Id === id) : [];
    const free = { ...input, FindingIdentifiers: wanted.filter((one) => !busy.includes(one)) };
    const answer: BatchUpdateFindingsResponse =
      free.FindingIdentifiers.length === 0
        ? { ProcessedFindings: [], UnprocessedFindings: [] }
        : ((await real(free as never, call)) as BatchUpdateFindingsResponse);
    const conflicts = busy.map((FindingIdentifier) => ({
      FindingIdentifier,
      ErrorCode: 'ConcurrentUpdateError',
      ErrorMessage: 'Concurrent finding updates detected',
    }));
    return { ...answer, UnprocessedFindings: [...(answer.UnprocessedFindings ?? []), ...conflicts] };
  };
  const operations = { ...service.operations, BatchUpdateFindings: operation };
  return new Router([{ ...service, operations }], { account: ACCOUNT });
}

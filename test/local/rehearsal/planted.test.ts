import type { Fault } from '../../../local/rehearsal/faults';
import { heldAgainst, saying, verdictOf } from '../../../local/rehearsal/planted';
import type { Check } from '../../../shared/domain/inspection/check';
import type { TestRecord } from '../../../shared/domain/restore-test';

const FAULT: Fault = {
  id: 'emptied-table',
  name: 'an emptied table',
  check: 'completeness.tables',
  subject: 'tenant_bramble.accounts_profile',
  when: 'an hour before',
  damage: { kind: 'sql', statements: [] },
};

function check(id: string, subjects: readonly string[]): Check {
  const verdict = subjects.length === 0 ? 'passed' : 'failed';
  return { id, requirement: 'DR-7', verdict, expectation: '', found: `shrunk: ${subjects.join()}`, subjects };
}

function record(verdict: TestRecord['verdict'], ...checks: readonly Check[]): TestRecord {
  return { verdict, why: 'why it says', checks } as unknown as TestRecord;
}

const held = (fault: Fault | null, test: TestRecord | null) =>
  heldAgainst(fault, {
    snapshot: 'one',
    status: 'available',
    record: test,
    trouble: 'test-restore: 1 refused',
  });

const EMPTY = ['tenant_bramble.accounts_profile (0 rows, 8 before)'];

it.each<[string, Fault | null, TestRecord | null, boolean]>([
  ['the check for it failed and names it', FAULT, record('failed', check(FAULT.check, EMPTY)), true],
  ['another check failed', FAULT, record('failed', check('tenants.rows', EMPTY)), false],
  [
    'the check failed over another table',
    FAULT,
    record('failed', check(FAULT.check, ['tenant_bramble.accounts_profile_old (0 rows, 8 before)'])),
    false,
  ],
  ['the check passed', FAULT, record('failed', check(FAULT.check, [])), false],
  ['the test came to nothing', FAULT, record('inconclusive', check(FAULT.check, EMPTY)), false],
  ['there is no verdict', FAULT, null, false],
  ['there was no fault and the test passed', null, record('passed'), true],
  ['there was no fault and the test failed', null, record('failed'), false],
  ['there was no fault and the test came to nothing', null, record('inconclusive'), false],
  ['there was no fault and there is no verdict', null, null, false],
])('where %s, the promise holds: %#', (_, fault, test, expected) => {
  expect(held(fault, test).held).toBe(expected);
  expect(verdictOf(held(fault, test)).held).toBe(expected);
});

it('what was found is told with the words of the check, what was not with those of the test', () => {
  const found = held(FAULT, record('failed', check(FAULT.check, EMPTY)));
  expect(saying(found)).toBe(
    `planted: an emptied table; RDS says available; Holdfast: failed, completeness.tables: shrunk: ${EMPTY}`,
  );
  expect(verdictOf(found)).toMatchObject({
    promise: 'restore test finds an emptied table',
    limit: 'names tenant_bramble.accounts_profile',
    measured: 'completeness.tables',
  });
  const missed = held(FAULT, record('passed', check(FAULT.check, [])));
  expect(saying(missed)).toBe(
    'planted: an emptied table; RDS says available; Holdfast MISSED IT: passed, why it says',
  );
  expect(verdictOf(missed).measured).toBe('passed, why it says');
  expect(saying(held(FAULT, null))).toMatch(/MISSED IT: test-restore: 1 refused$/);
});

it('a copy without a fault is told as such', () => {
  expect(verdictOf(held(null, record('passed')))).toEqual({
    promise: 'restore test of a copy without a fault',
    limit: 'passed',
    measured: 'passed',
    held: true,
  });
});

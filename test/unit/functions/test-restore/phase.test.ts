import { begunAt, hasOutlived, phaseOf, type Standing } from '../../../../functions/test-restore/phase';
import { conditionOf } from '../../../../shared/domain/database';
import { TAG } from '../../../../shared/domain/tags';
import { DAY, formatInstant, HOUR, MINUTE } from '../../../../shared/domain/time';
import { at, HOME, slotSnapshot, testInstance } from '../../../support/builders';
import fc from '../../../support/seeded';

const ASKED = at('2026-03-01 09:05');
const LIMIT = 8 * HOUR;
const held = slotSnapshot(at('2026-03-01 08:00'), { tags: { [TAG.underTest]: formatInstant(ASKED) } });
const nothing = { verdict: false, found: false, unable: [] };
const status = (word: string, fields = {}) =>
  testInstance(ASKED, { status: word, condition: conditionOf(word), ...fields });

function phase(fields: Partial<Standing> = {}, after = 30 * MINUTE) {
  const test = { database: 'qrosity-db', region: HOME, requested: ASKED };
  return phaseOf({ test, held, instance: null, kept: nothing, ...fields }, LIMIT, ASKED + after);
}

describe('the phases of a test that goes well', () => {
  it.each([
    ['the snapshot is on hold', {}, 'held', 'restore'],
    ['RDS makes the instance', { instance: status('creating', { endpoint: null }) }, 'restoring', null],
    ['RDS is busy with it', { instance: status('modifying') }, 'restoring', null],
    [
      'it stands without an endpoint',
      { instance: status('available', { endpoint: null }) },
      'restoring',
      null,
    ],
    ['it stands', { instance: status('available') }, 'inspecting', null],
    [
      'it was looked into',
      { instance: status('available'), kept: { ...nothing, found: true } },
      'judging',
      'judge',
    ],
    [
      'the verdict is kept',
      { instance: status('available'), kept: { ...nothing, verdict: true } },
      'judged',
      'release',
    ],
    [
      'the snapshot is released',
      { held: null, instance: status('available'), kept: { ...nothing, verdict: true } },
      'finished',
      'remove',
    ],
    [
      'someone protected it',
      {
        held: null,
        instance: status('available', { deletionProtection: true }),
        kept: { ...nothing, verdict: true },
      },
      'protected',
      'unprotect',
    ],
    [
      'RDS deletes it',
      { held: null, instance: status('deleting'), kept: { ...nothing, verdict: true } },
      'leaving',
      null,
    ],
    ['it is gone', { held: null, kept: { ...nothing, verdict: true } }, 'gone', null],
    [
      'it is gone, and the snapshot was not released',
      { kept: { ...nothing, verdict: true } },
      'judged',
      'release',
    ],
  ] as [string, Partial<Standing>, string, string | null][])('%s', (_, fields, where, step) => {
    expect(phase(fields)).toMatchObject({ at: where, step });
  });
});

describe('a test that comes to nothing is judged', () => {
  it.each([
    ['incompatible-restore', 'unrestorable'],
    ['restore-error', 'unrestorable'],
    ['inaccessible-encryption-credentials', 'unrestorable'],
    ['inaccessible-encryption-credentials-recoverable', 'unrestorable'],
    ['failed', 'broken'],
    ['storage-full', 'broken'],
    ['incompatible-network', 'broken'],
    ['incompatible-parameters', 'broken'],
  ])('at once where RDS says %s: %s', (word, how) => {
    expect(phase({ instance: status(word) })).toMatchObject({ step: 'judge', because: { how } });
  });

  it('at once where RDS refused to restore it; failed only where its key is known to be lost', () => {
    expect(phase({ kept: { ...nothing, unable: ['restore-key-lost'] } })).toMatchObject({
      because: { how: 'unrestorable' },
    });
    for (const unable of ['restore-key', 'restore-invalid', 'restore-denied', 'restore-taken'])
      expect(phase({ kept: { ...nothing, unable: [unable] } })).toMatchObject({ because: { how: 'broken' } });
  });

  it.each([
    ['holding', {}],
    ['restoring', { instance: status('creating', { endpoint: null }) }],
    ['restoring', { instance: status('deleting') }],
    ['inspecting', { instance: status('available') }],
  ] as [string, Partial<Standing>][])(
    'while %s, one millisecond after its limit and not before',
    (during, fields) => {
      expect(phase(fields, LIMIT).step).not.toBe('judge');
      expect(phase(fields, LIMIT + 1)).toMatchObject({
        step: 'judge',
        because: { how: 'gave-up', during, after: LIMIT + 1 },
      });
    },
  );

  it('by what was found, however late', () => {
    const found = { instance: status('available'), kept: { ...nothing, found: true } };
    expect(phase(found, 3 * LIMIT)).toMatchObject({ because: { how: 'looked' } });
  });

  it('tells what stood in the way of the look so far', () => {
    const waiting = phase({ instance: status('available'), kept: { ...nothing, unable: ['unreachable'] } });
    expect(waiting).toMatchObject({ at: 'inspecting', detail: expect.stringContaining('unreachable') });
  });
});

it('was begun at the latest when its instance was made, whatever time the request had', () => {
  const made = ASKED - HOUR;
  const test = { database: 'qrosity-db', region: HOME, requested: ASKED };
  expect(begunAt({ test, instance: status('available', { created: made }) })).toBe(made);
  expect(begunAt({ test, instance: status('available', { created: ASKED + HOUR }) })).toBe(ASKED);
  expect(begunAt({ test, instance: null })).toBe(ASKED);
});

it('has outlived its time a day after its limit', () => {
  expect(hasOutlived(ASKED, LIMIT, ASKED + LIMIT + DAY)).toBe(false);
  expect(hasOutlived(ASKED, LIMIT, ASKED + LIMIT + DAY + 1)).toBe(true);
});

describe('for any test', () => {
  const statuses = fc.constantFrom(
    ...['creating', 'available', 'backing-up', 'modifying', 'failed', 'stopped', 'deleting', 'rebooting'],
    ...['incompatible-restore', 'storage-full', 'a-word-of-tomorrow'],
  );
  const instances = fc.option(
    fc.record({ word: statuses, endpoint: fc.boolean(), deletionProtection: fc.boolean() }),
  );
  const any = fc.record({
    held: fc.constantFrom(held, null),
    instance: instances.map((one) =>
      one === null
        ? null
        : status(one.word, {
            deletionProtection: one.deletionProtection,
            ...(!one.endpoint && { endpoint: null }),
          }),
    ),
    kept: fc.record({
      verdict: fc.boolean(),
      found: fc.boolean(),
      unable: fc.subarray(['unreachable', 'denied', 'restore-key-lost', 'restore-gone']),
    }),
  });

  // Bites when a branch of phaseOf forgets the clock: an instance would wait for ever.
  it('waits for nothing but a deletion once its time is over', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 100 * DAY }), (fields, more) => {
        const { step, at: where } = phase(fields, LIMIT + more);
        if (step === null) expect(['leaving', 'gone']).toContain(where);
        if (step === null && where === 'gone') expect(fields.held).toBeNull();
      }),
    );
  });

  // Bites when an instance is removed before its verdict is kept: the evidence would be lost with it.
  it('removes nothing before there is a verdict, and judges nothing twice', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 3 * LIMIT }), (fields, after) => {
        const { step } = phase(fields, after);
        if (step === 'remove' || step === 'unprotect' || step === 'release')
          expect(fields.kept.verdict).toBe(true);
        if (fields.kept.verdict) expect(['judge', 'restore']).not.toContain(step);
      }),
    );
  });
});

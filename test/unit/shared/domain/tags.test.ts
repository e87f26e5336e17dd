import { combine, inherited, isOurs, keepOf, slotOf, TAG, tagValue } from '../../../../shared/domain/tags';
import { DAY } from '../../../../shared/domain/time';
import { at } from '../../../support/builders';

it('owns only what names this installation', () => {
  expect(isOurs({ [TAG.owner]: 'holdfast' }, 'holdfast')).toBe(true);
  expect(isOurs({ [TAG.owner]: 'holdfast-staging' }, 'holdfast')).toBe(false);
  expect(isOurs({}, 'holdfast')).toBe(false);
});

it('reads slot and retention, or nothing where they do not read', () => {
  expect(slotOf({ [TAG.slot]: '2026-03-01T09:00:00Z' })).toBe(at('2026-03-01 09:00'));
  expect(slotOf({ [TAG.slot]: 'nine' })).toBeNull();
  expect(keepOf({ [TAG.keep]: '7d' })).toBe(7 * DAY);
  expect(keepOf({ [TAG.keep]: '' })).toBeNull();
});

it('writes a value that RDS takes', () => {
  expect(tagValue('before migration #42 (Größe, 東京)')).toBe('before migration _42 _Größe_ 東京_');
  expect(tagValue('x'.repeat(300))).toHaveLength(256);
});

it("takes over neither AWS's tags nor ours", () => {
  expect(inherited({ team: 'erp', 'aws:backup:source': 'x', [TAG.hold]: 'x' })).toEqual({ team: 'erp' });
});

it('keeps its own tags when there is no room for all', () => {
  const theirs = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`t${n}`, 'x']));
  const all = combine({ [TAG.owner]: 'holdfast' }, theirs);
  expect(Object.keys(all)).toHaveLength(50);
  expect(all[TAG.owner]).toBe('holdfast');
});

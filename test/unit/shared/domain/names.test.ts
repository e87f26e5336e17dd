import { copyName, onDemandName, slotName, slug } from '../../../../shared/domain/names';
import { slotAt } from '../../../../shared/domain/slot';
import { DAY, HOUR } from '../../../../shared/domain/time';
import { at } from '../../../support/builders';
import fc from '../../../support/seeded';

/** RDS: 1 to 255 letters, digits and hyphens; a letter first; no double or trailing hyphen. */
const LEGAL = /^(?=.{1,255}$)[a-z](-?[a-z0-9])*$/;

const identifier = fc.stringMatching(/^[a-z](-?[a-z0-9]){0,30}$/);
const instant = fc.integer({ min: at('2020-01-01 00:00'), max: at('2099-12-31 23:59') });

it('names a slot by database and start, whenever it is asked', () => {
  expect(slotName('qrosity-db', slotAt(at('2026-03-01 09:59:59.999'), HOUR))).toBe(
    'holdfast-qrosity-db-20260301-0900',
  );
  expect(slotName('qrosity-db', slotAt(at('2026-03-01 00:00'), DAY))).toBe(
    'holdfast-qrosity-db-20260301-0000',
  );
});

it('makes names that RDS takes, from any database, label, region and moment', () => {
  fc.assert(
    fc.property(identifier, fc.string({ unit: 'binary' }), instant, (database, label, now) => {
      for (const name of [slotName(database, slotAt(now, HOUR)), onDemandName(database, label, now)]) {
        expect(name).toMatch(LEGAL);
        expect(copyName(name, 'ap-southeast-2')).toMatch(LEGAL);
      }
    }),
  );
});

it.each([
  ['before migration 42', 'before-migration-42'],
  ['  Größe! ', 'gro-e'],
  ['———', 'on-demand'],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
])('makes a label of %j', (text, label) => {
  expect(slug(text)).toBe(label);
});

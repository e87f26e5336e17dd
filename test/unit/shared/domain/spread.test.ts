import { testInstanceName } from '../../../../shared/domain/names';
import { spread } from '../../../../shared/domain/spread';

const names = Array.from({ length: 3_000 }, (_, index) => `db-${index}`);

it('leads a text to the same number always, within the bounds', () => {
  expect(spread('qrosity-db', 2016)).toBe(spread('qrosity-db', 2016));
  expect(names.every((name) => spread(name, 7) >= 0 && spread(name, 7) < 7)).toBe(true);
  expect(spread('anything', 1)).toBe(0);
});

it('spreads names that differ in their last letter evenly', () => {
  const counts = new Map<number, number>();
  for (const name of names) counts.set(spread(name, 12), (counts.get(spread(name, 12)) ?? 0) + 1);
  // 250 each were it perfect.
  expect([...counts.values()].every((count) => count > 190 && count < 310)).toBe(true);
  expect(counts.size).toBe(12);
});

describe('the name of a test instance', () => {
  it('is made of the database', () => {
    expect(testInstanceName('holdfast', 'qrosity-db')).toBe('holdfast-test-qrosity-db');
  });

  it('has the installation in it, where that was given a name: two of them stay out of the way of each other', () => {
    expect(testInstanceName('Team One/EU', 'qrosity-db')).toBe('holdfast-test-team-one-eu-qrosity-db');
  });

  it('fits RDS for the longest identifier, and tells two of them apart', () => {
    const long = (last: string) => `${'a'.repeat(40)}-${'b'.repeat(21)}${last}`;
    const [one, other] = [testInstanceName('holdfast', long('x')), testInstanceName('holdfast', long('y'))];
    for (const name of [one, other]) expect(name).toMatch(/^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(one).not.toBe(other);
  });
});

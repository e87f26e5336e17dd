import { evidenceKey, evidenceSeries, evidenceText, evidenceTime } from '../../../../shared/domain/evidence';
import { Refusal } from '../../../../shared/domain/refusal';
import { SECOND } from '../../../../shared/domain/time';
import { at } from '../../../support/builders';
import fc from '../../../support/seeded';

const instant = fc.integer({ min: at('1970-01-01 00:00'), max: at('9999-12-31 23:59:59') });
const part = fc.string({ unit: 'binary', maxLength: 12 });

describe('a key', () => {
  it('is made of kind, database, region, time and name', () => {
    expect(
      evidenceKey('inspections', 'qrosity-db', 'us-east-1', at('2026-03-01 09:00:00.999'), 'holdfast-1'),
    ).toBe('inspections/qrosity-db/us-east-1/2026-03-01T09:00:00Z-holdfast-1.json');
  });

  it.each([
    ['rds:qrosity-db-2026', 'rds!3a!qrosity-db-2026'],
    ['a/b', 'a!2f!b'],
    ['a!b', 'a!21!b'],
    ['ü😀', '!fc!!1f600!'],
    ['.', '!2e!'],
    ['..', '!2e!!2e!'],
    ['...', '...'],
    ['', '!!'],
  ])('writes %j as %s', (name, written) => {
    expect(evidenceKey('a', 'b', 'c', 0, name)).toBe(`a/b/c/1970-01-01T00:00:00Z-${written}.json`);
    expect(evidenceSeries(name, 'b', 'c')).toBe(`${written}/b/c/`);
  });

  it('is one for each kind, database, region, second and name', () => {
    const parts = fc.tuple(part, part, part, instant, part);
    fc.assert(
      fc.property(parts, parts, (one, two) => {
        const same = one.every((value, index) =>
          typeof value === 'number'
            ? Math.floor(value / SECOND) === Math.floor(Number(two[index]) / SECOND)
            : value === two[index],
        );
        expect(evidenceKey(...one) === evidenceKey(...two)).toBe(same);
      }),
      {
        examples: [
          [
            ['a!', 'b', 'c', 0, ''],
            ['a!21!', 'b', 'c', 0, '!'],
          ],
        ],
      },
    );
  });

  it('sorts by time within its series, and tells it', () => {
    fc.assert(
      fc.property(instant, instant, part, part, (one, two, name, other) => {
        const [first, second] = [
          evidenceKey('k', 'd', 'r', one, name),
          evidenceKey('k', 'd', 'r', two, other),
        ];
        expect(evidenceTime(first)).toBe(Math.floor(one / SECOND) * SECOND);
        const apart = Math.floor(one / SECOND) - Math.floor(two / SECOND);
        if (apart !== 0) expect(first < second).toBe(apart < 0);
        expect(first.startsWith(evidenceSeries('k', 'd', 'r'))).toBe(true);
      }),
    );
  });

  it('that is of another make tells no time', () => {
    for (const key of ['a/README.md', '2026-03-01T09:00:00Z-x.json', 'a/2026-02-30T09:00:00Z-x.json', 'a/x'])
      expect([key, evidenceTime(key)]).toEqual([key, null]);
  });
});

describe('a record', () => {
  it('is the same text whatever order it was built in', () => {
    const one = { schema: 'holdfast.test/1', b: [{ y: 1, x: null }], a: { d: true, c: 'ü' } };
    const two = { a: { c: 'ü', d: true }, b: [{ x: null, y: 1 }], schema: 'holdfast.test/1' };
    expect(evidenceText(two)).toBe(evidenceText(one));
    expect(evidenceText(one)).toBe(`{
  "a": {
    "c": "ü",
    "d": true
  },
  "b": [
    {
      "x": null,
      "y": 1
    }
  ],
  "schema": "holdfast.test/1"
}
`);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (found, schema) => {
        const record = { schema, found };
        const read = JSON.parse(evidenceText(record));
        // JSON knows no negative zero.
        expect(read).toEqual(JSON.parse(JSON.stringify(record)));
        expect(evidenceText(read)).toBe(evidenceText(record));
      }),
    );
  });

  it('is without members that are undefined', () => {
    expect(JSON.parse(evidenceText({ schema: 'x', left: undefined } as { schema: string }))).toEqual({
      schema: 'x',
    });
  });

  it.each([
    ['a map', { tenants: new Map([['a', 1]]) }, 'the record.tenants is no JSON: Map'],
    ['a set', { seen: new Set(['a']) }, 'the record.seen is no JSON: Set'],
    ['a date', { at: new Date(0) }, 'the record.at is no JSON: Date'],
    ['no number', { lag: Number.NaN }, 'the record.lag is no JSON: NaN'],
    ['infinity', { a: [0, Number.POSITIVE_INFINITY] }, 'the record.a[1] is no JSON: Infinity'],
    ['a hole', { a: [undefined] }, 'the record.a[0] is no JSON: undefined'],
    ['a large integer', { rows: 1n }, 'the record.rows is no JSON: 1'],
    ['a function', { f: () => 1 }, 'the record.f is no JSON: a function'],
  ])('with %s is refused, where it would be', (_what, members, message) => {
    const keep = () => evidenceText({ schema: 'x', ...members });
    expect(keep).toThrow(Refusal);
    expect(keep).toThrow(expect.objectContaining({ kind: 'invalid', message, hint: expect.any(String) }));
  });
});

import { QueryShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticListSchema, StaticMapSchema, StaticStructureSchema } from '@smithy/types';
import { formTree, readForm } from '../../../local/wire/form';

// What RDS does not use and other Query services do (SNS has maps, CloudFormation plain members).
const NAMES: StaticListSchema = [1, 'test', 'Names', 0, 0];
const NAMED: StaticListSchema = [1, 'test', 'Named', 0, [0, { xmlName: 'Name' }]];
const MAP: StaticMapSchema = [2, 'test', 'Map', 0, 0, 0];
const INNER: StaticStructureSchema = [3, 'test', 'Inner', 0, ['Name', 'Maps'], [0, MAP]];
const INNERS: StaticListSchema = [1, 'test', 'Inners', 0, INNER];
const INPUT = NormalizedSchema.of([
  3,
  'test',
  'Input',
  0,
  ['Names', 'Named', 'Flat', 'Map', 'FlatMap', 'Inners', 'Renamed', 'Blob', 'At', 'Size', 'Ready', 'Nested'],
  [
    NAMES,
    NAMED,
    [NAMES, { xmlFlattened: 1 }],
    MAP,
    [MAP, { xmlFlattened: 1 }],
    INNERS,
    [0, { xmlName: 'NewName' }],
    21,
    4,
    1,
    2,
    [1, 'test', 'Nested', 0, NAMES] as StaticListSchema,
  ],
] as StaticStructureSchema);

function read(form: string): unknown {
  return readForm(INPUT, formTree(new URLSearchParams(form)));
}

describe('a form', () => {
  it.each([
    ['lists', { Names: ['a', 'b'], Named: ['c'], Flat: ['d', 'e'] }],
    ['empty lists', { Names: [], Named: [], Flat: [] }],
    ['maps', { Map: { a: '1', 'b.c': '' }, FlatMap: { d: '2', e: '3' } }],
    ['maps within structures within lists', { Inners: [{ Name: 'x', Maps: { a: 'b' } }, { Name: 'y' }] }],
    ['lists of lists', { Nested: [['a', 'b'], ['c']] }],
    ['scalars', { Renamed: 'x', Size: -1.5, Ready: false, At: new Date('2026-03-01T09:00:00.250Z') }],
  ])("is read as the SDK's own serializer writes it: %s", (_what, input) => {
    const serializer = new QueryShapeSerializer({
      timestampFormat: { useTrait: true, default: 5 },
      serializeEmptyLists: true,
    });
    serializer.write(INPUT, input);
    expect(read(String(serializer.flush()))).toEqual(input);
  });

  it('is read whatever the order of its items, and whether they begin at 1', () => {
    expect(read('Names.member.10=j&Names.member.9=i&Names.member.2=b')).toEqual({ Names: ['b', 'i', 'j'] });
  });

  it('may name items by member though the schema names them otherwise, as older clients do', () => {
    expect(read('Named.member.1=a')).toEqual({ Named: ['a'] });
  });

  it('takes seconds since 1970 for an instant', () => {
    expect(read('At=1772355600.25')).toEqual({ At: new Date(1_772_355_600_250) });
  });

  it('takes base64 for bytes', () => {
    expect(read('Blob=AP8%3D')).toEqual({ Blob: Uint8Array.of(0, 255) });
  });

  it('is read without what the schema does not know', () => {
    expect(read('Unknown.1.Thing=x&Ready=true')).toEqual({ Ready: true });
  });

  it.each([
    ['Ready=1', 'Invalid Boolean value for Ready: 1'],
    ['Size=', 'Invalid Integer value for Size: '],
    ['Size=0x10', 'Invalid Integer value for Size: 0x10'],
    ['At=yesterday', 'Invalid Timestamp value for At: yesterday'],
    ['Blob=%25', 'Invalid Base64 value for Blob'],
    ['Names=a', 'Names takes a list'],
    ['Names.member.x=a', 'Names.x is no position in a list'],
    ['Map.entry.1.key=a', 'Map.1 lacks its key or value'],
    ['Ready.1=true', 'Ready takes a single value'],
    ['Inners.member.1.Name.x=1', 'Inners.1.Name takes a single value'],
  ])('%s is malformed', (form, message) => {
    expect(() => read(form)).toThrow(expect.objectContaining({ code: 'MalformedInput', message }));
  });
});

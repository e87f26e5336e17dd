import { completed } from '../../../../local/engine/securityhub/severity';

describe('a severity', () => {
  it.each([
    [{ Label: 'CRITICAL' }, 90],
    [{ Label: 'HIGH' }, 70],
    [{ Label: 'MEDIUM' }, 40],
    [{ Label: 'LOW' }, 1],
    [{ Label: 'INFORMATIONAL' }, 0],
    [{ Label: 'LOW', Normalized: 39 }, 39],
  ] as const)('%j is the number %d', (severity, number) => {
    expect(completed(severity)).toEqual({ Label: severity.Label, Normalized: number });
  });

  it.each([
    [100, 'CRITICAL'],
    [90, 'CRITICAL'],
    [89, 'HIGH'],
    [70, 'HIGH'],
    [69, 'MEDIUM'],
    [40, 'MEDIUM'],
    [39, 'LOW'],
    [1, 'LOW'],
    [0, 'INFORMATIONAL'],
  ])('of %d is %s', (Normalized, Label) => {
    expect(completed({ Normalized })).toEqual({ Normalized, Label });
  });
});

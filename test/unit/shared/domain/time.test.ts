import {
  DAY,
  formatDuration,
  formatInstant,
  HOUR,
  MINUTE,
  parseDuration,
  parseInstant,
  writeDuration,
} from '../../../../shared/domain/time';

describe('a duration', () => {
  it.each([
    ['45m', 45 * MINUTE],
    ['1h', HOUR],
    ['30d', 30 * DAY],
    ['90s', 90_000],
  ])('reads %s', (text, duration) => {
    expect(parseDuration(text)).toBe(duration);
  });

  it.each(['', ' ', '0m', '-1h', '1.5h', '1 h', '1w', 'h', '1', '1H', '1h30m', '01h', '9999999s'])(
    'is not %j',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it.each(['45m', '1h', '30d', '90s'])('is written back as %s', (text) => {
    expect(writeDuration(parseDuration(text) as number)).toBe(text);
  });

  it.each([
    [0, '0s'],
    [999, '1s'],
    [90 * MINUTE, '1h30m'],
    [DAY + HOUR + MINUTE, '1d1h'],
    [-5 * MINUTE, '-5m'],
  ])('of %d ms reads as %s', (duration, text) => {
    expect(formatDuration(duration)).toBe(text);
  });
});

describe('an instant', () => {
  it('is written to the second, in UTC', () => {
    expect(formatInstant(Date.UTC(2024, 1, 29, 23, 59, 59, 999))).toBe('2024-02-29T23:59:59Z');
  });

  it.each(['2026-03-01T09:00:00Z', '2026-03-01T09:00Z', '2026-03-01T10:00:00.000+01:00'])(
    'reads %s',
    (text) => {
      expect(parseInstant(text)).toBe(Date.UTC(2026, 2, 1, 9));
    },
  );

  it.each([
    '',
    '2026-03-01',
    '2026-03-01T09:00:00',
    '1772355600000',
    'yesterday',
    '2026-13-01T09:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
  ])('is not %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

import { aws, invoke } from '../../../../../shared/domain/controls/command';
import { inDays, lasting, oldAgainst } from '../../../../../shared/domain/controls/figures';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../../shared/domain/time';

it.each([
  [0, '0 minutes'],
  [SECOND, '1 minute'],
  [HOUR, '60 minutes'],
  [HOUR + SECOND, '61 minutes'],
  [10 * HOUR - MINUTE, '599 minutes'],
  [10 * HOUR, '10h'],
  [3 * DAY + 2 * HOUR, '3d2h'],
  [-MINUTE, '0 minutes'],
])('tells %i milliseconds as %s', (duration, text) => {
  expect(lasting(duration)).toBe(text);
});

it('tells an age and its promise in one unit where both are short', () => {
  expect(oldAgainst(94 * MINUTE, HOUR)).toBe('94 minutes old; the promise is 60');
  expect(oldAgainst(10 * HOUR, 10 * HOUR - MINUTE)).toBe('10h old; the promise is 599 minutes');
  expect(oldAgainst(599 * MINUTE, 10 * HOUR)).toBe('599 minutes old; the promise is 10h');
  expect(oldAgainst(3 * DAY, HOUR)).toBe('3d old; the promise is 60 minutes');
});

it.each([
  [0, 'within a day'],
  [DAY - 1, 'within a day'],
  [DAY, 'in 1 day'],
  [-1, '1 day ago'],
  [-2 * DAY, '2 days ago'],
])('tells %i milliseconds from now as %s', (after, text) => {
  expect(inDays(after, 0)).toBe(text);
});

it('leaves nothing for a shell to read in a name', () => {
  expect(aws('rds', 'x', "it's; rm -rf $HOME", 'arn:aws:rds:us-east-1:1:db:a')).toBe(
    `aws rds x 'it'\\''s; rm -rf $HOME' arn:aws:rds:us-east-1:1:db:a`,
  );
  expect(aws('')).toBe("aws ''");
  expect(invoke({ deployment: 'holdfast-prod' }, 'test-restore', { database: 'a', start: true })).toContain(
    `--payload '{"database":"a","start":true}'`,
  );
});

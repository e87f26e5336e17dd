import { EventLog } from '../../../../local/engine/rds/event-log';
import { DAY, MINUTE } from '../../../../shared/domain/time';
import { at } from '../world';

const START = at('2026-03-01 00:00');

function lived(count: number): EventLog {
  const log = new EventLog();
  for (let n = 0; n < count; n += 1)
    log.add({ code: '0042', at: START + n * MINUTE, id: `s${n}`, arn: 'x', more: '' });
  return log;
}

function count(log: EventLog): number {
  return [...log.between(0, Number.POSITIVE_INFINITY)].length;
}

describe('the log of events', () => {
  it('keeps all of 14 days, one a minute', () => {
    expect(count(lived((14 * DAY) / MINUTE))).toBe(20_160);
  });

  it('does not grow for ever: what is older goes, 10,000 at a time', () => {
    const kept = count(lived((60 * DAY) / MINUTE));
    expect(kept).toBeGreaterThanOrEqual(20_160);
    expect(kept).toBeLessThan(20_160 + 10_100);
  });
});

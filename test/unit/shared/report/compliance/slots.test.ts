import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import { slotHistory } from '../../../../../shared/report/compliance/slots';
import { AWAY, at, copyOf, HOME, protection, retention, slotSnapshot } from '../../../../support/builders';

const NOW = at('2026-03-10 09:30');
const PROTECTION = protection({ retention: retention({ hourly: 4, daily: 30 }) });

function hours(...texts: string[]) {
  return texts.map((text) => slotSnapshot(at(text)));
}

function statesOf(home: ReturnType<typeof hours>, away: ReturnType<typeof hours> = []) {
  const snapshots = new Map([
    [HOME, home],
    [AWAY, away],
  ]);
  const history = slotHistory(PROTECTION, { home: HOME, created: at('2026-03-10 03:10'), snapshots }, NOW);
  return history.rows.map(({ runs }) => runs.flatMap(({ state, count }) => Array<string>(count).fill(state)));
}

describe('the slots of the last days', () => {
  it('begin with the first whole slot of the instance, and end with the one under way', () => {
    const history = slotHistory(
      PROTECTION,
      { home: HOME, created: at('2026-03-10 03:10'), snapshots: new Map([[HOME, []]]) },
      NOW,
    );
    expect([history.from, history.to]).toEqual(['2026-03-10T04:00:00Z', '2026-03-10T10:00:00Z']);
    const old = slotHistory(PROTECTION, { home: HOME, created: null, snapshots: new Map([[HOME, []]]) }, NOW);
    expect(old.from).toBe('2026-03-03T10:00:00Z');
  });

  it('are taken, missed where retention would have kept them, and else pruned', () => {
    const home = hours('2026-03-10 05:00', '2026-03-10 06:00', '2026-03-10 08:00', '2026-03-10 09:00');
    // 04:00 is past the four hours that are kept; 07:00 is not.
    expect(statesOf(home)[0]).toEqual(['pruned', 'taken', 'taken', 'missed', 'taken', 'taken']);
  });

  it('are due until their hour and the snapshot itself may be over', () => {
    const home = hours('2026-03-10 05:00', '2026-03-10 06:00', '2026-03-10 07:00');
    expect(statesOf(home)[0]?.slice(-2)).toEqual(['missed', 'due']);
  });

  it('are not taken while a snapshot is under way, nor by one that failed', () => {
    const home = [
      slotSnapshot(at('2026-03-10 08:00'), { state: 'failed', recoveryPoint: null }),
      slotSnapshot(at('2026-03-10 09:00'), { state: 'pending', recoveryPoint: null }),
    ];
    expect(statesOf(home)[0]?.slice(-2)).toEqual(['failed', 'pending']);
  });

  it('are copied, missing once the point promised there is passed, and due before', () => {
    const home = hours('2026-03-10 06:00', '2026-03-10 07:00', '2026-03-10 08:00', '2026-03-10 09:00');
    const [first] = home;
    if (first === undefined) throw new Error('there are four');
    expect(statesOf(home, [copyOf(first)])[1]?.slice(2)).toEqual(['taken', 'missed', 'due', 'due']);
  });

  it('have no row where a region was not seen', () => {
    const history = slotHistory(
      PROTECTION,
      { home: HOME, created: null, snapshots: new Map([[HOME, []]]) },
      NOW,
    );
    expect(history.rows.map(({ region }) => region)).toEqual([HOME]);
  });

  it('are told in runs: a quiet week is a few of them', () => {
    const all = Array.from({ length: 7 * 24 }, (_, back) =>
      slotSnapshot(at('2026-03-10 09:00') - back * HOUR),
    );
    const quiet = {
      snapshots: { every: HOUR, takes: 10 * MINUTE },
      retention: retention({ hourly: 200 }),
      copies: [],
    };
    const seen = { home: HOME, created: null, snapshots: new Map([[HOME, all]]) };
    expect(slotHistory(quiet, seen, NOW).rows[0]?.runs).toEqual([
      { from: '2026-03-03T10:00:00Z', count: 168, state: 'taken' },
    ]);
  });
});

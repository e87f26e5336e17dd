import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { HOUR, MINUTE } from '../../../../../shared/domain/time';
import { gapsIn, slotsInWords } from '../../../../../shared/report/compliance/slot-words';
import { type SlotsSeen, slotHistory } from '../../../../../shared/report/compliance/slots';
import { AWAY, at, copyOf, HOME, protection, retention, slotSnapshot } from '../../../../support/builders';

const NOW = at('2026-03-10 09:30');
const PROTECTION = protection({ retention: retention({ hourly: 4, daily: 30 }) });

/** Looked at since a month ago. */
function seenAs(
  snapshots: ReadonlyMap<string, readonly Snapshot[]>,
  fields: Partial<SlotsSeen> = {},
): SlotsSeen {
  return { home: HOME, created: null, looked: at('2026-02-10 00:00'), goesOn: true, snapshots, ...fields };
}

function hours(...texts: string[]) {
  return texts.map((text) => slotSnapshot(at(text)));
}

function statesOf(home: ReturnType<typeof hours>, away: ReturnType<typeof hours> = []) {
  const snapshots = new Map([
    [HOME, home],
    [AWAY, away],
  ]);
  const history = slotHistory(PROTECTION, seenAs(snapshots, { created: at('2026-03-10 03:10') }), NOW);
  return history.rows.map(({ runs }) => runs.flatMap(({ state, count }) => Array<string>(count).fill(state)));
}

describe('the slots of the last days', () => {
  it('begin with the first whole slot of the instance, and end with the one under way', () => {
    const history = slotHistory(
      PROTECTION,
      seenAs(new Map([[HOME, []]]), { created: at('2026-03-10 03:10') }),
      NOW,
    );
    expect([history.from, history.to]).toEqual(['2026-03-10T04:00:00Z', '2026-03-10T10:00:00Z']);
    const old = slotHistory(PROTECTION, seenAs(new Map([[HOME, []]])), NOW);
    expect(old.from).toBe('2026-03-03T10:00:00Z');
  });

  it('begin with the first snapshot or look of ours: what lies before is before Holdfast', () => {
    const from = (fields: Parameters<typeof seenAs>[1], ...home: ReturnType<typeof hours>) =>
      slotHistory(PROTECTION, seenAs(new Map([[HOME, home]]), fields), NOW).from;
    expect(from({ looked: at('2026-03-10 07:20') })).toBe('2026-03-10T07:00:00Z');
    expect(from({ looked: at('2026-03-10 07:20') }, ...hours('2026-03-10 06:00'))).toBe(
      '2026-03-10T06:00:00Z',
    );
    expect(from({ looked: null })).toBe('2026-03-10T09:00:00Z');
    expect(from({ looked: null }, ...hours('2026-02-01 06:00'))).toBe('2026-03-03T10:00:00Z');
  });

  it('end with the last one of an instance that is gone: what follows is no gap', () => {
    const home = hours('2026-03-09 05:00', '2026-03-09 06:00');
    const history = slotHistory(PROTECTION, seenAs(new Map([[HOME, home]]), { goesOn: false }), NOW);
    expect(history.to).toBe('2026-03-09T07:00:00Z');
    expect(history.rows[0]?.runs.at(-1)).toEqual({ from: '2026-03-09T05:00:00Z', count: 2, state: 'taken' });
    expect(gapsIn(history).every(({ run }) => run.from < '2026-03-09T05:00:00Z')).toBe(true);
  });

  it('are said to be missed or deleted where they are not there: nobody can tell which', () => {
    const home = hours('2026-03-10 06:00', '2026-03-10 08:00', '2026-03-10 09:00');
    const snapshots = new Map([
      [HOME, home],
      [AWAY, []],
    ]);
    const seen = seenAs(snapshots, { looked: at('2026-03-10 06:00') });
    expect(slotsInWords(slotHistory(PROTECTION, seen, NOW))).toBe(
      `since 2026-03-10 06:00 UTC; ${HOME}: 3 slots taken, 1 slot not there (missed or deleted); ${AWAY}: 2 slots not there (not copied or deleted), 2 slots not due yet`,
    );
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
    const history = slotHistory(PROTECTION, seenAs(new Map([[HOME, []]])), NOW);
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
    const seen = seenAs(new Map([[HOME, all]]));
    expect(slotHistory(quiet, seen, NOW).rows[0]?.runs).toEqual([
      { from: '2026-03-03T10:00:00Z', count: 168, state: 'taken' },
    ]);
  });
});

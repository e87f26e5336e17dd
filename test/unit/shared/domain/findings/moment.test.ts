import { assess } from '../../../../../shared/domain/findings/assess';
import type { Change, Finding, FindingsDocument } from '../../../../../shared/domain/findings/document';
import { broughtBack, momentOf } from '../../../../../shared/domain/findings/moment';
import { HOUR, MINUTE, SECOND } from '../../../../../shared/domain/time';
import { at } from '../../../../support/builders';
import { assessing, assessment } from '../../../../support/findings-worlds';

const NOW = at('2026-03-01 09:00');
const FUTURE = at('2031-01-01 00:00');

describe('the moment of a run', () => {
  it.each([
    ['its own time, in whole seconds, where nothing was found before', null, NOW + 999, NOW],
    ['its own time after an earlier document', NOW - MINUTE, NOW, NOW],
    ['that of the document, where the run is late', NOW + 70 * MINUTE, NOW, NOW + 70 * MINUTE],
    ['that of the document, as far as a run may be late', NOW + 2 * HOUR, NOW, NOW + 2 * HOUR],
    ['its own time where the document is further ahead', NOW + 2 * HOUR + SECOND, NOW, NOW],
  ])('is %s', (_, previous, own, moment) => {
    expect(momentOf(previous === null ? null : { at: previous }, own, 'daily')).toBe(moment);
  });

  it('is its own sooner for a light pass, which Scheduler does not try to start for so long', () => {
    expect(momentOf({ at: NOW + 30 * MINUTE }, NOW, 'light')).toBe(NOW + 30 * MINUTE);
    expect(momentOf({ at: NOW + 30 * MINUTE + SECOND }, NOW, 'light')).toBe(NOW);
  });
});

describe('a document of a wrong clock', () => {
  const [opened] = assess(null, [assessment('failed')], assessing({ now: FUTURE, run: 'r' })).findings as [
    Finding,
  ];
  const [change] = opened.pending as [Change];
  const document: FindingsDocument = {
    ...assess(null, [], assessing({ now: FUTURE, run: 'r', pass: 'daily' })),
    unknowns: { new: FUTURE, old: NOW - HOUR },
    findings: [
      {
        ...opened,
        resolvedAt: FUTURE,
        unseen: { since: FUTURE, why: 'it was out of sight' },
        waiver: { reason: 'moving', until: FUTURE },
        openings: { lately: [NOW - HOUR, FUTURE], times: 2, since: NOW - HOUR },
        told: { ...change, at: FUTURE },
        pending: [{ ...change, heard: FUTURE }],
      },
    ],
  };

  it('is brought back to now in every instant, but for the ends of waivers', () => {
    const back = broughtBack(document, NOW);
    expect(JSON.stringify(back).match(new RegExp(`${FUTURE}`, 'g'))).toHaveLength(1);
    expect(back).toMatchObject({ at: NOW, begun: NOW, lastLight: NOW, lastDaily: NOW, number: 1 });
    expect(back.unknowns).toEqual({ new: NOW, old: NOW - HOUR });
    expect(back.findings[0]).toMatchObject({
      firstSeen: NOW,
      lastSeen: NOW,
      resolvedAt: NOW,
      unseen: { since: NOW },
      openings: { lately: [NOW - HOUR, NOW], since: NOW - HOUR },
      told: { at: NOW },
      pending: [{ at: NOW, since: NOW, heard: NOW, claim: { at: NOW } }],
      waiver: { until: FUTURE },
    });
  });

  it('stays as it is where it is not ahead', () => {
    expect(broughtBack(document, FUTURE)).toBe(document);
  });
});

describe('a run after one of a wrong clock', () => {
  const failed = [assessment('failed')];

  it('goes on with its own time, takes over what was not told within minutes, and reminds', () => {
    const poisoned = assess(null, failed, assessing({ now: FUTURE }));
    const next = assess(poisoned, failed, assessing({ now: NOW }));
    expect(next).toMatchObject({ at: NOW, findings: [{ firstSeen: NOW, pending: [{ kind: 'opened' }] }] });
    const later = assess(next, failed, assessing({ now: NOW + 8 * MINUTE }));
    expect(later.findings[0]?.pending[0]?.claim).toEqual({ by: later.run, at: later.at });
    const last = assess(later, failed, assessing({ now: NOW + 4 * HOUR }));
    expect(last.findings[0]?.pending.map(({ kind }) => kind)).toEqual(['opened', 'reminder']);
  });
});

import {
  controlsOf,
  judge,
  judgedAt,
  openIn,
  unknownWaivers,
} from '../../../../functions/report-compliance/judge';
import { CONTROLS } from '../../../../shared/domain/controls/all';
import type { Finding, FindingsDocument } from '../../../../shared/domain/findings/document';
import { MINUTE } from '../../../../shared/domain/time';
import { at } from '../../../support/builders';
import { databaseSeen, NOW, seen } from '../../../support/seen';
import { openFinding } from '../../shared/report/compliance/samples';

const waiver = { database: null, region: null, reason: 'until the move', until: at('2026-12-31 00:00') };

const document = (findings: readonly Finding[]): FindingsDocument => ({
  schema: 'holdfast.findings/1',
  installation: 'holdfast',
  number: 1,
  at: NOW,
  run: 'a',
  findings,
  unknowns: {},
  lastLight: NOW,
  lastDaily: null,
});

it('judges all controls on the daily pass, and on the light one those of recovery points, keys and liveness', () => {
  expect(controlsOf('daily')).toHaveLength(CONTROLS.length);
  const light = controlsOf('light').map(({ id }) => id);
  expect(light).toEqual(expect.arrayContaining(['recovery-point-home', 'recovery-point-copy']));
  expect(light).toEqual(expect.arrayContaining(['key-in-danger', 'schedules-alive', 'runs-succeed']));
  expect(light).not.toContain('restore-tested');
  const judged = new Set(judge(seen(), 'light').map(({ control }) => control));
  expect([...judged].filter((id) => !light.includes(id))).toEqual([]);
});

it('judges all as of one moment, later than the look where that came late', () => {
  const look = seen({ databases: [databaseSeen({ latestRestorable: NOW - 50 * MINUTE })], home: [] });
  const verdictAt = (moment: number) => {
    const judged = judgedAt(moment, look, 'light');
    expect(judged.seen).toEqual({ ...look, now: moment });
    return judged.assessments.find(({ control }) => control === 'pitr-current');
  };
  expect(verdictAt(NOW)?.found).toContain('50');
  expect(verdictAt(NOW + 70 * MINUTE)).toMatchObject({ verdict: 'failed' });
});

it('finds waivers of controls that there are not', () => {
  expect(
    unknownWaivers([
      { ...waiver, control: 'multi-az' },
      { ...waiver, control: 'multi-zone' },
    ]).map(({ control }) => control),
  ).toEqual(['multi-zone']);
});

it('counts open findings by severity, waived ones apart, and no resolved ones', () => {
  const waived = { reason: 'until the move', until: NOW };
  const open = openIn(
    document([
      openFinding({ severity: 'critical' }),
      openFinding({ severity: 'high' }),
      openFinding({ severity: 'high', waiver: waived }),
      openFinding({ severity: 'high', verdict: 'unknown', waiver: waived }),
      openFinding({ severity: 'low', state: 'resolved' }),
    ]),
  );
  expect(open).toEqual({ critical: 1, high: 1, medium: 0, low: 0, waived: 2 });
});

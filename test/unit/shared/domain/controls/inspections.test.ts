import type { Control } from '../../../../../shared/domain/controls/control';
import { dataFresh } from '../../../../../shared/domain/controls/data-fresh';
import { dataWhole } from '../../../../../shared/domain/controls/data-whole';
import { extensions } from '../../../../../shared/domain/controls/extensions';
import { inspectionRecent } from '../../../../../shared/domain/controls/inspection-recent';
import { isolation } from '../../../../../shared/domain/controls/isolation';
import { tenants } from '../../../../../shared/domain/controls/tenants';
import type { InspectionRecord } from '../../../../../shared/domain/inspection/record';
import { DAY, SECOND } from '../../../../../shared/domain/time';
import { check, complete, databaseSeen, judged, looked, NOW, seen } from '../../../../support/seen';

const world = (record: InspectionRecord | null) =>
  seen({}, { inspections: new Map([['qrosity-db', { seen: record }]]) });
const BY_CHECK: { control: Control; id: string }[] = [
  { control: dataWhole, id: 'server.pages' },
  { control: dataWhole, id: 'completeness.tables' },
  { control: dataWhole, id: 'own.invoices' },
  { control: dataFresh, id: 'freshness.newest-change' },
  { control: tenants, id: 'tenants.schemas' },
  { control: isolation, id: 'isolation.public' },
  { control: extensions, id: 'extensions.installed' },
];

describe('what the newest look found', () => {
  it.each(BY_CHECK)('is told by $control.id when $id failed, and by no other', ({ control, id }) => {
    const look = world(looked(undefined, check(id, 'failed', 'missing: tenant_x')));
    expect(judged(control, look)).toMatchObject({
      verdict: 'failed',
      found: `${id}: missing: tenant_x`,
      command: expect.stringContaining('holdfast-prod-inspect-database'),
      measure: { value: 1, unit: 'things wrong' },
    });
    for (const { control: other } of BY_CHECK)
      if (other !== control) expect(judged(other, look).verdict).toBe('passed');
  });

  it.each(BY_CHECK)('is unknown to $control.id when $id is, which is no pass', ({ control, id }) => {
    const look = world(looked(undefined, check(id, 'unknown', 'GRANT pg_monitor to the role')));
    expect(judged(control, look)).toMatchObject({
      verdict: 'unknown',
      found: `${id}: GRANT pg_monitor to the role`,
    });
  });

  it.each(BY_CHECK)('is good for two days, and unknown to $control.id a second later', ({ control }) => {
    expect(judged(control, world(looked(NOW - 2 * DAY))).verdict).toBe('passed');
    expect(judged(control, world(looked(NOW - 2 * DAY - SECOND)))).toMatchObject({
      verdict: 'unknown',
      found: 'the newest look is 2d1h old',
    });
  });

  it.each(BY_CHECK)('is unknown to $control.id where there is none, or none was seen', ({ control }) => {
    expect(judged(control, world(null)).verdict).toBe('unknown');
    expect(judged(control, seen({}, { inspections: new Map() })).found).toBe(
      'the record of inspections was not looked at',
    );
    expect(judged(control, world({ ...looked(), checks: [] })).verdict).toBe('unknown');
  });
});

describe('a look inside', () => {
  it('is recent for two days, and too old a second later', () => {
    expect(judged(inspectionRecent, world(looked(NOW - 2 * DAY)))).toMatchObject({ verdict: 'passed' });
    expect(judged(inspectionRecent, world(looked(NOW - 2 * DAY - SECOND)))).toMatchObject({
      verdict: 'failed',
      found: 'looked into 2d1h ago',
      measure: { value: 3, unit: 'days' },
    });
  });

  it('is missed once the database is older than that', () => {
    const made = (created: number) => ({ ...world(null), databases: { seen: [databaseSeen({ created })] } });
    expect(judged(inspectionRecent, made(NOW - 2 * DAY)).verdict).toBe('unknown');
    expect(judged(inspectionRecent, made(NOW - 2 * DAY - SECOND)).verdict).toBe('failed');
  });

  it('is unknown where the record cannot be read', () => {
    expect(judged(inspectionRecent, world({ ...looked(), at: 'yesterday' })).verdict).toBe('unknown');
    const denied = seen({}, { inspections: new Map([['qrosity-db', { unseen: 'S3: denied' }]]) });
    expect(judged(inspectionRecent, denied)).toMatchObject({ verdict: 'unknown', found: 'S3: denied' });
  });

  it('is not spoken of where the policy expects none of it', () => {
    const without = seen({}, { policy: complete({ tenants: null }) });
    expect([...tenants.judge(without), ...isolation.judge(without)]).toEqual([]);
    const { policy } = seen();
    const gold = policy.policies.gold;
    const inspection = gold?.inspection == null ? null : { ...gold.inspection, freshness: [] };
    expect(dataFresh.judge(seen({}, { policy: complete({ inspection }) }))).toEqual([]);
    const blind = seen({}, { policy: complete({ inspection: null }) });
    const all = [inspectionRecent, ...new Set(BY_CHECK.map(({ control }) => control))];
    expect(all.flatMap((control) => control.judge(blind))).toEqual([]);
  });
});

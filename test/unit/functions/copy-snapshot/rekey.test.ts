import type { Observed } from '../../../../functions/copy-snapshot/plan';
import { planRekey, type Rekey, type RekeyCircumstances } from '../../../../functions/copy-snapshot/rekey';
import { TAG } from '../../../../shared/domain/tags';
import {
  ACCOUNT,
  AWAY,
  at,
  copyOf,
  database,
  HOME,
  kmsKey,
  policy,
  slotSnapshot,
} from '../../../support/builders';

const NOW = at('2026-03-01 09:10');
const NEW = {
  [HOME]: kmsKey({ id: '12345678-aaaa' }),
  [AWAY]: kmsKey({ id: 'mrk-abcdef0123', region: AWAY }),
};
const seven = slotSnapshot(at('2026-03-01 07:00'));
const eight = slotSnapshot(at('2026-03-01 08:00'));
const copy = copyOf(seven, { key: `arn:aws:kms:${AWAY}:${ACCOUNT}:key/0` });

function decide(
  fields: Partial<Rekey> = {},
  observed: Partial<Observed> = {},
  circumstances: Partial<RekeyCircumstances> = {},
) {
  return planRekey(
    { database: 'qrosity-db', to: 'alias/new', ...fields },
    { databases: [database()], home: [seven, eight], away: new Map([[AWAY, [copy]]]), ...observed },
    { keys: new Map(Object.entries(NEW)), quotas: new Map(), ...circumstances },
    policy(),
    NOW,
  );
}

it('copies the newest good snapshot of each region within that region, under its key there', () => {
  const [home, away, ...others] = decide();
  expect(others).toEqual([]);
  expect(home).toMatchObject({
    subject: { region: HOME, snapshot: 'holdfast-qrosity-db-20260301-0800-under-12345678' },
    action: { kind: 'copy', source: { id: eight.id }, target: { region: HOME, key: NEW[HOME]?.arn } },
    reason: 'rekey',
  });
  expect(away).toMatchObject({
    subject: { region: AWAY, snapshot: `${copy.id}-under-abcdef01` },
    action: { kind: 'copy', source: { id: copy.id }, target: { region: AWAY, key: NEW[AWAY]?.arn } },
  });
});

it('makes no slots of them: they are kept for their own time, and say what they are', () => {
  const [home] = decide({ keep: 90 * 86_400_000 });
  expect(home?.action?.tags).toEqual({
    [TAG.owner]: 'holdfast',
    [TAG.database]: 'qrosity-db',
    [TAG.policy]: 'gold',
    [TAG.copyOf]: eight.arn,
    [TAG.requested]: '2026-03-01T09:10:00Z',
    [TAG.label]: 're-keyed',
    [TAG.reason]: 're-keyed to alias/new',
    [TAG.keep]: '90d',
  });
});

it('says that the next copies will be full, and under which key they go on', () => {
  const [home, away] = decide();
  expect(home?.detail).toContain("the next snapshots stay under the instance's own key");
  expect(away?.detail).toContain(
    'the next copies will be full, not incremental, and take as long as the first one did; they go on under alias/holdfast until copies[].key in the policy is alias/new',
  );
  expect(decide({ to: 'alias/holdfast' })[1]?.detail).toMatch(
    /not incremental, and take as long as the first one did$/,
  );
});

it('encrypts what was not', () => {
  const [home] = decide({}, { home: [{ ...eight, encrypted: false, key: null }] });
  expect(home).toMatchObject({
    action: { kind: 'copy' },
    detail: expect.stringContaining('until now not encrypted'),
  });
});

describe('nothing is copied', () => {
  it('where the newest is under that key already', () => {
    const [home] = decide({}, { home: [{ ...eight, key: NEW[HOME]?.arn ?? '' }] });
    expect(home).toMatchObject({ action: null, outcome: 'nothing', reason: 'already-under-key' });
  });

  it('where an earlier call began it', () => {
    const id = `${eight.id}-under-12345678`;
    const begun = { ...copyOf(eight, { region: HOME }), id, state: 'pending', status: 'creating' } as const;
    const [home] = decide({}, { home: [seven, eight, begun] });
    expect(home).toMatchObject({ action: null, outcome: 'nothing', reason: 'rekeyed-before' });
    const failed = { ...begun, state: 'failed', status: 'failed' } as const;
    expect(decide({}, { home: [seven, eight, failed] })[0]).toMatchObject({
      action: { kind: 'replace', failed: { id } },
    });
  });

  it('over a snapshot that is not ours', () => {
    const stranger = { ...eight, id: `${eight.id}-under-12345678`, tags: {} };
    expect(decide({}, { home: [eight, stranger] })[0]).toMatchObject({
      outcome: 'refused',
      reason: 'name-taken',
    });
  });

  it.each([
    ['is not there', null, 'key-missing'],
    ['is disabled', kmsKey({ state: 'disabled' }), 'key-unusable'],
    ['is asymmetric', kmsKey({ symmetric: false }), 'key-unusable'],
    ['could not be looked at', undefined, 'key-unusable'],
  ] as const)('where the key %s; the other region goes on', (_, key, reason) => {
    const keys = new Map(Object.entries({ ...NEW, [HOME]: key })) as RekeyCircumstances['keys'];
    if (key === undefined) (keys as Map<string, unknown>).delete(HOME);
    const [home, away] = decide({}, {}, { keys });
    expect(home).toMatchObject({ action: null, outcome: 'refused', reason });
    expect(away).toMatchObject({ action: { kind: 'copy' } });
  });

  it("where it would take the last place of the quota, which is the next slot's", () => {
    const room = (used: number) => new Map([[AWAY, { used, most: 100 }]]);
    expect(decide({}, {}, { quotas: room(98) })[1]).toMatchObject({ action: { kind: 'copy' } });
    expect(decide({}, {}, { quotas: room(99) })[1]).toMatchObject({
      outcome: 'refused',
      reason: 'quota-full',
    });
  });

  it('where no good snapshot of ours stands, or the region was not seen', () => {
    expect(decide({}, { home: [] })[0]).toMatchObject({ outcome: 'refused', reason: 'nothing-to-copy' });
    expect(decide({}, { away: new Map() })[1]).toMatchObject({
      outcome: 'postponed',
      reason: 'region-unseen',
    });
  });

  it('of a database that nobody knows', () => {
    expect(decide({ database: 'qrosity-bd' })).toEqual([]);
  });
});

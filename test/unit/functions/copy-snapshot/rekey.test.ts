import type { Observed } from '../../../../functions/copy-snapshot/plan';
import { planRekey, type RekeyCircumstances, rekeyLooks } from '../../../../functions/copy-snapshot/rekey';
import type { Rekey } from '../../../../functions/copy-snapshot/rekey-source';
import type { Key } from '../../../../shared/domain/key';
import { TAG } from '../../../../shared/domain/tags';
import { DAY, HOUR } from '../../../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  copyOf,
  database,
  HOME,
  kmsKey,
  onDemand,
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
  withPolicy = policy(),
) {
  return planRekey(
    { database: 'qrosity-db', to: 'alias/new', ...fields },
    { databases: [database()], home: [seven, eight], away: new Map([[AWAY, [copy]]]), ...observed },
    { keys: new Map(Object.entries(NEW)), copyKeys: new Map(), quotas: new Map(), ...circumstances },
    withPolicy,
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
    /not incremental, and take as long as the first one did; until it is there/,
  );
});

it('compares keys, not how they are written, to tell under which the next copies will be', () => {
  const goOn = (key: Key | null) =>
    decide({}, {}, { copyKeys: new Map([[AWAY, key]]) })[1]?.detail?.includes(
      'they go on under alias/holdfast',
    );
  expect(goOn(NEW[AWAY] ?? null)).toBe(false);
  expect(goOn(kmsKey({ id: 'another', region: AWAY }))).toBe(true);
  expect(goOn(null)).toBe(true);
});

it('says that scheduled copies may wait behind it, and that no automated backup is taken meanwhile', () => {
  for (const { detail } of decide())
    expect(detail).toContain(
      'until it is there, RDS may let scheduled copies wait behind it, and takes no automated backup: keep out of the backup window',
    );
});

it('says what follows from a key that AWS manages', () => {
  const keys = new Map(Object.entries({ ...NEW, [HOME]: kmsKey({ id: '9', manager: 'aws' }) }));
  const [home, away] = decide({ to: 'alias/aws/rds' }, {}, { keys });
  expect(home?.detail).toMatch(/; managed by AWS: it can be neither shared nor copied to another account$/);
  expect(away?.detail).not.toContain('managed by AWS');
});

it('carries the instance that it is of: to prune, a copy without it would be one of another instance', () => {
  const source = { ...eight, tags: { ...eight.tags, [TAG.instance]: 'db-OLD' } };
  expect(decide({}, { home: [source] })[0]?.action?.tags).toMatchObject({ [TAG.instance]: 'db-OLD' });
});

it("is kept as long as the policy keeps on-demand snapshots, and a day at least: a copy's time counts from the request", () => {
  const kept = (keep: number) =>
    decide({}, {}, {}, policy({ onDemand: { keep } }))[0]?.action?.tags[TAG.keep];
  expect(kept(45 * DAY)).toBe('45d');
  expect(kept(6 * HOUR)).toBe('1d');
});

it('writes what RDS takes for the value of a tag', () => {
  expect(decide({ to: 'alias/a,b' })[0]?.action?.tags[TAG.reason]).toBe('re-keyed to alias/a_b');
});

it('encrypts what was not', () => {
  const [home] = decide({}, { home: [{ ...eight, encrypted: false, key: null }] });
  expect(home).toMatchObject({
    action: { kind: 'copy' },
    detail: expect.stringContaining('until now not encrypted'),
  });
});

describe('what is looked up', () => {
  const looks = (to: string) =>
    rekeyLooks(
      { database: 'qrosity-db', to },
      { databases: [database()], home: [], away: new Map() },
      policy(),
    ).map(({ region, key, copyKey }) => [region, key, copyKey]);

  it('is the key in each region, and beside it what the copies there are under', () => {
    expect(looks('alias/new')).toEqual([
      [HOME, 'alias/new', null],
      [AWAY, 'alias/new', 'alias/holdfast'],
    ]);
  });

  it('is no key of another region, unless it is a multi-Region key: those share their id', () => {
    const arn = (key: string) => `arn:aws:kms:${HOME}:${ACCOUNT}:${key}`;
    expect(looks(arn('key/12345678'))[1]).toEqual([AWAY, null, 'alias/holdfast']);
    expect(looks(arn('alias/mrk-new'))[1]).toEqual([AWAY, null, 'alias/holdfast']);
    expect(looks(arn('key/mrk-12345678'))).toEqual([
      [HOME, arn('key/mrk-12345678'), null],
      [AWAY, 'mrk-12345678', 'alias/holdfast'],
    ]);
  });
});

describe('a newer one that is on its way', () => {
  const creating = { state: 'pending', status: 'creating', recoveryPoint: null } as const;
  const nine = slotSnapshot(at('2026-03-01 09:00'), creating);
  const refused = { action: null, outcome: 'refused', reason: 'newest-not-ready' };

  it('is waited for, region by region', () => {
    const [home, away] = decide({}, { home: [seven, eight, nine] });
    expect(home).toMatchObject({ ...refused, subject: { region: HOME, snapshot: nine.id } });
    expect(away).toMatchObject({ action: { kind: 'copy' } });
  });

  it('is waited for also where it is the first', () => {
    expect(decide({}, { home: [nine] })[0]).toMatchObject({ ...refused, detail: `${nine.id} is creating` });
  });

  it('may be a copy: it will be as new as its source', () => {
    const newer = copyOf(eight, creating);
    expect(decide({}, { away: new Map([[AWAY, [copy, newer]]]) })[1]).toMatchObject(refused);
    const older = copyOf(slotSnapshot(at('2026-03-01 06:00')), creating);
    const withSource = { home: [slotSnapshot(at('2026-03-01 06:00')), seven, eight] };
    expect(decide({}, { ...withSource, away: new Map([[AWAY, [copy, older]]]) })[1]).toMatchObject({
      action: { kind: 'copy', source: { id: copy.id } },
    });
  });

  it('is none of ours to wait for when it is of another database, or of nobody we know', () => {
    const home = [eight, slotSnapshot(at('2026-03-01 09:00'), { ...creating, database: 'other' })];
    expect(decide({}, { home })[0]).toMatchObject({ action: { kind: 'copy' } });
    const stranger = { ...nine, id: 'by-hand', tags: {} };
    expect(decide({}, { home: [eight, stranger] })[0]).toMatchObject({ action: { kind: 'copy' } });
  });
});

describe('a snapshot that was named', () => {
  it('is copied although there are newer ones, and away its copy', () => {
    const nine = slotSnapshot(at('2026-03-01 09:00'), { state: 'pending', recoveryPoint: null });
    const observed = { home: [seven, eight, nine], away: new Map([[AWAY, [copy, copyOf(eight)]]]) };
    const [home, away] = decide({ snapshot: seven.id }, observed);
    expect(home).toMatchObject({ action: { source: { id: seven.id } } });
    expect(away).toMatchObject({ action: { source: { id: copy.id } } });
  });

  it('may lack a copy in a region, which says so', () => {
    const [home, away] = decide({ snapshot: eight.id });
    expect(home).toMatchObject({ action: { kind: 'copy' } });
    expect(away).toMatchObject({
      outcome: 'refused',
      reason: 'not-copied',
      detail: `${AWAY} has no copy of ${eight.id}`,
    });
  });

  it('has no copy by rule where it was taken on demand', () => {
    const byHand = onDemand(at('2026-03-01 08:30'), '7d');
    const [home, away] = decide({ snapshot: byHand.id }, { home: [eight, byHand] });
    expect(home).toMatchObject({ action: { source: { id: byHand.id } } });
    expect(away).toMatchObject({ outcome: 'nothing', reason: 'not-copied' });
  });

  it('is waited for, at either end', () => {
    const pending = { state: 'pending', status: 'creating', recoveryPoint: null } as const;
    const nine = slotSnapshot(at('2026-03-01 09:00'), pending);
    expect(decide({ snapshot: nine.id }, { home: [eight, nine] })).toMatchObject([
      {
        outcome: 'refused',
        reason: 'snapshot-unfit',
        hint: expect.stringMatching(/^call again when .* wait/),
      },
    ]);
    const [, away] = decide({ snapshot: seven.id }, { away: new Map([[AWAY, [{ ...copy, ...pending }]]]) });
    expect(away).toMatchObject({
      outcome: 'refused',
      reason: 'snapshot-unfit',
      hint: expect.stringContaining(`--region ${AWAY} --db-snapshot-identifier ${copy.id}`),
    });
  });

  it.each([
    ['is not there', 'holdfast-nothing', {}, 'no manual snapshot of this name in us-east-1'],
    ['is not ours', seven.id, { tags: {} }, 'not ours: it lacks the tag holdfast:owner'],
    [
      'is of another database',
      seven.id,
      { tags: { ...seven.tags, [TAG.database]: 'other' } },
      'a snapshot of other, not of qrosity-db',
    ],
    ['failed', seven.id, { state: 'failed', status: 'failed' }, `${seven.id} is failed`],
  ] as const)('is refused as a whole where it %s', (_, snapshot, fields, detail) => {
    const home = [{ ...seven, ...fields }, eight];
    expect(decide({ snapshot }, { home })).toMatchObject([
      { subject: { region: HOME, snapshot }, outcome: 'refused', reason: 'snapshot-unfit', detail },
    ]);
    const observed = { databases: [database()], home, away: new Map() };
    expect(rekeyLooks({ database: 'qrosity-db', to: 'alias/new', snapshot }, observed, policy())).toEqual([]);
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
    // It takes the room that the failed one had.
    const quotas = new Map([[HOME, { used: 100, most: 100 }]]);
    expect(decide({}, { home: [seven, eight, failed] }, { quotas })[0]).toMatchObject({
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

  it('of a database that nobody knows, or that only the policy does', () => {
    expect(decide({ database: 'qrosity-bd' })).toEqual([]);
    const named = policy({}, { databases: [{ match: { identifiers: ['qrosity-bd'] }, policy: 'gold' }] });
    expect(decide({ database: 'qrosity-bd' }, {}, {}, named)).toEqual([]);
  });

  it('under the key of another account: it is refused before anything is looked up', () => {
    const to = 'arn:aws:kms:us-east-1:999988887777:key/12345678-1234-1234-1234-123456789012';
    const observed = { databases: [], home: [seven], away: new Map([[AWAY, [copy]]]) };
    expect(decide({ to }, observed)).toMatchObject([
      {
        outcome: 'refused',
        reason: 'foreign-key',
        detail: `${to} is a key of another account: 999988887777, and this one is ${ACCOUNT}`,
      },
    ]);
    expect(rekeyLooks({ database: 'qrosity-db', to }, observed, policy())).toEqual([]);
  });

  it('under the key of another region', () => {
    const to = `arn:aws:kms:${HOME}:${ACCOUNT}:alias/new`;
    const [home, away] = decide({ to });
    expect(home).toMatchObject({ action: { kind: 'copy' } });
    expect(away).toMatchObject({
      outcome: 'refused',
      reason: 'key-missing',
      detail: `${to} is a key of ${HOME}, and a key is good in its own region only`,
    });
  });
});

import { inDanger, plan } from '../../../../functions/rotate-keys/plan';
import type { Key } from '../../../../shared/domain/key';
import type { KeysSeen } from '../../../../shared/domain/key-use';
import { DAY, HOUR } from '../../../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  copyOf,
  copyTarget,
  database,
  HOME,
  keysSeen,
  lookedAt,
  policy,
  slotSnapshot,
} from '../../../support/builders';

const NOW = at('2026-03-05 07:30');
const OFF = policy({ copies: [copyTarget({ key: 'alias/1' })] });
const ON = policy({
  copies: [copyTarget({ key: 'alias/1' })],
  keys: { rotateEvery: 365 * DAY, rescue: true, also: [] },
});
const KEY = `arn:aws:kms:${AWAY}:${ACCOUNT}:key/1`;

/** Three copies of qrosity-db under the copies' key, which is as told. */
function copies(key: Partial<Key>, fields: Partial<KeysSeen> = {}): KeysSeen {
  const seen = lookedAt({ id: '1', region: AWAY, ...key }, { tags: {} });
  const snapshots = ['05:00', '06:00', '07:00'].map((hour) =>
    copyOf(slotSnapshot(at(`2026-03-05 ${hour}`)), { key: KEY }),
  );
  return keysSeen([seen], { snapshots, ...fields });
}

const DYING: Partial<Key> = { state: 'pending-deletion', deletion: NOW + 7 * DAY - HOUR };

describe('a key that is about to be deleted', () => {
  it('is the gravest finding: what hangs on it, how long there is, and the command that saves it', () => {
    const [first, ...others] = plan(copies(DYING), OFF, NOW);
    expect(others).toEqual([]);
    expect(first).toEqual({
      subject: { database: 'qrosity-db', region: AWAY, key: 'alias/1' },
      action: null,
      outcome: 'refused',
      reason: 'key-pending-deletion',
      detail:
        'will be deleted at 2026-03-12T06:30:00Z, in 6d23h, and cannot be used until then; what hangs on it: ' +
        '3 recovery points of qrosity-db, the newest of 2026-03-05T07:02:00Z; the copies to come of gold',
      hint: `save it: aws kms cancel-key-deletion --region ${AWAY} --key-id ${KEY} && aws kms enable-key --region ${AWAY} --key-id ${KEY}`,
    });
  });

  it('is rescued where the policy says so', () => {
    const [act] = plan(copies(DYING), ON, NOW);
    expect(act).toMatchObject({ action: { kind: 'rescue', start: [] }, reason: 'key-pending-deletion' });
  });

  it('is not rescued where it is not ours to change: who may, is told how', () => {
    const key = `arn:aws:kms:${HOME}:${ACCOUNT}:key/2`;
    const seen = lookedAt({ id: '2', ...DYING }, { tags: {} });
    const [found] = plan(keysSeen([seen], { databases: [database({ key })] }), ON, NOW);
    expect(found).toMatchObject({ outcome: 'refused', reason: 'key-pending-deletion' });
    expect(found?.detail).toContain('what hangs on it: database qrosity-db');
    expect(found).toHaveProperty(
      'hint',
      expect.stringMatching(/^save it: .*it would be rescued.*keys\.also/),
    );
  });

  it('has no date yet while it waits for its replicas', () => {
    const dying = { state: 'pending-deletion', deletion: null } as const;
    const [found] = plan(copies({ ...dying, window: 9 * DAY }), OFF, NOW);
    expect(found?.detail).toMatch(
      /^pending deletion: it cannot be used, and is deleted 9d after the last of its replicas is gone; what hangs on it: 3/,
    );
  });

  it('is told even where no recovery point hangs on it yet: the next copies will need it', () => {
    const seen = copies(DYING, { snapshots: [] });
    expect(plan(seen, OFF, NOW)).toMatchObject([{ outcome: 'refused', reason: 'key-pending-deletion' }]);
    expect(plan(seen, ON, NOW)).toMatchObject([{ action: { kind: 'rescue' } }]);
    expect(inDanger(seen, OFF)).toBe(0);
  });

  it('was to be deleted, where a date has passed', () => {
    const [found] = plan(copies({ state: 'pending-deletion', deletion: NOW - DAY }), OFF, NOW);
    expect(found?.detail).toContain('was to be deleted at 2026-03-04T07:30:00Z, 1d ago');
  });

  it('is rescued where one of two policies says so', () => {
    const seen = copies(DYING);
    const careless = {
      ...ON.policies.gold,
      name: 'careless',
      keys: { rotateEvery: 365 * DAY, rescue: false, also: [] },
    };
    const two = { ...ON, policies: { ...ON.policies, careless } as typeof ON.policies };
    expect(plan(seen, two, NOW)[0]).toMatchObject({ action: { kind: 'rescue' } });
  });

  it('takes what is on its way along, and what RDS and AWS Backup took by themselves', () => {
    const seen = copies(DYING);
    const [first, second] = seen.snapshots as [
      (typeof seen.snapshots)[number],
      (typeof seen.snapshots)[number],
    ];
    const own = { ...first, id: 'rds:qrosity-db-2026-03-05', kind: 'automated', tags: {} } as const;
    const under = { ...second, id: 'x', state: 'pending', recoveryPoint: null } as const;
    const [found] = plan({ ...seen, snapshots: [own, under] }, OFF, NOW);
    expect(found?.detail).toContain(
      '1 recovery point of qrosity-db, the newest of 2026-03-05T05:02:00Z; 1 more on its way',
    );
    const [bare] = plan(
      copies(DYING, { snapshots: [{ ...under, state: 'failed' }] }),
      { ...OFF, policies: {} },
      NOW,
    );
    expect(bare?.detail).toContain('what hangs on it: nothing that can be restored');
  });

  it('counts failed and pending snapshots for no recovery points', () => {
    const broken = (['failed', 'pending'] as const).map((state) =>
      slotSnapshot(at('2026-03-05 08:00'), { id: `x-${state}`, region: AWAY, key: KEY, state }),
    );
    const seen = copies(DYING);
    const [found] = plan({ ...seen, snapshots: [...seen.snapshots, ...broken] }, OFF, NOW);
    expect(found?.detail).toContain('3 recovery points');
  });
});

describe('a key that is disabled', () => {
  it('is told with the command that enables it', () => {
    const [found] = plan(copies({ state: 'disabled' }), OFF, NOW);
    expect(found).toMatchObject({ outcome: 'refused', reason: 'key-disabled' });
    expect(found).toHaveProperty('hint', `save it: aws kms enable-key --region ${AWAY} --key-id ${KEY}`);
  });

  it('is enabled where the policy says so: it may have been left so by a rescue that was cut short', () => {
    expect(plan(copies({ state: 'disabled' }), ON, NOW)).toMatchObject([
      { action: { kind: 'rescue' }, reason: 'key-disabled' },
    ]);
  });

  it('takes the instances along that lost it: they are to be started after a rescue', () => {
    const key = lookedAt({ id: '2', state: 'disabled' });
    const lost = database({
      key: key.key.arn,
      condition: 'lost-key',
      status: 'inaccessible-encryption-credentials-recoverable',
    });
    const [act] = plan(keysSeen([key], { databases: [lost] }), ON, NOW);
    expect(act).toMatchObject({ action: { kind: 'rescue', start: ['qrosity-db'] } });
  });

  it.each([
    ['inaccessible-encryption-credentials-recoverable', 'RDS gives it up 7 days after it lost the key', true],
    ['inaccessible-encryption-credentials', 'it cannot be brought back, only restored', false],
  ])('tells of a database that is %s already, and whether it can be started', (status, said, starts) => {
    const key = lookedAt({ id: '2', state: 'disabled' });
    const lost = database({ key: key.key.arn, condition: 'lost-key', status });
    const [found] = plan(keysSeen([key], { databases: [lost] }), OFF, NOW);
    expect(found?.detail).toContain(`qrosity-db is ${status}: ${said}`);
    const hint = (found as { hint?: string } | undefined)?.hint ?? '';
    expect(
      hint.includes('&& aws rds start-db-instance --region us-east-1 --db-instance-identifier qrosity-db'),
    ).toBe(starts);
  });

  it('silences the notices, where a topic hangs on it', () => {
    const topic = { arn: `arn:aws:sns:${HOME}:${ACCOUNT}:holdfast-prod-notices`, key: 'alias/2' };
    const seen = keysSeen([lookedAt({ id: '2', state: 'disabled' })], { topics: [topic] });
    const [found] = plan(seen, OFF, NOW);
    expect(found?.detail).toContain(`the notices of ${topic.arn}, which reach nobody without it`);
    expect(inDanger(seen, OFF)).toBe(1);
  });

  it('locks the evidence away, where its bucket hangs on it', () => {
    const stores = [{ bucket: 'holdfast-evidence', region: HOME, key: 'alias/2' }];
    const seen = keysSeen([lookedAt({ id: '2', state: 'disabled' })], { stores });
    const [found] = plan(seen, OFF, NOW);
    expect(found?.detail).toContain('the evidence in s3://holdfast-evidence, which nobody can read');
    expect(inDanger(seen, OFF)).toBe(1);
  });
});

describe('a key that is not there any more', () => {
  it('is told: what hung on it is lost', () => {
    const snapshots = [slotSnapshot(at('2026-03-05 07:00'), { key: `arn:aws:kms:${HOME}:${ACCOUNT}:key/9` })];
    const seen = keysSeen([], { snapshots, keys: new Map([[`${HOME} 9`, null]]) });
    expect(plan(seen, policy({ copies: [] }), NOW)).toMatchObject([
      { outcome: 'refused', reason: 'key-gone' },
    ]);
    expect(inDanger(seen, policy({ copies: [] }))).toBe(1);
  });

  it('is told with the way out: of a database, of copies, and of a name that leads nowhere', () => {
    const key = `arn:aws:kms:${HOME}:${ACCOUNT}:key/9`;
    const keys = new Map([[`${HOME} 9`, null]]);
    const hint = (seen: Parameters<typeof keysSeen>[1], rules = policy({ copies: [] })) =>
      plan(keysSeen([], { databases: [], keys, ...seen }), rules, NOW).map((one) =>
        'hint' in one ? one.hint : null,
      );
    const one = slotSnapshot(at('2026-03-05 07:00'), { key });
    expect(hint({ snapshots: [one] })).toEqual([expect.stringContaining('name another key in copies[].key')]);
    expect(hint({ snapshots: [one], databases: [database({ key })] })).toEqual([
      expect.stringContaining('restore what another region holds'),
    ]);
    const named = policy({ copies: [copyTarget({ region: HOME, key })] });
    expect(hint({}, named)).toEqual([expect.stringContaining('create it there, or correct its name')]);
  });

  it('is not told of one that could merely not be looked at', () => {
    const snapshots = [slotSnapshot(at('2026-03-05 07:00'), { key: `arn:aws:kms:${HOME}:${ACCOUNT}:key/9` })];
    const seen = keysSeen([], { snapshots });
    expect(plan(seen, policy({ copies: [] }), NOW)).toEqual([]);
    expect(inDanger(seen, policy({ copies: [] }))).toBe(0);
  });
});

it('tells of an instance that has to be started, once its key is back', () => {
  const key = lookedAt({ id: '2' });
  const lost = database({
    key: key.key.arn,
    condition: 'lost-key',
    status: 'inaccessible-encryption-credentials-recoverable',
  });
  const found = plan(keysSeen([key], { databases: [lost] }), policy({ copies: [] }), NOW);
  expect(found[0]).toMatchObject({
    outcome: 'refused',
    reason: 'instance-needs-start',
    detail: expect.stringContaining('7 days after it lost the key there is no way back'),
    hint: `start it: aws rds start-db-instance --region ${HOME} --db-instance-identifier qrosity-db`,
  });
});

it('tells of an instance that nothing brings back', () => {
  const key = lookedAt({ id: '2' });
  const status = 'inaccessible-encryption-credentials';
  const lost = database({ key: key.key.arn, condition: 'lost-key', status });
  const found = plan(keysSeen([key], { databases: [lost] }), policy({ copies: [] }), NOW);
  expect(found[0]).toMatchObject({ outcome: 'refused', reason: 'instance-lost' });
});

it('tells the gravest first', () => {
  const fine = lookedAt({ id: '2' }, { tags: {} });
  const dying = copies(DYING);
  const seen = {
    ...keysSeen([fine, ...[...dying.keys.values()].flatMap((one) => one ?? [])], {
      snapshots: dying.snapshots,
    }),
    databases: [
      database({ key: fine.key.arn, encrypted: true }),
      database({ id: 'plain', encrypted: false, key: null }),
    ],
  };
  const two = { ...OFF, databases: [{ match: { identifiers: ['qrosity-db', 'plain'] }, policy: 'gold' }] };
  expect(plan(seen, two, NOW).map(({ reason }) => reason)).toEqual([
    'key-pending-deletion',
    'rotates',
    'not-encrypted',
  ]);
  expect(inDanger(seen, two)).toBe(1);
});

it('tells of snapshots that are not encrypted, by database and region', () => {
  const bare = ['05:00', '06:00'].map((hour) =>
    slotSnapshot(at(`2026-03-05 ${hour}`), { encrypted: false, key: null }),
  );
  expect(plan(keysSeen([], { snapshots: bare }), policy({ copies: [] }), NOW)).toMatchObject([
    { outcome: 'nothing', reason: 'not-encrypted', detail: '2 snapshots are not encrypted' },
  ]);
});

it('names five databases and counts the rest', () => {
  const key = lookedAt({ id: '2', state: 'disabled' });
  const ids = Array.from({ length: 7 }, (_, n) => `erp-${n}`);
  const many = { ...OFF, databases: [{ match: { identifiers: ids }, policy: 'gold' }] };
  const seen = keysSeen([key], { databases: ids.map((id) => database({ id, key: key.key.arn })) });
  const [found] = plan(seen, many, NOW);
  expect(found?.detail).toContain('database erp-0, erp-1, erp-2, erp-3, erp-4 and 2 more');
  expect(found?.subject.database).toBe('*');
});

describe('a database that lost a key that nobody can see', () => {
  const status = 'inaccessible-encryption-credentials-recoverable';
  const foreign = 'arn:aws:kms:us-east-1:999988887777:key/7';
  const unseen = `arn:aws:kms:us-east-1:${ACCOUNT}:key/7`;
  const lost = (key: string, word = status) =>
    keysSeen([], { databases: [database({ key, status: word, condition: 'lost-key' })] });

  it.each([
    ['of another account', foreign, 'the key of another account'],
    ['that could not be looked at', unseen, 'a key that could not be looked at'],
  ])('is told of a key %s, with the way back, and counted for the alarm', (_, key, whose) => {
    const found = plan(lost(key), OFF, NOW).find(({ reason }) => reason === 'instance-lost-key');
    expect(found).toMatchObject({
      outcome: 'refused',
      subject: { database: 'qrosity-db' },
      detail: `RDS says ${status}; it is under ${key}, ${whose}`,
      hint: expect.stringContaining('aws rds start-db-instance --region us-east-1'),
    });
    expect(inDanger(lost(key), OFF)).toBe(1);
    const over = plan(lost(key, 'inaccessible-encryption-credentials'), OFF, NOW);
    expect(over.find(({ reason }) => reason === 'instance-lost-key')).toHaveProperty(
      'hint',
      expect.stringContaining('restore'),
    );
  });

  it('is no danger while it is up', () => {
    const up = keysSeen([], { databases: [database({ key: foreign })] });
    expect(plan(up, OFF, NOW).map(({ reason }) => reason)).toEqual(['foreign-account']);
    expect(inDanger(up, OFF)).toBe(0);
  });
});

it('does not say that a key can be used again while it is disabled', () => {
  const key = lookedAt({ id: '2', state: 'disabled' });
  const databases = [database({ key: key.key.arn, condition: 'lost-key', status: 'x' })];
  expect(plan(keysSeen([key], { databases }), OFF, NOW).map(({ reason }) => reason)).toEqual([
    'key-disabled',
  ]);
});

it('does not enable what enabling does not bring back', () => {
  expect(plan(copies({ state: 'unavailable' }), ON, NOW)).toMatchObject([
    { outcome: 'refused', reason: 'key-unavailable' },
  ]);
});

it("rescues no other database's key when asked for one", () => {
  const key = lookedAt({ id: '2', state: 'disabled' });
  const other = lookedAt({ id: '3', state: 'disabled' });
  const rules = policy(
    { copies: [], keys: { rotateEvery: 365 * DAY, rescue: true, also: [] } },
    { databases: [{ match: { identifiers: ['a', 'b'] }, policy: 'gold' }] },
  );
  const databases = [database({ id: 'a', key: key.key.arn }), database({ id: 'b', key: other.key.arn })];
  const found = plan(keysSeen([key, other], { databases }), rules, NOW, { only: 'a' });
  expect(found.map(({ subject, reason }) => `${subject.database} ${reason}`)).toEqual(['a key-disabled']);
});

it('offers no tag to a key that is pending deletion: KMS takes none', () => {
  const other = lookedAt({ id: '2', ...DYING }, { tags: {} });
  const databases = [database({ key: other.key.arn })];
  const rules = policy({ copies: [], keys: { rotateEvery: 365 * DAY, rescue: true, also: [] } });
  const [found] = plan(keysSeen([other], { databases }), rules, NOW);
  expect(found).toHaveProperty('hint', expect.stringMatching(/name it in the policy as keys\.also$/));
});

it('speaks once of a key that is in use by its ARN and by an alias that could not be listed', () => {
  const one = lookedAt({ id: '1', region: AWAY, state: 'disabled' }, { tags: {} });
  const seen = copies({ state: 'disabled' });
  const unlisted = {
    ...seen,
    aliases: new Map(),
    keys: new Map([
      [`${AWAY} 1`, one],
      [`${AWAY} alias/1`, one],
    ]),
  };
  expect(plan(unlisted, ON, NOW)).toMatchObject([{ action: { kind: 'rescue' }, reason: 'key-disabled' }]);
  expect(inDanger(unlisted, ON)).toBe(1);
});

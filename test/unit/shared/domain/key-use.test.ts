import { isForeign, keyName, keysInUse, namedKeys } from '../../../../shared/domain/key-use';
import { DAY } from '../../../../shared/domain/time';
import {
  ACCOUNT,
  AWAY,
  at,
  copyOf,
  copyTarget,
  database,
  foreign,
  HOME,
  onDemand,
  policy,
  slotSnapshot,
} from '../../../support/builders';

const ALIASES = new Map([
  [HOME, new Map([['alias/erp', '1']])],
  [AWAY, new Map([['alias/holdfast', '2']])],
]);
const arn = (region: string, id: string, account = ACCOUNT) => `arn:aws:kms:${region}:${account}:key/${id}`;
const nine = at('2026-03-01 09:00');

describe('the name of a key', () => {
  it.each([
    ['its id', '1', `${HOME} 1`],
    ['its ARN', arn(HOME, '1'), `${HOME} 1`],
    ['an alias', 'alias/erp', `${HOME} 1`],
    ["an alias's ARN", `arn:aws:kms:${HOME}:${ACCOUNT}:alias/erp`, `${HOME} 1`],
    ['an ARN of another region', arn(AWAY, '2'), `${AWAY} 2`],
    ['an alias that leads nowhere', 'alias/nothing', `${HOME} alias/nothing`],
  ])('is the same by %s', (_, reference, name) => {
    expect(keyName(HOME, reference, ALIASES)).toBe(name);
  });
});

it('knows the key of another account by its ARN alone', () => {
  expect(isForeign(arn(HOME, '1', '999988887777'), ACCOUNT)).toBe(true);
  expect(isForeign(arn(HOME, '1'), ACCOUNT)).toBe(false);
  expect(isForeign('alias/erp', ACCOUNT)).toBe(false);
  expect(isForeign(arn(HOME, '1', '999988887777'), null)).toBe(false);
});

describe('the keys in use', () => {
  const used = (seen: Partial<Parameters<typeof keysInUse>[0]>, rules = policy()) =>
    keysInUse(
      { databases: [], snapshots: [], topics: [], stores: [], hidden: new Set(), account: ACCOUNT, ...seen },
      rules,
      ALIASES,
    );

  it('are those of the databases, of their snapshots, of the copies to come, of the topics and of the evidence', () => {
    const slot = slotSnapshot(nine, { key: arn(HOME, '1') });
    const topic = { arn: `arn:aws:sns:${HOME}:${ACCOUNT}:notices`, key: 'alias/erp' };
    const found = used({
      databases: [database({ key: arn(HOME, '1') })],
      snapshots: [slot, copyOf(slot, { key: arn(AWAY, '2') })],
      topics: [topic],
      stores: [
        { bucket: 'evidence', region: HOME, key: 'alias/erp' },
        { bucket: 'plain', region: HOME, key: null },
      ],
    });
    expect([...found.keys()]).toEqual([`${HOME} 1`, `${AWAY} 2`]);
    expect(found.get(`${HOME} 1`)).toMatchObject({
      databases: [{ id: 'qrosity-db' }],
      snapshots: [{ id: slot.id }],
      targets: [],
      topics: [topic.arn],
      stores: ['evidence'],
    });
    expect(found.get(`${AWAY} 2`)).toMatchObject({
      databases: [],
      snapshots: [{ region: AWAY }],
      targets: [{ policy: 'gold', region: AWAY }],
      topics: [],
      stores: [],
    });
  });

  it('are those of old keys too, as long as a snapshot stands under them', () => {
    const old = slotSnapshot(nine, { region: AWAY, key: arn(AWAY, '1999') });
    expect([...used({ snapshots: [old] }).keys()]).toContain(`${AWAY} 1999`);
  });

  it('are those of on-demand snapshots, of strangers about a protected database, and of deleted databases', () => {
    const snapshots = [
      onDemand(nine, '7d', { key: arn(HOME, '3') }),
      foreign({ key: arn(HOME, '4') }),
      slotSnapshot(nine, { database: 'gone', key: arn(HOME, '5') }),
    ];
    const names = [...used({ snapshots, databases: [] }).keys()];
    for (const id of ['3', '4', '5']) expect(names).toContain(`${HOME} ${id}`);
  });

  it('are none that only what nobody protects hangs on', () => {
    const found = used(
      {
        databases: [database({ id: 'other', key: arn(HOME, '6') })],
        snapshots: [foreign({ database: 'other', key: arn(HOME, '7') })],
      },
      policy({ copies: [] }),
    );
    expect([...found.keys()]).toEqual([]);
  });

  it('are those of standbys, named by no policy, and of their standbys', () => {
    const source = database({ key: arn(HOME, '1') });
    const far = database({
      id: 'qrosity-db-standby',
      arn: `arn:aws:rds:${AWAY}:${ACCOUNT}:db:qrosity-db-standby`,
      region: AWAY,
      key: arn(AWAY, '8'),
      replicaOf: source.arn,
    });
    const farther = database({ id: 'reports', region: AWAY, key: arn(AWAY, '9'), replicaOf: far.id });
    const strangers = database({ id: 'other', key: arn(HOME, '6'), replicaOf: 'others-source' });
    const lone = policy({ copies: [] });
    const found = used({ databases: [source, far, farther, strangers] }, lone);
    expect([...found.keys()]).toEqual([`${HOME} 1`, `${AWAY} 8`, `${AWAY} 9`]);
    expect(found.get(`${AWAY} 8`)?.rules).toEqual(found.get(`${HOME} 1`)?.rules);
  });

  it('are none of what is not encrypted', () => {
    const found = used(
      { databases: [database({ key: null, encrypted: false })], topics: [{ arn: 'x', key: null }] },
      policy({ copies: [copyTarget({ key: null })] }),
    );
    expect([...found.keys()]).toEqual([]);
  });

  it('keep the strictest promise of their users, and of all policies where no user has one', () => {
    const rules = { rotateEvery: 90 * DAY, rescue: true, also: [] };
    const topic = { arn: `arn:aws:sns:${HOME}:${ACCOUNT}:notices`, key: 'alias/erp' };
    const found = used({ topics: [topic] }, policy({ keys: rules }));
    expect(found.get(`${HOME} 1`)?.rules).toEqual(rules);
  });
});

it('names the keys of copies and of keys.also, a multi-Region key in every region', () => {
  const named = namedKeys(
    policy({
      keys: { rotateEvery: 365 * DAY, rescue: false, also: ['alias/erp', arn('eu-west-1', 'mrk-7')] },
    }),
    { aliases: ALIASES, account: ACCOUNT },
  );
  expect([`${HOME} 1`, `${AWAY} 2`, 'eu-west-1 mrk-7', `${HOME} mrk-7`].map(named)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([`${AWAY} 1`, `${HOME} 2`, `${HOME} mrk-8`].map(named)).toEqual([false, false, false]);
});

it('names no key of ours by the ARN of one of another account', () => {
  const stranger = '999988887777';
  const also = [arn(HOME, '1', stranger), `arn:aws:kms:${HOME}:${stranger}:alias/erp`];
  const rules = policy({ copies: [], keys: { rotateEvery: 365 * DAY, rescue: false, also } });
  const named = namedKeys(rules, { aliases: ALIASES, account: ACCOUNT });
  expect(named(`${HOME} 1`)).toBe(false);
  const target = policy({ copies: [copyTarget({ key: `arn:aws:kms:${AWAY}:${stranger}:alias/holdfast` })] });
  const none = { databases: [], snapshots: [], topics: [], stores: [], hidden: new Set<string>() };
  expect([...keysInUse({ ...none, account: ACCOUNT }, target, ALIASES).keys()]).toEqual([
    `arn:aws:kms:${AWAY}:${stranger}:alias/holdfast`,
  ]);
});

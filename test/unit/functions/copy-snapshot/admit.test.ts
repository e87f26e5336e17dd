import { admit, type Circumstances, lookup } from '../../../../functions/copy-snapshot/admit';
import { plan } from '../../../../functions/copy-snapshot/plan';
import type { Key } from '../../../../shared/domain/key';
import {
  AWAY,
  at,
  copyOf,
  copyTarget,
  foreign,
  kmsKey,
  policy,
  slotSnapshot,
} from '../../../support/builders';

const NOW = at('2026-03-01 09:10');
const KEY = kmsKey({ id: '1', region: AWAY });
const slot = at('2026-03-01 08:00');

function circumstances(fields: Partial<Circumstances> = {}): Circumstances {
  return {
    keys: new Map([[lookup(AWAY, 'alias/holdfast'), KEY]]),
    bindingOptions: new Map(),
    quotas: new Map([[AWAY, { used: 0, most: 100 }]]),
    away: new Map([[AWAY, []]]),
    ...fields,
  };
}

function admitted(ids: string[], fields: Partial<Circumstances> = {}, withPolicy = policy()) {
  const home = ids.map((database) => slotSnapshot(slot, { database, optionGroup: 'erp-options' }));
  const found = circumstances(fields);
  return admit(plan({ databases: [], home, away: found.away }, withPolicy, NOW), found, withPolicy).map(
    (decision) => ({
      database: decision.subject.database,
      does: decision.action?.kind ?? ('outcome' in decision ? decision.outcome : ''),
      reason: decision.reason,
      detail: decision.detail,
      hint: 'hint' in decision ? decision.hint : undefined,
    }),
  );
}

describe('the key of the destination', () => {
  it('lets the copy through when it is enabled', () => {
    expect(admitted(['a'])).toMatchObject([{ does: 'copy' }]);
  });

  it('refuses a key that the region does not have', () => {
    const keys = new Map([[lookup(AWAY, 'alias/holdfast'), null]]);
    expect(admitted(['a'], { keys })).toMatchObject([
      { does: 'refused', reason: 'key-missing', detail: 'us-west-2 has no key alias/holdfast' },
    ]);
  });

  it.each<[Partial<Key>, string]>([
    [{ state: 'disabled' }, 'key alias/holdfast of us-west-2 is disabled'],
    [{ state: 'pending-deletion' }, 'key alias/holdfast of us-west-2 is pending-deletion'],
    [{ symmetric: false }, 'key alias/holdfast of us-west-2 is asymmetric'],
  ])('refuses a key that cannot encrypt: %j', (fields, detail) => {
    const keys = new Map([[lookup(AWAY, 'alias/holdfast'), { ...KEY, ...fields }]]);
    expect(admitted(['a'], { keys })).toMatchObject([{ does: 'refused', reason: 'key-unusable', detail }]);
  });

  it('names the command that saves a key about to be deleted', () => {
    const keys = new Map([[lookup(AWAY, 'alias/holdfast'), { ...KEY, state: 'pending-deletion' as const }]]);
    expect(admitted(['a'], { keys })[0]?.hint).toBe(
      `save it: aws kms cancel-key-deletion --region us-west-2 --key-id ${KEY.arn}, then aws kms enable-key with the same`,
    );
  });

  it('lets a key of AWS through, and says what follows', () => {
    const keys = new Map([[lookup(AWAY, 'alias/holdfast'), { ...KEY, manager: 'aws' as const }]]);
    expect(admitted(['a'], { keys })).toMatchObject([
      {
        does: 'copy',
        detail: expect.stringContaining('can be neither shared nor copied to another account'),
      },
    ]);
  });
});

describe('option groups', () => {
  const bindingOptions = new Map([['erp-options', ['TDE']]]);

  it('with options that bind are refused, unless the policy names one of the destination', () => {
    expect(admitted(['a'], { bindingOptions })).toMatchObject([
      { does: 'refused', reason: 'option-group-needed', detail: expect.stringContaining('TDE') },
    ]);
    expect(
      admitted(['a'], { bindingOptions }, policy({ copies: [copyTarget({ optionGroup: 'erp-west' })] })),
    ).toMatchObject([{ does: 'copy' }]);
  });

  it('without such options are left behind', () => {
    expect(admitted(['a'], { bindingOptions: new Map([['erp-options', []]]) })).toMatchObject([
      { does: 'copy' },
    ]);
  });
});

describe('limits', () => {
  const flying = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      foreign({
        id: `flying-${n}`,
        database: `other-${n}`,
        region: AWAY,
        state: 'pending',
        copyOf: 'arn:aws:rds:us-east-1:1:snapshot:x',
      }),
    );

  it('lets as many begin as there are places beside the copies in flight', () => {
    const away = new Map([[AWAY, flying(19)]]);
    expect(admitted(['a', 'b'], { away }).map(({ does, reason }) => `${does} ${reason}`)).toEqual([
      'copy newest-missing',
      'postponed in-flight-limit',
    ]);
  });

  it('counts only copies: a snapshot under way in that region takes no place', () => {
    const away = new Map([[AWAY, flying(20).map((one) => ({ ...one, copyOf: null }))]]);
    expect(admitted(['a'], { away })).toMatchObject([{ does: 'copy' }]);
  });

  it('refuses what the quota has no room for, by name', () => {
    const quotas = new Map([[AWAY, { used: 99, most: 100 }]]);
    expect(admitted(['a', 'b'], { quotas }).map(({ does, reason }) => `${does} ${reason}`)).toEqual([
      'copy newest-missing',
      'refused quota-full',
    ]);
  });

  it('gives no place to a copy that is refused anyway', () => {
    const home = [
      slotSnapshot(slot, { database: 'a' }),
      slotSnapshot(slot, { database: 'b', optionGroup: 'erp-options' }),
    ];
    const found = circumstances({
      bindingOptions: new Map([['erp-options', ['TDE']]]),
      quotas: new Map([[AWAY, { used: 99, most: 100 }]]),
    });
    // b is further behind, so it would come first.
    const away = new Map([[AWAY, [copyOf(slotSnapshot(at('2026-03-01 07:00'), { database: 'a' }))]]]);
    const decisions = admit(plan({ databases: [], home, away }, policy(), NOW), { ...found, away }, policy());
    expect(decisions.map(({ subject, reason }) => `${subject.database} ${reason}`)).toEqual([
      'b option-group-needed',
      'a newest-missing',
    ]);
  });

  it('takes no room of the quota for a copy that replaces a failed one', () => {
    const source = slotSnapshot(slot, { database: 'a' });
    const away = new Map([[AWAY, [copyOf(source, { state: 'failed' })]]]);
    expect(admitted(['a'], { away, quotas: new Map([[AWAY, { used: 100, most: 100 }]]) })).toMatchObject([
      { does: 'replace' },
    ]);
  });
});

describe('two copy regions', () => {
  const EAST = 'eu-west-1';
  const two = policy({ copies: [copyTarget({ region: EAST }), copyTarget()] });
  const both = (fields: Partial<Circumstances> = {}) => {
    const home = [slotSnapshot(slot, { database: 'a' })];
    // The newest copy in us-west-2 is an hour younger: eu-west-1 is further behind.
    const away = new Map([
      [EAST, []],
      [AWAY, [copyOf(slotSnapshot(at('2026-03-01 07:00'), { database: 'a' }))]],
    ]);
    const keys = new Map([
      [lookup(AWAY, 'alias/holdfast'), KEY],
      [lookup(EAST, 'alias/holdfast'), KEY],
    ]);
    const quotas = new Map([EAST, AWAY].map((region) => [region, { used: 0, most: 100 }]));
    const found = circumstances({ away, keys, quotas, ...fields });
    return admit(plan({ databases: [], home, away: found.away }, two, NOW), found, two).map(
      ({ subject, reason }) => `${subject.region} ${reason}`,
    );
  };

  it('take turns: the one furthest behind first', () => {
    expect(both()).toEqual(['eu-west-1 newest-missing', 'us-west-2 another-region-first']);
  });

  it.each<[string, Partial<Circumstances>, string]>([
    [
      'has no key',
      {
        keys: new Map([
          [lookup(AWAY, 'alias/holdfast'), KEY],
          [lookup(EAST, 'alias/holdfast'), null],
        ]),
      },
      'key-missing',
    ],
    [
      'has no room',
      {
        quotas: new Map([
          [EAST, { used: 100, most: 100 }],
          [AWAY, { used: 0, most: 100 }],
        ]),
      },
      'quota-full',
    ],
  ])('do not starve each other: when the first %s, the second goes', (_, fields, reason) => {
    expect(both(fields)).toEqual([`eu-west-1 ${reason}`, 'us-west-2 newest-missing']);
  });

  it('go on where a key could not be looked up: AWS has the last word', () => {
    expect(both({ keys: new Map() })).toEqual(['eu-west-1 newest-missing', 'us-west-2 another-region-first']);
  });
});

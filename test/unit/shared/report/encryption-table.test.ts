import { type Answer, run } from '../../../../functions/rotate-keys/run';
import type { Database } from '../../../../shared/domain/database';
import { encryptionReport } from '../../../../shared/domain/encryption';
import type { KeysSeen, LookedAt } from '../../../../shared/domain/key-use';
import type { Policy } from '../../../../shared/domain/policy';
import { Refusal } from '../../../../shared/domain/refusal';
import type { Snapshot } from '../../../../shared/domain/snapshot';
import { HOUR, MINUTE } from '../../../../shared/domain/time';
import { encryptionTable, withTable } from '../../../../shared/report/encryption-table';
import {
  AWAY,
  at,
  copyOf,
  copyTarget,
  database,
  HOME,
  keysSeen,
  lookedAt,
  policy,
  rotation,
  slotSnapshot,
} from '../../../support/builders';

const named = (...identifiers: string[]) =>
  policy({}, { databases: [{ match: { identifiers }, policy: 'gold' }] });
const POLICY = named('erp', 'plain', 'qrosity-db');

const ERP = lookedAt({ id: '1' }, { aliases: ['alias/erp'] });
const COPIES = lookedAt(
  { id: '2', region: AWAY, state: 'pending-deletion', deletion: at('2026-03-12 06:30') },
  { aliases: ['alias/holdfast'], rotation: null },
);
const eight = slotSnapshot(at('2026-03-05 08:00'), { key: ERP.key.arn });
const nine = slotSnapshot(at('2026-03-05 09:00'), { key: ERP.key.arn });
const bare = { encrypted: false, key: null };
const SEEN = keysSeen([ERP, COPIES], {
  databases: [database({ id: 'erp', key: ERP.key.arn }), database({ id: 'plain', ...bare })],
  snapshots: [
    eight,
    nine,
    copyOf(eight, { key: COPIES.key.arn }),
    slotSnapshot(at('2026-03-05 07:00'), { database: 'plain', ...bare }),
  ],
});

const tableOf = (seen: KeysSeen, rules: Policy = POLICY) => encryptionTable(encryptionReport(seen, rules));
const rowsOf = (table: string) => table.split('\n').map((line) => line.split(/ {2,}/));

describe('the table', () => {
  it('begins with what it all comes to, and the bad rows come first: not encrypted, then under a key out of use', () => {
    expect(tableOf(SEEN).split('\n')).toEqual([
      '2 databases and 4 snapshots, 2 NOT encrypted; 1 key pending deletion',
      '',
      'database    region     what         encrypted  key                                manager   last rotated  next',
      '----------  ---------  -----------  ---------  ---------------------------------  --------  ------------  ----------',
      'plain       us-east-1  database     NO         -                                  -         -             -',
      'plain       us-east-1  1 snapshot   NO         -                                  -         -             -',
      'qrosity-db  us-west-2  1 copy       yes        alias/holdfast (pending-deletion)  customer  -             -',
      'erp         us-east-1  database     yes        alias/erp                          customer  never         2027-01-01',
      'qrosity-db  us-east-1  2 snapshots  yes        alias/erp                          customer  never         2027-01-01',
      '',
      'key             region     state             every  on demand  database(s)  recovery points  deleted at',
      '--------------  ---------  ----------------  -----  ---------  -----------  ---------------  --------------------',
      'alias/holdfast  us-west-2  pending-deletion  -      -          qrosity-db   1                2026-03-12 06:30 UTC',
      'alias/erp       us-east-1  enabled           365d   0          2            2                -',
      '',
    ]);
  });

  it('is of 120 columns at most', () => {
    for (const line of tableOf(SEEN).split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('says first what could not be seen, one line each, and that the rest is not all', () => {
    const unseen = [
      { region: AWAY, what: 'snapshots', why: 'list snapshots:\n  denied' },
      { region: HOME, what: 'keys', why: 'throttled' },
    ];
    const seen = { ...SEEN, snapshots: [eight], databases: [] };
    expect(
      encryptionTable(encryptionReport(seen, POLICY, { unseen }))
        .split('\n')
        .slice(0, 4),
    ).toEqual([
      'NOT SEEN: us-west-2 snapshots: list snapshots: denied',
      'NOT SEEN: us-east-1 keys: throttled',
      'As far as was seen: 0 databases and 1 snapshot, all encrypted; 1 key pending deletion',
      '',
    ]);
  });

  it.each([
    ['disabled', '1 key disabled'],
    ['unavailable', '1 key unavailable'],
    ['enabled', '1 key, all enabled'],
  ] as const)('counts a key that is %s as %s', (state, words) => {
    const one = lookedAt({ id: '1', state });
    const [first] = tableOf(keysSeen([one], { snapshots: [eight] }), policy({ copies: [] })).split('\n');
    expect(first).toBe(`0 databases and 1 snapshot, all encrypted; ${words}`);
  });

  it('tells a key that is gone, one that nobody could look at, and the same alias in two regions apart', () => {
    const [home, away] = [HOME, AWAY].map((region) =>
      lookedAt({ id: '1', region }, { aliases: ['alias/holdfast'] }),
    ) as [LookedAt, LookedAt];
    const snapshots = [
      eight,
      copyOf(eight, { key: away.key.arn }),
      slotSnapshot(at('2026-03-05 07:00'), { key: 'gone-key' }),
      slotSnapshot(at('2026-03-05 06:00'), { key: 'unseen-key' }),
    ];
    const seen = keysSeen([home, away], { snapshots });
    const table = tableOf({ ...seen, keys: new Map([...seen.keys, [`${HOME} gone-key`, null]]) });
    expect(table.split('\n')[0]).toMatch(/; 1 key gone, 1 key not seen$/);
    const rows = rowsOf(table);
    expect(rows).toContainEqual(expect.arrayContaining(['gone-key (gone)', 'unknown']));
    expect(rows).toContainEqual(expect.arrayContaining(['unseen-key (unseen)', 'unknown']));
    expect(rows.slice(-5, -1).map((row) => row.slice(0, 3))).toEqual([
      ['gone-key', HOME, 'gone'],
      ['unseen-key', HOME, 'unseen'],
      ['alias/holdfast', HOME, 'enabled'],
      ['alias/holdfast', AWAY, 'enabled'],
    ]);
  });

  it('says never and off of a customer key whose rotation was seen, and nothing where KMS does not tell', () => {
    const off = rotation({ automatic: false, period: null, next: null });
    const keys = [
      lookedAt({ id: '1' }, { aliases: ['alias/off'], rotation: off }),
      lookedAt({ id: '2', manager: 'aws' }, { aliases: ['alias/aws/rds'], rotation: off }),
      lookedAt({ id: '3', state: 'pending-deletion' }, { aliases: ['alias/going'], rotation: null }),
    ];
    const snapshots = keys.map(({ key }, n) =>
      slotSnapshot(at('2026-03-05 01:00') + n * HOUR, { key: key.arn }),
    );
    const rows = rowsOf(tableOf(keysSeen(keys, { snapshots }), policy({ copies: [] })));
    const cells = (name: string) => rows.filter((row) => row.some((cell) => cell.startsWith(name)));
    expect(cells('alias/off')).toEqual([
      ['qrosity-db', HOME, '1 snapshot', 'yes', 'alias/off', 'customer', 'never', '-'],
      ['alias/off', HOME, 'enabled', 'off', '0', 'qrosity-db', '1', '-'],
    ]);
    expect(cells('alias/aws/rds')).toEqual([
      ['qrosity-db', HOME, '1 snapshot', 'yes', 'alias/aws/rds', 'aws', '-', '-'],
      ['alias/aws/rds', HOME, 'enabled', '-', '-', 'qrosity-db', '1', '-'],
    ]);
    expect(cells('alias/going')).toEqual([
      ['qrosity-db', HOME, '1 snapshot', 'yes', 'alias/going (pending-deletion)', 'customer', '-', '-'],
      ['alias/going', HOME, 'pending-deletion', '-', '-', 'qrosity-db', '1', '-'],
    ]);
  });

  it('leaves out rows that are too many, the good ones, and says how many', () => {
    const lines = encryptionTable(encryptionReport(SEEN, POLICY), 2).split('\n');
    expect(lines.filter((line) => line.startsWith('and '))).toEqual(['and 3 more: ask with "database"']);
    expect(lines.slice(4, 7).map((line) => line.split(/ {2,}/)[0])).toEqual([
      'plain',
      'plain',
      'and 3 more: ask with "database"',
    ]);
  });
});

describe('the whole answer', () => {
  const MOST = 6_291_556;
  const EU = 'eu-west-1';
  const bytes = (answer: unknown) => Buffer.byteLength(JSON.stringify(answer));

  /** A fleet with a key each in three regions, as a run with `report` answers. */
  async function fleet({ databases: many = 1_000, snapshots = 6, drifted = false, tagged = true } = {}) {
    const keys: LookedAt[] = [];
    const databases: Database[] = [];
    const standing: Snapshot[] = [];
    const off = rotation({ automatic: false, period: null, next: null });
    for (let n = 0; n < many; n += 1) {
      // 63 characters: as long as RDS lets a name be.
      const id = `db-${n}-`.padEnd(63, 'x');
      const its = [HOME, AWAY, EU].map((region) =>
        lookedAt(
          {
            id: `${String(n).padStart(8, '0')}-1111-4222-8333-444455556666`,
            region,
            created: at(drifted ? '2025-01-01 00:00' : '2026-01-01 00:00'),
          },
          {
            aliases: [`alias/${id}`],
            ...(drifted && { rotation: off }),
            ...(!tagged && { tags: {}, rotation: off }),
          },
        ),
      ) as [LookedAt, LookedAt, LookedAt];
      keys.push(...its);
      databases.push(database({ id, key: its[0].key.arn }));
      standing.push({
        ...slotSnapshot(at('2026-03-05 00:00'), { database: id, key: its[0].key.arn }),
        id: `rds:${id}-2026-03-05-00-00`,
        kind: 'automated',
        tags: {},
      });
      for (let hour = 0; hour < snapshots; hour += 1) {
        const one = slotSnapshot(at('2026-03-05 00:00') + hour * HOUR, { database: id, key: its[0].key.arn });
        standing.push(
          one,
          ...its.slice(1).map(({ key }) => copyOf(one, { region: key.region, key: key.arn })),
        );
      }
    }
    const rules = policy(
      { copies: [AWAY, EU].map((region) => copyTarget({ region, key: null })) },
      { databases: [{ match: { identifiers: databases.map(({ id }) => id) }, policy: 'gold' }] },
    );
    return answered(keysSeen(keys, { databases, snapshots: standing }), rules);
  }

  async function answered(seen: KeysSeen, rules: Policy, lost?: string) {
    const byArn = new Map([...seen.keys.values()].map((one) => [one?.key.arn ?? '', one]));
    const of = <T extends { readonly region: string }>(all: readonly T[]) => {
      const there = new Map<string, T[]>();
      for (const one of all) there.set(one.region, [...(there.get(one.region) ?? []), one]);
      return there;
    };
    const [databases, snapshots] = [of(seen.databases), new Map<string, Snapshot[]>()];
    for (const one of seen.snapshots) {
      const there = snapshots.get(one.region);
      if (there === undefined) snapshots.set(one.region, [one]);
      else there.push(one);
    }
    const ports = {
      databases: { list: async (region: string) => databases.get(region) ?? [] },
      snapshots: {
        listEvery: async (region: string) => {
          if (region === lost) throw new Refusal('unreachable', `list snapshots in ${region}: no answer`);
          return snapshots.get(region) ?? [];
        },
      },
      keys: {
        aliases: async (region: string) => seen.aliases.get(region) ?? new Map(),
        find: async (_: string, arn: string) => byArn.get(arn)?.key ?? null,
        tags: async ({ arn }: { arn: string }) => byArn.get(arn)?.tags ?? {},
        rotation: async ({ arn }: { arn: string }) => byArn.get(arn)?.rotation,
      },
    } as unknown as Parameters<typeof run>[0];
    const context = {
      policy: rules,
      now: at('2026-03-06 00:00'),
      dryRun: false,
      topics: [],
      evidenceBucket: null,
      deployment: null,
      databaseCa: null,
      run: 'a',
      timeLeft: () => 15 * MINUTE,
    };
    const { encryption, ...answer } = await run(ports, context, { report: true });
    return { ...answer, encryption: encryption as Required<Answer>['encryption'] };
  }

  it('says at its beginning what the run could not see', async () => {
    const { encryption, table } = withTable(await answered(SEEN, POLICY, AWAY));
    const why = 'list snapshots in us-west-2: no answer';
    expect(encryption.unseen).toEqual([{ region: AWAY, what: 'snapshots', why }]);
    expect(table.split('\n').slice(0, 2)).toEqual([
      `NOT SEEN: us-west-2 snapshots: ${why}`,
      expect.stringMatching(/^As far as was seen: 2 databases and 3 snapshots, 2 NOT encrypted; /),
    ]);
  });

  it('has every identifier where there is room', async () => {
    const answer = withTable(await fleet({ databases: 20 }));
    expect(answer.encryption.resources.map(({ ids }) => ids?.length)).toContain(6);
    expect(answer.table).not.toContain('more: ask');
  });

  // As it stood, with 20,000 identifiers and 8,000 rows: 8 MB.
  it('of 1,000 databases in three regions, each under a key of its own, is counted without identifiers, and fits', async () => {
    const made = await fleet({ drifted: true });
    const answer = withTable(made);
    expect(bytes({ ...made, table: '' })).toBeGreaterThan(MOST);
    expect(bytes(answer)).toBeLessThanOrEqual(MOST);
    expect(answer.encryption.resources).toHaveLength(5_000);
    expect(new Set(answer.encryption.resources.map(({ count, ids }) => `${count} ${ids}`))).toEqual(
      new Set(['1 null', '6 null']),
    );
    expect(answer.encryption.keys).toHaveLength(3_000);
    expect(answer.table.match(/^and .*$/gm)).toEqual([
      'and 4000 more: ask with "database"',
      'and 2000 more: ask with "database"',
    ]);
  });

  it.each([
    [true, 'rotates'],
    [false, 'not-ours-to-change'],
  ])('adds up keys that need nothing from us by region (with our tag: %s)', async (tagged, reason) => {
    const { entries } = await fleet({ databases: 60, snapshots: 1, tagged });
    expect(entries.map(({ subject, count, ...one }) => [subject.region, one.reason, count])).toEqual([
      [HOME, reason, 60],
      [AWAY, reason, 60],
      [EU, reason, 60],
    ]);
  });

  it('loses rows of its table next, and nothing else of the data', async () => {
    const made = await fleet({ databases: 30, snapshots: 1 });
    const whole = withTable(made);
    const counted = {
      ...made.encryption,
      resources: made.encryption.resources.map((one) => ({ ...one, ids: null })),
    };
    const rest = bytes({ ...made, encryption: counted, table: '' });
    const most = rest + Math.floor(bytes(whole.table) / 2);
    const cut = withTable(made, most);
    expect(bytes(cut)).toBeLessThanOrEqual(most);
    expect(cut.encryption).toEqual(counted);
    expect(cut.table.split('\n').length).toBeGreaterThan(10);
    expect(cut.table).toMatch(/^and \d+ more: ask with "database"$/m);
  });

  it('that is too large all the same is refused with the way out', async () => {
    const made = await fleet({ databases: 30, snapshots: 1 });
    expect(() => withTable(made, 20_000)).toThrow(
      /^the report takes \d+ bytes, and Lambda answers with 20000 at most\n {2}hint: ask for one database: \{"report": true, "database": "\.\.\."\}$/,
    );
  });

  it('takes as many bytes as Lambda sends: of a name outside ASCII more than it has characters', () => {
    const report = encryptionReport(SEEN, POLICY, {
      unseen: [{ region: AWAY, what: 'keys', why: 'é'.repeat(50) }],
    });
    const whole = bytes({ encryption: report, table: encryptionTable(report) });
    expect(withTable({ encryption: report }, whole).encryption).toBe(report);
    expect(withTable({ encryption: report }, whole - 1).encryption.resources[0]?.ids).toBeNull();
  });
});

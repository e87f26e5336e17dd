import { findingsKey } from '../../../../shared/domain/findings/record';
import { Refusal } from '../../../../shared/domain/refusal';
import { DAY, HOUR, type Instant, MINUTE } from '../../../../shared/domain/time';
import { keepFindings, newestFindings } from '../../../../shared/runtime/keep-findings';
import { tellFindings } from '../../../../shared/runtime/tell-findings';
import { at, HOME } from '../../../support/builders';
import {
  assessing,
  assessment,
  FindingsWorld,
  INSTALLATION,
  LIGHT,
  OTHER_TOPIC,
  TOPIC,
} from '../../../support/findings-worlds';

const NOW = at('2026-03-01 09:00');
const later = (minutes: number) => NOW + minutes * MINUTE;
const databases = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    assessment('failed', { subject: { database: `erp-${index}`, region: HOME } }),
  );

describe('telling', () => {
  let world: FindingsWorld;
  beforeEach(() => {
    world = new FindingsWorld();
  });

  it('keeps what is pending, publishes, and keeps that it was taken', async () => {
    const { document, deliveries } = await world.run([assessment('failed')], assessing({ now: NOW }));
    expect(deliveries).toMatchObject([
      { receiver: TOPIC, taken: 1, refusals: [] },
      { receiver: 'events', taken: 1, refusals: [] },
    ]);
    const kept = [...world.records.values()].map((text) => JSON.parse(text).findings[0]);
    expect(
      kept.map(({ pending, told }) => [pending.map((one: { taken: unknown }) => one.taken), told?.kind]),
    ).toEqual([
      [[[]], undefined],
      [[[TOPIC]], undefined],
      [[], 'opened'],
    ]);
    expect(document.number).toBe(3);
    expect(await world.newest()).toEqual(document);
  });

  it('keeps one document where nothing has changed, and publishes nothing', async () => {
    await world.run([assessment('failed')], assessing({ now: NOW }));
    const { deliveries } = await world.run([assessment('failed')], assessing({ now: later(10) }));
    expect(deliveries).toEqual([]);
    expect(world.records.size).toBe(4);
    expect(world.sent).toHaveLength(1);
  });

  it('tells the one topic what it refused, and the other nothing again', async () => {
    world.refusing = [OTHER_TOPIC];
    const topics = [TOPIC, OTHER_TOPIC];
    const { document, deliveries } = await world.run([assessment('failed')], assessing({ now: NOW }), topics);
    expect(deliveries[1]).toMatchObject({
      receiver: OTHER_TOPIC,
      taken: 0,
      refusals: [{ kind: 'throttled' }],
    });
    expect(document.findings[0]).toMatchObject({ told: null, pending: [{ taken: [TOPIC, 'events'] }] });
    world.refusing = [];
    await world.run([assessment('failed')], assessing({ now: later(10) }), topics);
    expect(world.sent.map(({ topic }) => topic)).toEqual([TOPIC, OTHER_TOPIC]);
    expect(world.sent[1]?.notice).toEqual(world.sent[0]?.notice);
    expect(world.events).toHaveLength(1);
  });

  it('waits no longer for a topic that is out of the settings', async () => {
    world.refusing = [OTHER_TOPIC];
    await world.run([assessment('failed')], assessing({ now: NOW }), [TOPIC, OTHER_TOPIC]);
    const { document } = await world.run([assessment('failed')], assessing({ now: later(10) }), [TOPIC]);
    expect(document.findings[0]).toMatchObject({ told: { kind: 'opened' }, pending: [] });
    expect(world.sent).toHaveLength(1);
  });

  it('puts again only those events that were refused', async () => {
    world.refusing = ['some events'];
    const { deliveries } = await world.run(databases(7), assessing({ now: NOW }));
    expect(deliveries[1]).toMatchObject({ receiver: 'events', taken: 4 });
    expect(deliveries[1]?.refusals).toHaveLength(3);
    world.refusing = [];
    await world.run(databases(7), assessing({ now: later(10) }));
    expect(world.events.map(({ id }) => id).sort()).toEqual(
      [...new Set(world.events.map(({ id }) => id))].sort(),
    );
    expect(world.events).toHaveLength(7);
  });

  it('does not let resolved overtake opened', async () => {
    world.refusing = [TOPIC];
    await world.run([assessment('failed')], assessing({ now: NOW }));
    // Three minutes later, by hand: the first run may still be at work, and its word comes first.
    world.refusing = [];
    await world.run([assessment('passed')], assessing({ now: later(3) }));
    expect(world.sent).toEqual([]);
    await world.run([assessment('passed')], assessing({ now: later(13) }));
    expect(world.sent.map(({ notice }) => notice.attributes.kind)).toEqual([['opened'], ['resolved']]);
  });

  it('judges a run that came late as of the newest document, not of its own time', async () => {
    const ages = (moment: Instant) => [assessment(moment - NOW > HOUR ? 'failed' : 'passed')];
    await world.run(ages, assessing({ now: later(64) }));
    const { document } = await world.run(ages, assessing({ now: later(4), run: 'late', pass: 'daily' }));
    expect(document).toMatchObject({ at: later(64), findings: [{ state: 'open' }] });
    await world.run(ages, assessing({ now: later(74) }));
    expect(world.sent.map(({ notice }) => notice.attributes.kind)).toEqual([['opened']]);
  });

  it('reminds the others while one receiver refuses, and keeps one reminder for it', async () => {
    world.refusing = ['events'];
    let document = await world.newest().catch(() => null);
    for (let pass = 0; pass <= 30 * 6; pass += 1)
      ({ document } = await world.run([assessment('failed')], assessing({ now: later(10 * pass) })));
    const kinds = world.sent.map(({ notice }) => notice.attributes.kind);
    expect(kinds).toEqual([['opened'], ...Array(7).fill(['reminder'])]);
    expect(document?.findings[0]?.pending.map(({ kind }) => kind)).toEqual(['opened', 'reminder']);
    world.refusing = [];
    await world.run([assessment('failed')], assessing({ now: later(30 * 60 + 10) }));
    expect(world.events.map(({ detail }) => detail.kind)).toEqual(['opened', 'reminder']);
    expect((await world.newest()).findings[0]?.pending).toEqual([]);
  });

  it('counts from when the first receiver heard of it, not the last', async () => {
    world.refusing = ['events'];
    await world.run([assessment('failed')], assessing({ now: NOW }));
    world.refusing = [];
    await world.run([assessment('failed')], assessing({ now: later(230) }));
    await world.run([assessment('failed')], assessing({ now: later(240) }));
    expect(world.sent.map(({ notice }) => notice.attributes.kind)).toEqual([['opened'], ['reminder']]);
  });

  it('does not remind of what the first receiver heard only lately, as all had refused it', async () => {
    world.refusing = [TOPIC, 'events'];
    await world.run([assessment('failed')], assessing({ now: NOW }));
    world.refusing = ['events'];
    const kinds = () => world.sent.map(({ notice }) => notice.attributes.kind);
    for (const minutes of [180, 240, 410])
      await world.run([assessment('failed')], assessing({ now: later(minutes) }));
    expect(kinds()).toEqual([['opened']]);
    await world.run([assessment('failed')], assessing({ now: later(420) }));
    expect(kinds()).toEqual([['opened'], ['reminder']]);
  });

  it('goes on with the next message where the store refuses a mark, and says what is told and not marked', async () => {
    const refuse = world.notices().publish;
    const telling = world.telling([TOPIC]);
    const notices = {
      // The first mark is refused, whose message is out by then.
      publish: async (...what: Parameters<typeof refuse>) => {
        await refuse(...what);
        if (world.sent.length === 1) world.answers = [new Refusal('denied', 'not now')];
      },
    };
    const { document, deliveries } = await tellFindings(() => databases(2), assessing({ now: NOW }), {
      ...telling,
      notices,
      happenings: null,
    });
    expect(world.sent).toHaveLength(2);
    expect(deliveries).toMatchObject([
      { taken: 1, refusals: [], unmarked: { kind: 'denied' } },
      { taken: 1, refusals: [], unmarked: null },
    ]);
    expect(document.findings.map(({ told }) => told?.kind)).toEqual([undefined, 'opened']);
    await world.run(databases(2), assessing({ now: later(10) }));
    expect(world.sent.map(({ id }) => id)).toEqual(
      [1, 2, 1].map((part) => `${INSTALLATION}:000000000001-critical-${part}`),
    );
  });

  it('begins again where the store is busy with a write of the same number, and gives up after five', async () => {
    const busy = (times: number) => Array.from({ length: times }, () => new Refusal('busy', 'conflict'));
    world.answers = busy(4);
    const { document } = await world.run([assessment('failed')], assessing({ now: NOW }));
    expect(document).toMatchObject({ number: 3, findings: [{ told: { kind: 'opened' } }] });
    world.answers = busy(6);
    await expect(world.run([], assessing({ now: later(10) }))).rejects.toMatchObject({ kind: 'busy' });
    expect(world.answers).toHaveLength(1);
  });

  it('says so when there is nobody to tell', async () => {
    const how = assessing({ now: NOW });
    const telling = { ...world.telling([]), happenings: null };
    const { document, deliveries } = await tellFindings(() => [assessment('failed')], how, telling);
    expect(deliveries).toMatchObject([{ taken: 0, refusals: [{ kind: 'invalid' }] }]);
    expect(document.findings[0]).toMatchObject({ told: null, pending: [{ kind: 'opened' }] });
  });

  it('refuses to go on from the findings of another installation', async () => {
    await world.run([assessment('failed')], assessing({ now: NOW }));
    const other = assessing({ now: later(10), installation: 'another' });
    await expect(world.run([], other)).rejects.toMatchObject({ kind: 'damaged' });
  });
});

describe('documents of findings', () => {
  let world: FindingsWorld;
  beforeEach(() => {
    world = new FindingsWorld();
  });

  it('come back as they were, their times readable', async () => {
    const waiver = { control: LIGHT.id, database: null, region: null, reason: 'r', until: NOW + DAY - 1 };
    const failed = assessment('failed', { measure: { value: 3, unit: 'days' } });
    const unknown = assessment('unknown', { subject: { database: 'erp', region: HOME } });
    const how = assessing({ now: NOW + 123, waivers: [waiver] });
    const { document } = await world.run([failed, unknown], how);
    expect(await world.newest()).toEqual(document);
    expect(JSON.parse(world.records.get(findingsKey(1)) ?? '')).toMatchObject({
      at: '2026-03-01T09:00:00Z',
      unknowns: { 'recovery-point-home/erp/us-east-1': '2026-03-01T09:00:00Z' },
      findings: [{ firstSeen: '2026-03-01T09:00:00Z', waiver: { until: '2026-03-02T08:59:59Z' } }],
    });
  });

  it.each([1, 2, 999, 1_000, 1_001, 2_000, 4_321, 100_000])(
    'are found from behind: the newest of %i, in 20 calls or fewer',
    async (count) => {
      const { document } = await world.run([], assessing({ now: NOW }));
      const keys = Array.from({ length: count }, (_, index) => findingsKey(index + 1));
      const newest = { ...JSON.parse(world.records.get(findingsKey(1)) ?? ''), number: count };
      let calls = 0;
      const evidence = {
        ...world.evidence(),
        // Those of 400 days ago are gone.
        list: async (_: string, { after = '', most = 0 } = {}) => {
          calls += 1;
          const from = Math.max(Number(after.slice(9, 21)), count > 50_000 ? 40_000 : 0);
          return keys.slice(from, from + most);
        },
        read: async (key: string) => (key === findingsKey(count) ? newest : null),
      };
      expect(await newestFindings(evidence, INSTALLATION)).toEqual({ ...document, number: count });
      expect(calls).toBeLessThanOrEqual(20);
    },
  );

  it('that are too large for one record are kept in pages, and come back whole', async () => {
    const long = 'x'.repeat(900);
    const many = databases(3_000).map((one) => ({ ...one, found: long }));
    const { document } = await world.run(many, assessing({ now: NOW }));
    const texts = [...world.records.values()];
    const indented = texts.map((text) => JSON.stringify(JSON.parse(text), null, 2).length);
    expect(Math.max(...indented)).toBeLessThan(5 * 2 ** 20);
    expect(document.findings).toHaveLength(3_000);
    expect(await world.newest()).toEqual(document);
  });

  it('that are too large for one record have pages of their own, also where the one before was not kept', async () => {
    const many = databases(3_000).map((one) => ({ ...one, found: 'x'.repeat(900) }));
    const telling = world.telling([TOPIC, OTHER_TOPIC]);
    const evidence = {
      ...telling.evidence,
      // The first mark's pages are kept, and what names them is not.
      keep: async (...[key, record]: Parameters<typeof telling.evidence.keep>) => {
        if (key === findingsKey(2) && world.sent.length === 1) throw new Refusal('denied', 'not now');
        return await telling.evidence.keep(key, record);
      },
    };
    const { document, deliveries } = await tellFindings(() => many, assessing({ now: NOW }), {
      ...telling,
      evidence,
      happenings: null,
    });
    expect(deliveries.filter(({ unmarked }) => unmarked !== null)).toHaveLength(1);
    expect(await world.newest()).toEqual(document);
  });

  it('leave a page that belongs to nobody out of the way', async () => {
    const { document } = await world.run([], assessing({ now: NOW }));
    world.records.set('findings-pages/000000000002/run-0001.json', '{}');
    await keepFindings(world.evidence(), { ...document, number: 2 });
    expect((await world.newest()).number).toBe(2);
  });
});

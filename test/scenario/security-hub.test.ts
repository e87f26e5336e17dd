import { WireError } from '../../local/wire/service';
import type { Refusal } from '../../shared/domain/refusal';
import { DAY, formatInstant, HOUR, MINUTE } from '../../shared/domain/time';
import { idPrefix } from '../../shared/report/compliance/asff-names';
import type { Assessed } from '../../shared/report/compliance/compliance';
import { at } from '../support/builders';
import { HubWorld, idOf, judged, OURS, waivedUntil } from '../support/hub-worlds';

// What Security Hub makes of the reports that are handed in to it: days and ticks, through the SDK, on the local cloud.

const START = at('2026-03-01 09:00');
const LATER = '2026-04-30T23:59:59Z';

const fails = (...databases: string[]) => databases.map((one) => judged(one, 'failed'));
const passes = (...databases: string[]) => databases.map((one) => judged(one, 'passed'));
const many = (count: number) => Array.from({ length: count }, (_, number) => `db-${1_000 + number}`);

let hub: HubWorld;
beforeEach(async () => {
  hub = await HubWorld.enabled(START);
});

async function day(assessments: readonly Assessed[], how = {}) {
  await hub.advance(DAY);
  return hub.daily(assessments, how);
}

describe('a daily pass', () => {
  it('hands in what is open, and no passes', async () => {
    const unknown = judged('c', 'unknown');
    const brief = judged('d', 'unknown', { since: null });
    expect(await hub.daily([...fails('a'), ...passes('b'), unknown, brief])).toEqual({
      taken: 2,
      resolved: 0,
      archived: 0,
    });
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW', c: 'WARNING NEW' });
  });

  it('says once of what recovered that it passes and is resolved', async () => {
    await hub.daily(fails('a', 'b'));
    expect(await day([...passes('a'), ...fails('b')])).toEqual({ taken: 1, resolved: 1, archived: 0 });
    expect(await hub.standing()).toEqual({ a: 'PASSED RESOLVED', b: 'FAILED NEW' });
    const [first] = await hub.has();
    await day([...passes('a'), ...fails('b')]);
    expect((await hub.has())[0]).toEqual(first);
  });

  it('makes NEW what fails again', async () => {
    await hub.daily(fails('a'));
    await day(passes('a'));
    await day(fails('a'));
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW' });
  });

  it('suppresses what is waived, for as long as it is', async () => {
    await hub.daily([...fails('a'), waivedUntil('b', LATER)]);
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW', b: 'FAILED SUPPRESSED' });
    const soon = formatInstant(START + 2 * DAY);
    await day([waivedUntil('a', soon), waivedUntil('b', soon)]);
    expect(await hub.standing()).toEqual({ a: 'FAILED SUPPRESSED', b: 'FAILED SUPPRESSED' });
    await day([waivedUntil('a', soon), waivedUntil('b', soon)]);
    expect(await hub.standing()).toEqual({ a: 'FAILED SUPPRESSED', b: 'FAILED SUPPRESSED' });
    await day([waivedUntil('a', soon), ...passes('b')]);
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW', b: 'PASSED RESOLVED' });
  });

  it('leaves to a person what a person said', async () => {
    await hub.daily(fails('looked-after', 'suppressed', 'waived-later'));
    await hub.person('looked-after', 'NOTIFIED');
    await hub.person('suppressed', 'SUPPRESSED');
    await hub.person('waived-later', 'SUPPRESSED');
    await day([...fails('looked-after', 'suppressed'), waivedUntil('waived-later', LATER)]);
    await day(fails('looked-after', 'suppressed', 'waived-later'));
    expect(await hub.standing()).toEqual({
      'looked-after': 'FAILED NOTIFIED',
      suppressed: 'FAILED SUPPRESSED',
      'waived-later': 'FAILED SUPPRESSED',
    });
    await day(passes('looked-after', 'suppressed', 'waived-later'));
    expect(await hub.standing()).toEqual({
      'looked-after': 'PASSED RESOLVED',
      suppressed: 'PASSED SUPPRESSED',
      'waived-later': 'PASSED SUPPRESSED',
    });
  });

  it('shows again what a person called resolved too early', async () => {
    await hub.daily(fails('a'));
    await hub.person('a', 'RESOLVED');
    await day(fails('a'));
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW' });
  });

  it('archives what nobody judges any more, where it saw all', async () => {
    await hub.daily([...fails('a', 'gone'), waivedUntil('gone-waived', LATER)]);
    await hub.person('gone', 'NOTIFIED');
    expect(await day(fails('a'), { sawAll: false })).toEqual({ taken: 1, resolved: 0, archived: 0 });
    expect(await hub.standing()).toMatchObject({ gone: 'FAILED NOTIFIED' });
    expect(await day(fails('a'))).toEqual({ taken: 1, resolved: 0, archived: 2 });
    expect(await hub.standing()).toEqual({
      a: 'FAILED NEW',
      gone: 'NOT_AVAILABLE NOTIFIED ARCHIVED',
      'gone-waived': 'NOT_AVAILABLE RESOLVED ARCHIVED',
    });
    expect(await day(fails('a', 'gone', 'gone-waived'))).toEqual({ taken: 3, resolved: 0, archived: 0 });
    expect(await hub.standing()).toEqual({
      a: 'FAILED NEW',
      gone: 'FAILED NEW',
      'gone-waived': 'FAILED NEW',
    });
  });

  it('never touches what it did not make', async () => {
    await hub.daily(fails('a'));
    const strangers = [
      { Id: idOf('of-a-scanner') },
      { Id: idOf('b').replace(idPrefix(OURS), 'holdfast/staging/'), GeneratorId: 'holdfast/key-in-danger' },
      { Id: 'scan/1', Workflow: { Status: 'SUPPRESSED' } },
    ];
    await hub.put(...strangers);
    const others = async () => (await hub.has()).filter(({ Id }) => Id !== idOf('a'));
    const before = await others();
    expect(before).toHaveLength(3);
    await day(passes('a', 'of-a-scanner'));
    await day(fails('b'));
    await hub.light(...passes('of-a-scanner'), ...passes('b'));
    expect((await others()).filter(({ Id }) => Id !== idOf('b'))).toEqual(before);
  });

  it('with the word of two runs of one moment keeps the first, and the next day says how it is', async () => {
    await hub.light(...fails('a'));
    await hub.daily(passes('a'));
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW' });
    await day(passes('a'));
    expect(await hub.standing()).toEqual({ a: 'PASSED RESOLVED' });
  });
});

describe('a light pass', () => {
  it('hands in what opened, got worse or recovered', async () => {
    expect(await hub.light(...fails('a', 'b'))).toEqual({ taken: 2, resolved: 0, archived: 0 });
    await hub.advance(10 * MINUTE);
    expect(await hub.light(judged('a', 'failed', { found: 'worse' }), ...passes('b'))).toEqual({
      taken: 1,
      resolved: 1,
      archived: 0,
    });
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW', b: 'PASSED RESOLVED' });
    expect((await hub.has())[0]?.Description).toContain('Found: worse');
    await hub.advance(10 * MINUTE);
    await hub.light(...fails('b'));
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW', b: 'FAILED NEW' });
  });

  it('leaves the rest as it is, and hands in no passes', async () => {
    await hub.daily(fails('a', 'b'));
    await hub.advance(10 * MINUTE);
    expect(await hub.light(...passes('c'))).toEqual({ taken: 0, resolved: 0, archived: 0 });
    expect(await hub.standing()).toEqual({ a: 'FAILED NEW', b: 'FAILED NEW' });
  });

  it('ends the suppression of a waiver, and none of a person', async () => {
    await hub.daily([waivedUntil('a', LATER), waivedUntil('b', LATER), ...fails('c', 'd')]);
    await hub.person('c', 'SUPPRESSED');
    await hub.person('d', 'SUPPRESSED');
    await hub.advance(10 * MINUTE);
    await hub.light(...fails('a'), ...passes('b'), ...fails('c'), ...passes('d'));
    expect(await hub.standing()).toEqual({
      a: 'FAILED NEW',
      b: 'PASSED RESOLVED',
      c: 'FAILED SUPPRESSED',
      d: 'PASSED SUPPRESSED',
    });
  });

  it('in a storm lists all that there is', async () => {
    await hub.light(...fails(...many(401)));
    await hub.advance(10 * MINUTE);
    expect(await hub.calls(() => hub.light(...passes(...many(401))))).toEqual({
      GetFindings: 5,
      BatchImportFindings: 5,
      BatchUpdateFindings: 5,
    });
    expect(new Set(Object.values(await hub.standing()))).toEqual(new Set(['PASSED RESOLVED']));
  });
});

describe('the calls', () => {
  const daily = (...assessments: Assessed[]) => hub.calls(() => day(assessments));
  const light = (...assessments: Assessed[]) => hub.calls(() => hub.light(...assessments));

  it('of a daily pass: one that looks, one per 100 handed in, one per 100 moved the same way', async () => {
    expect(await daily(...passes('a'))).toEqual({ GetFindings: 1 });
    expect(await daily(...fails('a'))).toEqual({ GetFindings: 1, BatchImportFindings: 1 });
    expect(await daily(...fails('a'))).toEqual({ GetFindings: 1, BatchImportFindings: 1 });
    expect(await daily(...passes('a'))).toEqual({
      GetFindings: 1,
      BatchImportFindings: 1,
      BatchUpdateFindings: 1,
    });
    expect(await daily(...passes('a'))).toEqual({ GetFindings: 1 });
  });

  it('of a daily pass where all comes at once', async () => {
    await day([...fails('a', 'gone'), waivedUntil('b', LATER), waivedUntil('c', LATER)]);
    const changed = [...passes('a', 'c'), ...fails('b', 'new'), waivedUntil('new-waived', LATER)];
    expect(await daily(...changed)).toEqual({
      GetFindings: 1,
      // a, b, c, new, new-waived, and gone.
      BatchImportFindings: 1,
      // b is NEW and c RESOLVED before, a is RESOLVED after.
      BatchUpdateFindings: 3,
    });
  });

  it('of a daily pass over 1,000 open findings, and over none of them a day later', async () => {
    expect(await daily(...fails(...many(1_000)))).toEqual({ GetFindings: 1, BatchImportFindings: 10 });
    expect(await daily(...passes(...many(1_000)))).toEqual({
      GetFindings: 10,
      BatchImportFindings: 10,
      BatchUpdateFindings: 10,
    });
    expect(await daily(...passes(...many(1_000)))).toEqual({ GetFindings: 10 });
  });

  it('of a light pass: one per 20 that changed, one per 100 handed in or moved, none where nothing did', async () => {
    expect(await light()).toEqual({});
    expect(await light(...fails('a'))).toEqual({ GetFindings: 1, BatchImportFindings: 1 });
    await hub.advance(10 * MINUTE);
    expect(await light(...passes('a'))).toEqual({
      GetFindings: 1,
      BatchImportFindings: 1,
      BatchUpdateFindings: 1,
    });
    await hub.advance(10 * MINUTE);
    expect(await light(...fails(...many(101)))).toEqual({ GetFindings: 6, BatchImportFindings: 2 });
  });
});

describe('a refusal', () => {
  const refusalOf = (running: Promise<unknown>) =>
    running.then(
      () => {
        throw new Error('it was not refused');
      },
      (error: Refusal) => error,
    );

  it('says what to do where Security Hub is not enabled', async () => {
    const off = new HubWorld(START);
    for (const running of [off.daily(fails('a')), off.light(...fails('a'))]) {
      const refusal = await refusalOf(running);
      expect(refusal).toMatchObject({ name: 'Refusal', kind: 'denied' });
      expect(refusal.message).toContain('is not subscribed to AWS Security Hub');
      expect(refusal.hint).toContain(
        'enable Security Hub in us-east-1, or set compliance.securityHub: false',
      );
    }
  });

  it.each([
    ['GetFindings', 'throttled', new WireError('ThrottlingException', 'Rate exceeded', 400)],
    ['BatchImportFindings', 'throttled', new WireError('ThrottlingException', 'Rate exceeded', 400)],
    ['BatchUpdateFindings', 'denied', new WireError('AccessDeniedException', 'not for you', 403)],
  ])(
    'of %s fails the pass, and the next one ends as if there had been none',
    async (operation, kind, error) => {
      await hub.daily([...fails('a', 'b', 'gone'), waivedUntil('c', LATER)]);
      await hub.advance(DAY);
      const changed = [...passes('a'), ...fails('b', 'c')];
      const fault = hub.world.faults.refuse(error, { operation });
      expect(await refusalOf(hub.daily(changed))).toMatchObject({ name: 'Refusal', kind });
      // Whatever was refused: of c it can still be told that a waiver has suppressed it.
      expect(await hub.standing()).toMatchObject({
        c: operation === 'BatchImportFindings' ? 'FAILED NEW' : 'FAILED SUPPRESSED',
      });
      fault.end();
      await day(changed);
      expect(await hub.standing()).toEqual({
        a: 'PASSED RESOLVED',
        b: 'FAILED NEW',
        c: 'FAILED NEW',
        gone: 'NOT_AVAILABLE NEW ARCHIVED',
      });
    },
  );

  it('of one finding stops none of the others, and is named', async () => {
    await hub.daily(fails('a', 'b', 'c'));
    const unreadable = { since: 'long ago' };
    const bad = [judged('bad', 'failed', unreadable), { ...waivedUntil('c', LATER), ...unreadable }];
    await hub.advance(DAY);
    const refusal = await refusalOf(hub.daily([...passes('a'), ...bad, ...fails('b')]));
    expect(refusal.message).toMatch(
      /^Security Hub in us-east-1 refused 2 findings: holdfast\/holdfast\/recovery-point-home\/bad\/us-east-1: InvalidInput/,
    );
    // Nothing is suppressed of which it is not told why: with the waiver it could not end.
    expect(await hub.standing()).toEqual({ a: 'PASSED RESOLVED', b: 'FAILED NEW', c: 'FAILED NEW' });
  });
});

describe('killed at any call', () => {
  /** Every way that a finding can go, in two days. */
  const before = [
    ...fails('recovers', 'goes-on', 'gone', 'looked-after', 'suppressed', 'called-resolved'),
    ...fails('waived-now'),
    ...['waiver-ends', 'waived-recovers', 'waived-gone'].map((one) => waivedUntil(one, LATER)),
  ];
  const after = [
    ...passes('recovers', 'waived-recovers'),
    ...fails('goes-on', 'looked-after', 'suppressed', 'called-resolved', 'waiver-ends', 'new'),
    waivedUntil('waived-now', LATER),
    waivedUntil('new-waived', LATER),
  ];
  const END = {
    recovers: 'PASSED RESOLVED',
    'waived-recovers': 'PASSED RESOLVED',
    'goes-on': 'FAILED NEW',
    'looked-after': 'FAILED NOTIFIED',
    suppressed: 'FAILED SUPPRESSED',
    'called-resolved': 'FAILED NEW',
    'waiver-ends': 'FAILED NEW',
    new: 'FAILED NEW',
    'waived-now': 'FAILED SUPPRESSED',
    'new-waived': 'FAILED SUPPRESSED',
  };
  const GONE = { gone: 'NOT_AVAILABLE NEW ARCHIVED', 'waived-gone': 'NOT_AVAILABLE RESOLVED ARCHIVED' };

  async function secondDay(): Promise<HubWorld> {
    const made = await HubWorld.enabled(START);
    await made.daily(before);
    await made.person('looked-after', 'NOTIFIED');
    await made.person('suppressed', 'SUPPRESSED');
    await made.person('called-resolved', 'RESOLVED');
    await made.advance(DAY);
    return made;
  }

  /** Does something to a world of its own for each call that a run can die at; how many calls that were. */
  async function atEveryCall(
    run: (made: HubWorld) => Promise<unknown>,
    then: (made: HubWorld) => Promise<void>,
  ): Promise<number> {
    for (let call = 1; ; call += 1) {
      for (const moment of ['before', 'after'] as const) {
        const made = await secondDay();
        const death = made.world.faults.kill({ at: call, moment });
        await run(made).catch(() => undefined);
        if (death.call === null) return call - 1;
        made.world.faults.revive();
        await then(made);
      }
    }
  }

  it('and run again, a daily pass ends the same to the letter', async () => {
    const whole = await secondDay();
    await whole.daily(after);
    expect(await whole.standing()).toEqual({ ...END, ...GONE });
    const calls = await atEveryCall(
      (made) => made.daily(after),
      async (made) => {
        await made.daily(after);
        expect(await made.has()).toEqual(await whole.has());
      },
    );
    // A look, two ways before, one call that hands in, three ways after.
    expect(calls).toBe(7);
  });

  it.each(['daily', 'light'] as const)('a %s pass is repaired by the next daily one', async (pass) => {
    const calls = await atEveryCall(
      (made) => (pass === 'daily' ? made.daily(after) : made.light(...after)),
      async (made) => {
        await made.advance(HOUR);
        await made.daily(after);
        expect(await made.standing()).toEqual({ ...END, ...GONE });
      },
    );
    expect(calls).toBe(7);
  });
});

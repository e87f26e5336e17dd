import type { Decision, Report } from '../../../../shared/domain/decision';
import { Refusal } from '../../../../shared/domain/refusal';
import { MINUTE, SECOND } from '../../../../shared/domain/time';
import { type CarryOut, carryOut } from '../../../../shared/runtime/carry-out';
import { conclude, RunFailed, report } from '../../../../shared/runtime/report';
import { at } from '../../../support/builders';

type Act = { kind: 'do'; what: string };
const act = (what: string): Decision<Act, 'due'> => ({
  subject: { database: what, region: 'r' },
  action: { kind: 'do', what },
  reason: 'due',
});
const hold = (outcome: 'nothing' | 'refused'): Decision<Act, 'due'> => ({
  subject: { database: 'h', region: 'r' },
  action: null,
  outcome,
  reason: 'due',
});

async function carried(plan: Decision<Act, 'due'>[], options: Partial<CarryOut<Act, 'due'>> = {}) {
  const done: string[] = [];
  const entries = await carryOut(plan, {
    dryRun: false,
    timeLeft: () => MINUTE,
    act: async ({ action }) => {
      done.push(action.what);
      return {};
    },
    ...options,
  });
  return { done, entries, outcomes: entries.map(({ outcome }) => outcome) };
}

function finished(entries: Report['entries'], dryRun = false): Report {
  return report({ function: 'f', installation: 'i', now: at('2026-03-01 09:00'), dryRun }, entries);
}

it('tries everything, whatever came of the ones before', async () => {
  const seen: string[] = [];
  const { outcomes, entries } = await carried([act('a'), act('b'), act('c')], {
    act: async ({ action }) => {
      seen.push(action.what);
      if (action.what === 'a') throw new Refusal('denied', 'no', 'ask for leave');
      if (action.what === 'b') throw new TypeError('a fault of ours');
      return {};
    },
  });
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(outcomes).toEqual(['failed', 'failed', 'done']);
  expect(entries[0]).toMatchObject({ detail: 'no', hint: 'ask for leave' });
});

it('acts on nothing in a dry run', async () => {
  const { done, outcomes } = await carried([act('a'), hold('refused')], { dryRun: true });
  expect(done).toEqual([]);
  expect(outcomes).toEqual(['planned', 'refused']);
});

it('stops beginning when its time runs out, and the run that did nothing fails', async () => {
  const { done, outcomes, entries } = await carried([act('a')], { timeLeft: () => 29 * SECOND });
  expect(done).toEqual([]);
  expect(outcomes).toEqual(['postponed']);
  expect(() => conclude(finished(entries))).toThrow(RunFailed);
});

it('goes on to the next run without failing when some of it was done', async () => {
  let left = MINUTE;
  const { entries, outcomes } = await carried([act('a'), act('b')], {
    timeLeft: () => left,
    act: async () => {
      left = 0;
      return {};
    },
  });
  expect(outcomes).toEqual(['done', 'postponed']);
  expect(conclude(finished(entries)).counts).toMatchObject({ done: 1, postponed: 1 });
});

it('fails a run once, with the list of what failed and the way out', async () => {
  const { entries } = await carried([act('a'), act('b')], {
    act: async () => {
      throw new Refusal('quota', 'full', 'make room');
    },
  });
  expect(() => conclude(finished(entries))).toThrow(
    'f: 2 failed\nfailed: do a r: due: full\n  hint: make room\nfailed: do b r: due: full\n  hint: make room',
  );
});

it('fails a run for what it refused, but never a dry run', async () => {
  const { entries } = await carried([hold('refused')]);
  expect(() => conclude(finished(entries))).toThrow(RunFailed);
  expect(conclude(finished(entries, true)).counts.refused).toBe(1);
});

it('does not fail a run that had nothing to do', async () => {
  const { entries } = await carried([hold('nothing')]);
  expect(conclude(finished(entries)).counts).toMatchObject({ nothing: 1, failed: 0 });
});

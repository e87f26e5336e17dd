import type { Verdict } from '../inspection/check';
import type { Instant } from '../time';
import type { Judgment, Measure } from './control';
import type { Part } from './part';

/** A judgment without what it is about and what was expected, which those that go through the subjects fill in. */
export type Finding = Pick<
  Judgment,
  'verdict' | 'found' | 'cost' | 'command' | 'measure' | 'nothingThere' | 'awaited' | 'runbook'
>;

/** What a failure says beside what was found. */
export interface More {
  readonly cost?: string;
  readonly command?: string;
  readonly measure?: Measure;
  /** Where it is not the control's own. */
  readonly runbook?: string;
}

export function passed(found: string, measure?: Measure): Finding {
  return { verdict: 'passed', found, ...(measure && { measure }) };
}

export function failed(found: string, more: More = {}): Finding {
  return { verdict: 'failed', found, ...more };
}

/**
 * @param command by which a person looks for himself; without one, the log of the last runs is read
 * @param awaited until when it cannot be otherwise; null where nothing says so
 */
export function unknown(why: string, command?: string, awaited: Instant | null = null): Finding {
  return {
    verdict: 'unknown',
    found: why,
    ...(command !== undefined && { command }),
    ...(awaited !== null && { awaited }),
  };
}

/** Judged by a part that was seen; `unknown`, with the reason, where it was not. */
export function given<T>(part: Part<T>, judge: (seen: T) => Finding): Finding {
  return 'seen' in part ? judge(part.seen) : unknown(part.unseen);
}

/** A switch that has to be on. */
export function on(is: boolean, found: { readonly on: string; readonly off: string }, more?: More): Finding {
  return is ? passed(found.on) : failed(found.off, more);
}

/** The verdict, where a measure has to stay within a limit. */
export function within(
  is: boolean,
  found: string,
  measure: Measure,
  more: Omit<More, 'measure'> = {},
): Finding {
  const verdict: Verdict = is ? 'passed' : 'failed';
  return { verdict, found, measure, ...(is ? {} : more) };
}

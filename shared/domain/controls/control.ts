import type { Verdict } from '../inspection/check';
import type { Instant } from '../time';
import { lastRuns } from './command';
import type { Reference } from './frameworks';
import type { Seen } from './seen';

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** `light`: judged every 10 minutes; `daily`: once a day, as it needs many calls or changes slowly. */
export type Pass = 'light' | 'daily';

/** One promise, and how it is judged. What it is called does not change: findings and waivers go by it. */
export interface About {
  /** `recovery-point-home`; its file has the same name. */
  readonly id: string;
  /** What is so when it passes. */
  readonly title: string;
  readonly requirements: readonly [string, ...string[]];
  readonly severity: Severity;
  /** What it is good for. */
  readonly rationale: string;
  readonly remedy: {
    readonly text: string;
    /** Words in capitals stand for what an assessment's own command has filled in. */
    readonly command?: string;
  };
  /** Where a person on call reads on: a file of this repository, and a heading of it. */
  readonly runbook: string;
  readonly pass: Pass;
  readonly frameworks: readonly Reference[];
}

export interface Control extends About {
  /**
   * Pure. Subjects are stable: the same thing has the same one at every look. One that could not be judged is there
   * with `unknown`; one that is missing is nothing that the control speaks of (any more).
   */
  judge(seen: Seen): Assessment[];
}

/** What an assessment is about. */
export interface Subject {
  /** `*` where it is about no database in particular. */
  readonly database: string;
  readonly region: string;
  /** What it is about beside them: a key's id, a function, a policy's name. */
  readonly resource?: string;
}

/** A size by which a failure gets worse: bigger is worse. */
export interface Measure {
  readonly value: number;
  readonly unit: string;
}

/** What was found of one subject, against what was expected. */
export interface Judgment {
  readonly subject: Subject;
  /** `unknown`: the data to judge by is missing, which is no pass; `found` says why. */
  readonly verdict: Verdict;
  /** One sentence with figures, lower case, without a full stop. */
  readonly found: string;
  readonly expected: string;
  /** What is lost if the disaster comes now. */
  readonly cost?: string;
  /** The next command to type, of a failure; of what is unknown, the one by which a person looks for himself. */
  readonly command?: string;
  readonly measure?: Measure;
  /** It passes because there is nothing yet that it could be broken by: who asks for a proof is told so. */
  readonly nothingThere?: true;
  /** Of what is unknown: until then it cannot be otherwise, so that nobody is told of it before. */
  readonly awaited?: Instant;
  /** Where another article than the control's own is the one to read. */
  readonly runbook?: string;
}

export interface Assessment extends Judgment {
  /** The control's id. */
  readonly control: string;
}

/** What is unknown and names no command of its own was not seen: the log of the last runs has AWS's word on it. */
export function control(about: About, judge: (seen: Seen) => readonly Judgment[]): Control {
  const since = about.pass === 'light' ? '1h' : '2d';
  return {
    ...about,
    judge: (seen) =>
      judge(seen).map((judgment) => ({
        control: about.id,
        ...judgment,
        ...(judgment.verdict === 'unknown' && { command: judgment.command ?? lastRuns(seen, since) }),
      })),
  };
}

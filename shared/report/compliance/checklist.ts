import type { Verdict } from '../../domain/inspection/check';
import type { Assessed, ChecklistControl, ChecklistItem } from './compliance';
import { standing, verdictOf } from './verdict';

interface Question {
  readonly id: string;
  readonly question: string;
  readonly requirements: readonly string[];
  readonly controls: readonly string[];
}

/** The customer's open checklist, in its own order, and the controls whose verdicts answer each item (OPS-4). */
export const QUESTIONS: readonly Question[] = [
  {
    id: 'objectives',
    question: 'RPO and RTO confirmed with the business',
    requirements: ['REC-1', 'REC-2', 'REC-3'],
    controls: ['objectives-agreed'],
  },
  {
    id: 'backups-tested',
    question: 'Backup strategy tested',
    requirements: ['REC-1', 'REC-4', 'REC-5', 'REC-6', 'DR-7'],
    controls: [
      'restore-tested',
      'restore-time',
      'recovery-point-home',
      'snapshot-schedule',
      'backup-retention',
    ],
  },
  {
    id: 'replication',
    question: 'Replication configured',
    requirements: ['REC-8', 'DR-1', 'DR-2'],
    controls: ['multi-az', 'standby-region', 'standby-lag', 'recovery-point-copy', 'copies-agree'],
  },
  {
    id: 'encryption',
    question: 'Encryption verified',
    requirements: ['SEC-1', 'SEC-2', 'SEC-4'],
    controls: [
      'encryption-instance',
      'encryption-snapshots',
      'encryption-copies',
      'key-rotation',
      'key-in-danger',
    ],
  },
  {
    id: 'failover',
    question: 'Failover documented and tested',
    requirements: ['DR-4', 'DR-5', 'DR-6'],
    controls: ['failover-drilled'],
  },
  {
    id: 'tenants',
    question: 'Tenant schemas verified',
    requirements: ['TEN-1', 'TEN-2', 'TEN-3', 'TEN-4'],
    controls: ['tenants', 'isolation'],
  },
  {
    id: 'extensions',
    question: 'Extensions enabled',
    requirements: ['EXT-1', 'EXT-2', 'EXT-4'],
    controls: ['extensions'],
  },
  {
    id: 'tests-scheduled',
    question: 'Regular tests scheduled',
    requirements: ['DR-6', 'DR-7', 'OPS-1'],
    controls: ['schedules-alive', 'runs-succeed', 'restore-tested', 'inspection-recent', 'failover-drilled'],
  },
];

/** So many pieces of evidence are enough for a reader; the assessments list all. */
const MOST_EVIDENCE = 12;

/** @param at the time of the report, which waivers are held against */
export function checklist(assessments: readonly Assessed[], at: string): ChecklistItem[] {
  const byControl = new Map<string, Assessed[]>();
  for (const one of assessments) {
    const its = byControl.get(one.control);
    if (its === undefined) byControl.set(one.control, [one]);
    else its.push(one);
  }
  return QUESTIONS.map(({ id, question, requirements, controls }) => {
    const answering = controls.flatMap((control) => byControl.get(control) ?? []);
    const counted = controls.map((control) => countOf(control, byControl.get(control) ?? [], at));
    // A control that judged nothing leaves its part of the question open, however well the others did.
    const silent = counted.filter(
      ({ passed, failed, waived, unknown }) => passed + failed + waived + unknown === 0,
    );
    const judged = verdictOf(answering, at);
    const verdict = judged === 'passed' && silent.length > 0 ? 'unknown' : judged;
    const evidence = [...new Set(answering.flatMap((one) => one.evidence))];
    return {
      id,
      question,
      requirements,
      verdict,
      answer: answerOf(verdict, counted, silent),
      controls: counted,
      documents: [...new Set(answering.map(({ runbook }) => runbook))],
      evidence: evidence.slice(0, MOST_EVIDENCE),
    };
  });
}

function countOf(id: string, its: readonly Assessed[], at: string): ChecklistControl {
  const all = its.map((one) => standing(one, at));
  const count = (wanted: string) => all.filter((one) => one === wanted).length;
  return {
    id,
    passed: count('passed'),
    failed: count('failed'),
    waived: count('waived'),
    unknown: count('unknown'),
  };
}

function answerOf(
  verdict: Verdict,
  counted: readonly ChecklistControl[],
  silent: readonly ChecklistControl[],
): string {
  const sum = (of: 'passed' | 'failed' | 'waived' | 'unknown') =>
    counted.reduce((total, control) => total + control[of], 0);
  const all = sum('passed') + sum('failed') + sum('waived') + sum('unknown');
  if (all === 0) return 'nothing was judged that could answer it';
  const parts = [`${sum('passed')} of ${all} passed`];
  if (sum('failed') > 0) parts.push(`${sum('failed')} failed`);
  if (sum('unknown') > 0) parts.push(`${sum('unknown')} could not be judged`);
  if (sum('waived') > 0) parts.push(`${sum('waived')} waived`);
  if (silent.length > 0) parts.push(`nothing judged by ${silent.map(({ id }) => id).join(', ')}`);
  const word: Record<Verdict, string> = { passed: 'Yes', failed: 'No', unknown: 'Not known' };
  return `${word[verdict]}: ${parts.join(', ')}`;
}

/** `restore-tested: 1 passed, 1 failed`. */
export function controlWords({ id, passed, failed, waived, unknown }: ChecklistControl): string {
  const told = Object.entries({ passed, failed, waived, unknown }).filter(([, count]) => count > 0);
  return `${id}: ${told.map(([word, count]) => `${count} ${word}`).join(', ') || 'nothing judged'}`;
}

import type { Assessed, ChecklistControl, ChecklistItem, Standing } from './compliance';
import { ofStanding, STANDINGS, standing, standingOf } from './verdict';
import { day } from './words';

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

/** So many pieces of evidence are enough for a reader; the CSV lists all. */
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
    const silent = counted.filter(isSilent);
    const judged = standingOf(answering, at);
    const verdict = silent.length > 0 && judged !== 'failed' ? 'unknown' : judged;
    const sorted = STANDINGS.flatMap((wanted) => ofStanding(answering, wanted, at));
    const evidence = [...new Set(sorted.flatMap((one) => one.evidence))];
    return {
      id,
      question,
      requirements,
      verdict,
      answer: answerOf(verdict, answering, counted, at),
      controls: counted,
      documents: [...new Set(answering.map(({ runbook }) => runbook))],
      evidence: evidence.slice(0, MOST_EVIDENCE),
      evidenceLeft: Math.max(0, evidence.length - MOST_EVIDENCE),
      open: sorted
        .filter((one) => standing(one, at) !== 'passed')
        .slice(0, MOST_EVIDENCE)
        .map((one) => one.id),
    };
  });
}

function isSilent({ passed, failed, waived, unknown }: ChecklistControl): boolean {
  return passed + failed + waived + unknown === 0;
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
  verdict: Standing,
  answering: readonly Assessed[],
  counted: readonly ChecklistControl[],
  at: string,
): string {
  if (answering.length === 0) return 'nothing was judged that could answer it';
  const sum = (of: Standing) => counted.reduce((total, control) => total + control[of], 0);
  const waived = ofStanding(answering, 'waived', at);
  const until = waivedUntil(waived);
  const parts = [`${sum('passed')} of ${answering.length} passed`];
  if (sum('failed') > 0) parts.push(`${sum('failed')} failed`);
  if (sum('unknown') > 0) parts.push(`${sum('unknown')} could not be judged`);
  if (waived.length > 0)
    parts.push(`${waived.length} waived${verdict === 'waived' ? '' : ` until ${until}`}`);
  const silent = counted.filter(isSilent);
  if (silent.length > 0) parts.push(`nothing judged by ${silent.map(({ id }) => id).join(', ')}`);
  const fails = waived.some((one) => one.verdict === 'failed');
  const word: Record<Standing, string> = {
    passed: answering.some(({ nothingThere }) => nothingThere) ? 'Yes, of what is there' : 'Yes',
    failed: 'No',
    unknown: 'Not known',
    waived: `${fails ? 'No' : 'Not known'}, waived until ${until}`,
  };
  const empty = [...new Set(answering.filter(({ nothingThere }) => nothingThere).map(({ title }) => title))];
  const nothing = empty.length === 0 ? '' : `; nothing was there yet to judge: ${empty.join('; ')}`;
  return `${word[verdict]}: ${parts.join(', ')}${nothing}`;
}

/** The first day that one of them ends on. */
function waivedUntil(waived: readonly Assessed[]): string {
  const days = [...new Set(waived.map(({ waiver }) => day(waiver?.until ?? '')))].sort();
  return `${days[0] ?? ''}${days.length > 1 ? ' and later' : ''}`;
}

/** `restore-tested: 1 passed, 1 failed`. */
export function controlWords({ id, passed, failed, waived, unknown }: ChecklistControl): string {
  const told = Object.entries({ passed, failed, waived, unknown }).filter(([, count]) => count > 0);
  return `${id}: ${told.map(([word, count]) => `${count} ${word}`).join(', ') || 'nothing judged'}`;
}

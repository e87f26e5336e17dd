import type { Standing } from './compliance';

/** What the words and pictures mean, for whoever has this report and nothing else. */
export const MEANS: readonly (readonly [Standing, string])[] = [
  ['passed', 'it was measured, and it is as promised.'],
  ['failed', 'it was measured, and it is not as promised.'],
  ['unknown', 'the data to judge by is missing. That is no pass.'],
  [
    'waived',
    'it failed, or could not be judged for too long, and somebody bears it until the day that is given; it does not count against the verdict.',
  ],
];

export const READING: readonly string[] = [
  'The verdict at the top is failed while any failure is not waived; else unknown while anything is, or while no database is protected; else passed, with the questions of the checklist that no promise answers beside it.',
  'A slot is a period of the snapshot schedule, aligned to UTC; one snapshot stands for each. Slots are told from the first snapshot or look of ours on: what lies before is before Holdfast. Of a slot that is not there nobody can tell whether it was never taken, or deleted.',
  'A recovery point is the newest moment that the data can be brought back to. Time without any counts as above the promise; time that nobody looked at counts as nothing. The forecast is the straight line that fits the restore tests best.',
  'Lengths of time are rounded up, to the minute and from ten hours on to the hour. Evidence is named by its key in the evidence store. All times are UTC.',
];

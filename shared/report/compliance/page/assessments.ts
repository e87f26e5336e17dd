import { h, type JSX } from 'preact';
import type { Assessed, Compliance } from '../compliance';
import { gravestFirst, type Standing, standing } from '../verdict';
import { about, counted } from '../words';
import { folded, mark, section, table, tags } from './parts';

/** A control's table unfolds by itself up to so many subjects. */
const MOST_UNFOLDED = 10;

/** So many rows of one control are a table; what is more is told in lines, which take a quarter of the room. */
const MOST_ROWS = 40;

/** Every assessment, by control: nothing is left out of this part, however many there are. */
export function assessments({ assessments, at }: Compliance): JSX.Element {
  const by = new Map<string, Assessed[]>();
  for (const one of assessments) {
    const its = by.get(one.control);
    if (its === undefined) by.set(one.control, [one]);
    else its.push(one);
  }
  return section(
    'assessments',
    'All assessments',
    by.size === 0 ? h('p', null, 'None: nothing was judged.') : null,
    [...by].map(([control, its], number) => controlPart(`control-${number}`, control, its, at)),
  );
}

const WORST: readonly Standing[] = ['failed', 'unknown', 'waived', 'passed'];

function controlPart(id: string, control: string, its: readonly Assessed[], at: string): JSX.Element | null {
  const [gravest] = [...its].sort(gravestFirst);
  if (gravest === undefined) return null;
  const { title, severity, requirements, frameworks } = gravest;
  const sorted = WORST.map((wanted) => [wanted, its.filter((one) => standing(one, at) === wanted)] as const);
  const there = sorted.filter(([, all]) => all.length > 0);
  const counts = there.map(([word, all]) => `${all.length.toLocaleString('en-US')} ${word}`).join(', ');
  const all = there.flatMap(([, some]) => some);
  const rows = assessmentTable(`${id}-table`, `Assessments of ${control}`, all.slice(0, MOST_ROWS), at);
  return h(
    'div',
    null,
    h('h3', null, mark(there[0]?.[0] ?? 'unknown'), ': ', title),
    h(
      'p',
      { class: 'small' },
      h('code', null, control),
      `: severity ${severity}; ${counts}. Serves `,
      tags(requirements),
      frameworks.length === 0 ? null : ['Known to auditors as ', tags(frameworks)],
    ),
    all.length <= MOST_UNFOLDED
      ? rows
      : folded(counted(all.length, 'assessment'), rows, lines(all.slice(MOST_ROWS), at)),
  );
}

function assessmentTable(id: string, caption: string, rows: readonly Assessed[], at: string): JSX.Element {
  return table<Assessed>(
    id,
    caption,
    [
      { name: 'about', value: ({ subject }) => about(subject), wide: true },
      { name: 'verdict', value: (one) => mark(standing(one, at)) },
      { name: 'found', value: foundWords, wide: true },
      { name: 'expected', value: ({ expected }) => expected, wide: true },
    ],
    rows,
  );
}

/** Those of which the same was found, in one paragraph with the names of all. */
function lines(all: readonly Assessed[], at: string): JSX.Element[] {
  const groups = new Map<string, Assessed[]>();
  for (const one of all) {
    const key = JSON.stringify([standing(one, at), foundWords(one), one.expected]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map(({ subject }) => about(subject)).join(', ');
    return [
      h(
        'p',
        { class: 'small' },
        mark(standing(first, at)),
        ` ${foundWords(first)} (expected: ${first.expected}): ${names}`,
      ),
    ];
  });
}

function foundWords({ found, unseen }: Assessed): string {
  return unseen === null ? found : `${found} (not seen now: ${unseen})`;
}

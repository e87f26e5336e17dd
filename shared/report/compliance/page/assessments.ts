import { type ComponentChildren, h, type JSX } from 'preact';
import type { Assessed, Compliance } from '../compliance';
import { byControl, foundWords, linesOf, MOST_ROWS, type OfControl } from '../cut';
import { standing } from '../verdict';
import { about, counted } from '../words';
import { folded, mark, section, table, tags } from './parts';

/** A control's table unfolds by itself up to so many subjects. */
const MOST_UNFOLDED = 10;

/** Every assessment, by control; what a large fleet leaves no room for is counted. */
export function assessments({ assessments, at }: Compliance): JSX.Element {
  const controls = byControl(assessments, at);
  return section(
    'assessments',
    'All assessments',
    controls.length === 0 ? h('p', null, 'None: nothing was judged.') : null,
    controls.map((one, number) => controlPart(`control-${number}`, one, at)),
  );
}

function controlPart(id: string, { control, gravest, worst, all, counts }: OfControl, at: string) {
  const { title, severity, requirements, frameworks } = gravest;
  const rows = assessmentTable(`${id}-table`, `Assessments of ${control}`, all.slice(0, MOST_ROWS), at);
  return h(
    'div',
    null,
    h('h3', null, mark(worst), ': ', title),
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
      : folded(
          counted(all.length, 'assessment'),
          rows,
          linesOf(all.slice(MOST_ROWS), at).map((line) =>
            h('p', { class: 'small' }, mark(line.standing), ` ${line.text}`),
          ),
        ),
  );
}

/** The hyphens of a region are no place to end a line. */
function aboutPart({ subject }: Assessed): ComponentChildren {
  const { region } = subject;
  return [about(subject).slice(0, -region.length), h('span', { class: 'whole' }, region)];
}

function assessmentTable(id: string, caption: string, rows: readonly Assessed[], at: string): JSX.Element {
  return table<Assessed>(
    id,
    caption,
    [
      { name: 'about', value: aboutPart, kind: 'wide' },
      { name: 'verdict', value: (one) => mark(standing(one, at)), kind: 'short' },
      { name: 'found', value: foundWords, kind: 'wide' },
      { name: 'expected', value: ({ expected }) => expected, kind: 'wide' },
    ],
    rows,
  );
}

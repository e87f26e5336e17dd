import * as z from 'zod/mini';
import { DAY, type Instant } from '../../domain/time';
import { complaint, fields, saying, text } from './fields';
import { show } from './problem';
import { described, identifier, region } from './vocabulary';

/* What a compliance report is told beside what it finds: what is waived, what may be shared, whom it tells. */

const account = text(/^\d{12}$/, 'an AWS account', 'write its twelve digits in quotes, as "111122223333"');

/** The last moment of the day (UTC) that a waiver holds for. */
const until = z.pipe(
  text(/^\d{4}-\d{2}-\d{2}$/, 'a day', 'write the last day that it holds for, as "2026-12-31"').check(
    z.refine((day: string) => lastMomentOf(day) !== null, {
      error: ({ input }) => saying(`${show(input)} is no day of the calendar`, 'write a day that there is'),
    }),
  ),
  z.transform((day: string) => lastMomentOf(day) as Instant),
);

function lastMomentOf(day: string): Instant | null {
  const start = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(start) || !new Date(start).toISOString().startsWith(day)) return null;
  return start + DAY - 1;
}

export const waiver = fields('a waiver', {
  control: described(
    text(/^[a-z][a-z0-9-]{0,62}$/, 'the id of a control', 'write it as docs/controls.md lists it'),
    'the control that it is about',
  ),
  database: described(z.optional(identifier), 'of this database only; without it, of all'),
  region: described(z.optional(region), 'in this region only; without it, in all'),
  reason: described(
    z
      .string(complaint('a text', 'say why, for the auditor who reads it'))
      .check(
        z.trim(),
        z.minLength(10, { error: saying('says too little', 'say why, for the auditor who reads it') }),
      ),
    'why it is accepted, and by whom',
  ),
  until: described(until, 'the last day (UTC) that it holds for: after it, the finding is told again'),
});

/** With its slash at the end: paths are put behind it as they are. */
const address = z.pipe(
  text(
    /^https:\/\/[^\s/]+(\/\S*)?$/,
    'an address',
    'write where this repository can be read, as "https://git.example.com/holdfast/blob/main"',
  ),
  z.transform((url: string) => (url.endsWith('/') ? url : `${url}/`)),
);

export const compliance = fields('the compliance rules', {
  waivers: described(
    z.prefault(z.array(waiver, complaint('a list of waivers', 'begin each waiver with "- control: "')), []),
    'findings that are accepted for a time; they show in the report, and nobody is told',
  ),
  sharedWith: described(
    z.prefault(z.array(account, complaint('a list of accounts', 'write a list, as ["111122223333"]')), []),
    'accounts that snapshots may be shared with',
  ),
  securityHub: described(
    z.prefault(z.boolean(complaint('true or false', 'write true or false, without quotes')), false),
    'whether findings go to Security Hub of the home region, which has to be enabled there',
  ),
  runbooks: described(
    z.optional(address),
    'where this repository can be read (https): notices link to their runbook there; without it, they tell its path',
  ),
});

import * as z from 'zod/mini';
import { TICK } from '../../domain/arithmetic';
import { dividesDay } from '../../domain/slot';
import { DAY } from '../../domain/time';
import { complaint, duration, saying, text } from './fields';
import { show } from './problem';

/* The words that the fields of a policy are made of: names, keys, windows, durations, shares. */

/** Cloned, because one field (a region, a table) serves in several places with a description in each. */
export function described<T extends z.ZodMiniType>(schema: T, description: string, more: object = {}): T {
  const copy = z.clone(schema);
  z.globalRegistry.add(copy, { description, ...more });
  return copy;
}

const DIRECTIONS = 'north|south|east|west|central|northeast|northwest|southeast|southwest';

export const region = text(
  new RegExp(`^[a-z]{2,4}(-[a-z]+)?-(${DIRECTIONS})-[1-9]\\d?$`),
  'an AWS region',
  'write the name of a region, as us-east-1',
);

/** RDS's own rule: 1 to 63 letters, digits and hyphens, a letter first, no double or trailing hyphen. */
export const identifier = text(
  /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  'a DB instance identifier',
  'write it as RDS lists it: 1 to 63 lower case letters, digits and single hyphens, a letter first',
);

export const policyName = text(
  /^[A-Za-z][A-Za-z0-9-]{0,62}$/,
  'a policy name',
  'use 1 to 63 letters, digits and hyphens, a letter first',
);

const TAG_TEXT = 'use letters, digits, spaces and _.:/=+-@';

export const installation = text(
  /^(?!aws:|rds:)(?=.{1,256}$)[\p{L}\p{N}_.:/=+\-@]+( [\p{L}\p{N}_.:/=+\-@]+)*$/u,
  'a name that fits an RDS tag',
  `${TAG_TEXT}, 256 at most; aws: and rds: are AWS's own`,
);

export const tagKey = text(
  /^(?=.{1,128}$)[\p{L}\p{N}_.:/=+\-@ ]*[\p{L}\p{N}_.:/=+\-@]$/u,
  'a tag key',
  `${TAG_TEXT}, 128 at most`,
);

const tagWords = complaint('a tag value', 'put it in quotes: tags hold texts, not numbers or true and false');
export const tagValue = z.string(tagWords).check(
  z.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, {
    error: ({ input }) => saying(`${show(input)} is not a tag value`, `${TAG_TEXT}, 256 at most`),
  }),
);

const KEY_ID = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})';
const ALIAS = 'alias/[A-Za-z0-9/_-]{1,250}';

/** `alias/<name>`, a key's id, or the ARN of either. */
export const KMS_KEY = new RegExp(
  `^(${ALIAS}|${KEY_ID}|arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:(${ALIAS}|key/${KEY_ID}))$`,
);

export const kmsKey = text(KMS_KEY, 'a KMS key', 'write alias/<name>, a key id, or the ARN of a key');

const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d';

/** RDS asks 30 minutes of a backup window; a drill needs no less. Windows may run past midnight. */
function lastsHalfAnHour(window: string): boolean {
  const [from, to] = [...window.matchAll(/(\d\d):(\d\d)/g)].map(([, h, m]) => Number(h) * 60 + Number(m));
  if (from === undefined || to === undefined) return true;
  return (to - from + 24 * 60) % (24 * 60) >= 30;
}

function window(day: string, what: string, example: string) {
  const hint = `write it as "${example}", in UTC and in quotes`;
  return text(new RegExp(`^${day}${CLOCK}-${CLOCK}$`), what, hint).check(
    z.refine(lastsHalfAnHour, {
      error: ({ input }) =>
        saying(`${show(input)} is shorter than 30 minutes`, 'let the window last 30 minutes or more'),
    }),
  );
}

export const backupWindow = window('', 'a daily window', '00:00-01:00');
export const drillWindow = window('(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ', 'a weekly window', 'Sun 03:00-04:00');

/** Slots are aligned to UTC days and taken by a function that looks every tick. */
export const every = duration({
  least: TICK,
  most: DAY,
  because: 'create-snapshot looks every 10 minutes, and slots are periods of a day: use a value',
  also: [
    (length) => dividesDay(length),
    'does not divide a day, so its slots would drift through the clock',
    'use 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 24h',
  ],
});

/** How long RDS may be expected to need for one snapshot or copy. */
export const takes = duration({ most: DAY });

export const share = z.pipe(
  text(/^(100|[1-9]\d?)%$/, 'a share', 'write a whole percentage from "1%" to "100%"'),
  z.transform((share: string) => Number.parseInt(share, 10) / 100),
);

import * as z from 'zod/mini';
import { copyRound, keepsPace, TRANSACTION_LOGS } from '../../domain/arithmetic';
import { intervalThatKeepsPace, promises, settingOf } from '../../domain/arithmetic-promises';
import type { Policy, Protection } from '../../domain/policy';
import { DURATION_PATTERN, type Duration, formatDuration, parseDuration } from '../../domain/time';

import type { Path, Problem } from './problem';
import { show } from './problem';
import { brokenProofRules, proofDoubts } from './proof-rules';
import { valueAt } from './source';
import { identifier, kmsKey, policyName, region } from './vocabulary';

/*
 * What no single field can tell. The rules read the raw data through the fields' own definitions, and skip what is
 * not well-formed, so that they have their say even when other fields are wrong.
 */

/** The rules that a policy breaks. `policy` is null where its fields alone are wrong already. */
export function brokenRules(data: unknown, policy: Policy | null): Problem[] {
  return [
    ...identifiersNamedTwice(data),
    ...missingPolicies(data),
    ...policyNames(data).flatMap((name) => [
      ...copyRules(data, name),
      ...aliasesElsewhere(data, name),
      ...agreement(data, name),
      ...impossiblePromises(data, name, policy?.policies[name]),
      ...extensionsTwice(data, name),
    ]),
    ...(policy === null ? [] : brokenProofRules(policy)),
  ];
}

/** What is odd about a policy that breaks no rule, and may still be meant. */
export function doubts(policy: Policy): Problem[] {
  const used = new Set(policy.databases.map((selection) => selection.policy));
  const unused = Object.keys(policy.policies).filter((name) => !used.has(name));
  return [
    ...unused.map((name) => ({
      path: ['policies', name],
      atKey: true,
      message: 'no database is under this policy',
      hint: 'name it in databases, or remove it',
    })),
    ...Object.values(policy.policies).flatMap((protection) => [
      ...brokenPromises(protection),
      ...slowness(protection),
      ...managedKeys(protection),
    ]),
    ...proofDoubts(policy),
  ];
}

function identifiersNamedTwice(data: unknown): Problem[] {
  const first = new Map<string, { readonly at: number; readonly policy: string | null }>();
  return selections(data).flatMap(({ at, policy, identifiers }) =>
    identifiers.flatMap(({ path, value }) => {
      const earlier = first.get(value);
      if (earlier === undefined) {
        first.set(value, { at, policy });
        return [];
      }
      const differ = earlier.policy !== policy && earlier.policy !== null && policy !== null;
      return [
        {
          path,
          message: differ
            ? `${show(value)} is under ${show(policy)} here and under ${show(earlier.policy)} in databases[${earlier.at}]`
            : `${show(value)} is named twice, first in databases[${earlier.at}]`,
          hint: differ ? 'keep the one that it is to be under' : 'name it once',
        },
      ];
    }),
  );
}

function missingPolicies(data: unknown): Problem[] {
  const names = policyNames(data);
  const wellNamed = names.filter((name) => z.safeParse(policyName, name).success);
  return selections(data).flatMap(({ at, policy }) =>
    policy === null || names.includes(policy)
      ? []
      : [
          {
            path: ['databases', at, 'policy'],
            message: `there is no policy ${show(policy)}`,
            hint:
              wellNamed.length === 0 ? 'give it under policies' : `policies here: ${wellNamed.join(', ')}`,
          },
        ],
  );
}

function copyRules(data: unknown, name: string): Problem[] {
  const home = read(region, data, ['home']);
  const seen = new Map<string, number>();
  return copies(data, name).flatMap(({ path, at }): Problem[] => {
    const where = read(region, data, [...path, 'region']);
    if (where === null) return [];
    const problems: Problem[] = [];
    const here = [...path, 'region'];
    const earlier = seen.get(where);
    if (where === home) {
      problems.push({
        path: here,
        message: `${show(where)} is home itself`,
        hint: 'copy to another region: a copy at home is lost together with it',
      });
    } else if (home !== null && partition(where) !== partition(home)) {
      problems.push({
        path: here,
        message: `${show(where)} is in another partition of AWS than ${show(home)}`,
        hint: `choose a region of ${partition(home)}: snapshots cannot be copied across partitions`,
      });
    }
    if (earlier === undefined) seen.set(where, at);
    else {
      problems.push({
        path: here,
        message: `${show(where)} is listed twice, first in copies[${earlier}]`,
        hint: 'keep one copy per region',
      });
    }
    const key = read(kmsKey, data, [...path, 'key']);
    const keyRegion = key?.startsWith('arn:') ? key.split(':')[3] : where;
    if (keyRegion !== where) {
      problems.push({
        path: [...path, 'key'],
        message: `the key is in ${show(keyRegion)}, and the copy in ${show(where)}`,
        hint: 'a copy is encrypted under a key of its own region: name one of that region',
      });
    }
    return problems;
  });
}

/** What an alias stands for is asked of the regions of the policy: of no other could `keys.also` let a key be changed. */
function aliasesElsewhere(data: unknown, name: string): Problem[] {
  const all = policyNames(data).flatMap((one) => copies(data, one));
  const regions = [
    read(region, data, ['home']),
    ...all.map(({ path }) => read(region, data, [...path, 'region'])),
  ];
  const path = ['policies', name, 'keys', 'also'];
  return list(data, path).flatMap((_, at): Problem[] => {
    const key = read(kmsKey, data, [...path, at]);
    const [, where] = /^arn:[^:]+:kms:([^:]+):\d+:alias\//.exec(key ?? '') ?? [];
    if (where === undefined || regions.includes(where)) return [];
    return [
      {
        path: [...path, at],
        message: `the alias is in ${show(where)}, which is neither home nor a copy region`,
        hint: 'name the key that it stands for: arn:aws:kms:<region>:<account>:key/<id>',
      },
    ];
  });
}

/** `aws`, `aws-cn`, `aws-us-gov`, ...: partitions share nothing but the software. */
function partition(where: string): string {
  const match = /^(cn|us-gov|us-iso[a-z]?|eu-iso[a-z]?|eusc)-/.exec(where);
  return match === null ? 'aws' : `aws-${match[1]}`;
}

function agreement(data: unknown, name: string): Problem[] {
  const path = ['policies', name, 'agreed'];
  const by = valueAt(data, [...path, 'by']) ?? null;
  const on = valueAt(data, [...path, 'on']) ?? null;
  if ((by === null) === (on === null)) return [];
  return [
    by === null
      ? { path, message: 'has a day and nobody who agreed', hint: 'say by whom, or set both to null' }
      : { path, message: 'has a name and no day', hint: 'say on which day, or set both to null' },
  ];
}

/** Promises that not even a schedule without any delay could keep. */
function impossiblePromises(data: unknown, name: string, protection: Protection | undefined): Problem[] {
  const path = ['policies', name];
  const every = length(data, [...path, 'snapshots', 'every']);
  const point = length(data, [...path, 'recovery', 'point']);
  const hasPitr = valueAt(data, [...path, 'pitr']) !== undefined;
  const problems: Problem[] = [];
  if (point !== null && point < TRANSACTION_LOGS) {
    problems.push({
      path: [...path, 'recovery', 'point'],
      message: `${settingOf(point)} cannot be kept: even PITR may lose ${settingOf(TRANSACTION_LOGS)}`,
      hint: `promise ${settingOf(TRANSACTION_LOGS)} or longer: RDS saves the transaction logs that often`,
    });
  } else if (!hasPitr) {
    problems.push(...shorterThanInterval([...path, 'recovery', 'point'], 'recovery.point', point));
  }
  for (const copy of copies(data, name)) {
    const promised = length(data, [...copy.path, 'point']);
    problems.push(...shorterThanInterval([...copy.path, 'point'], `copies[${copy.at}].point`, promised));
  }
  return problems;

  function shorterThanInterval(where: Path, setting: string, promised: Duration | null): Problem[] {
    if (promised === null || every === null || promised >= every) return [];
    const hint =
      protection === undefined ? `promise ${settingOf(every)} or longer` : remedy(protection, setting);
    return [
      {
        path: where,
        message: `${settingOf(promised)} cannot be kept by a snapshot every ${settingOf(every)}`,
        hint,
      },
    ];
  }
}

function remedy(protection: Protection, setting: string): string {
  const { remedies = [] } = promises(protection).find((one) => one.setting === setting) ?? {};
  return `one of these would keep it: ${remedies.join('; ')}`;
}

/** Promises that a good day keeps, and the worst one does not. */
function brokenPromises(protection: Protection): Problem[] {
  return promises(protection)
    .filter(({ kept }) => !kept)
    .map(({ setting, point, worst }) => ({
      path: ['policies', protection.name, ...stepsOf(setting)],
      message: `${settingOf(point)} is not kept in the worst case, which loses ${formatDuration(worst)}`,
      hint: remedy(protection, setting),
    }));
}

/** `copies[0].point` as a path. */
function stepsOf(setting: string): Path {
  return [...setting.matchAll(/[A-Za-z]+|\d+/g)].map(([step]) => (/\d/.test(step) ? Number(step) : step));
}

function slowness(protection: Protection): Problem[] {
  const { name, snapshots, copies } = protection;
  const problems: Problem[] = [];
  if (snapshots.takes > snapshots.every) {
    problems.push({
      path: ['policies', name, 'snapshots', 'takes'],
      message: `a snapshot takes ${settingOf(snapshots.takes)}, and one is due every ${settingOf(snapshots.every)}`,
      hint: 'the instance is busy when the next is due, and slots are missed: set snapshots.every to a longer one',
    });
  }
  if (copies.length > 0 && !keepsPace(protection)) {
    const longer = intervalThatKeepsPace(protection);
    const round = formatDuration(copyRound(protection));
    problems.push({
      path: ['policies', name, 'copies'],
      message: `copying a snapshot to all regions takes up to ${round}, and one is taken every ${settingOf(snapshots.every)}`,
      hint: `copies fall behind, and while they run RDS takes no automated backup: ${
        longer === null ? 'copy to fewer regions' : `set snapshots.every: ${settingOf(longer)}`
      }`,
    });
  }
  return problems;
}

function extensionsTwice(data: unknown, name: string): Problem[] {
  const path = ['policies', name, 'extensions'];
  const names = list(data, path);
  return names.flatMap((extension, at) =>
    typeof extension === 'string' && names.indexOf(extension) < at
      ? [{ path: [...path, at], message: `${show(extension)} is listed twice`, hint: 'keep it once' }]
      : [],
  );
}

function managedKeys({ name, copies }: Protection): Problem[] {
  return copies.flatMap(({ key }, at) =>
    key !== null && /(^|:)alias\/aws\//.test(key)
      ? [
          {
            path: ['policies', name, 'copies', at, 'key'],
            message: `${show(key)} is managed by AWS`,
            hint: 'its snapshots can never be shared with another account: a key of your own leaves that open',
          },
        ]
      : [],
  );
}

interface Named {
  readonly at: number;
  readonly policy: string | null;
  readonly identifiers: readonly { readonly path: Path; readonly value: string }[];
}

function selections(data: unknown): Named[] {
  return list(data, ['databases']).map((_, at) => {
    const path = ['databases', at, 'match', 'identifiers'];
    return {
      at,
      policy: read(policyName, data, ['databases', at, 'policy']),
      identifiers: list(data, path).flatMap((_, index) => {
        const value = read(identifier, data, [...path, index]);
        return value === null ? [] : [{ path: [...path, index], value }];
      }),
    };
  });
}

function policyNames(data: unknown): string[] {
  const policies = valueAt(data, ['policies']);
  return typeof policies === 'object' && policies !== null && !Array.isArray(policies)
    ? Object.keys(policies)
    : [];
}

function copies(data: unknown, name: string): { readonly path: Path; readonly at: number }[] {
  const path = ['policies', name, 'copies'];
  return list(data, path).map((_, at) => ({ path: [...path, at], at }));
}

function list(data: unknown, path: Path): readonly unknown[] {
  const value = valueAt(data, path);
  return Array.isArray(value) ? value : [];
}

/** The value at a path where it is well-formed, else null: the field's own complaint covers the rest. */
function read<T>(field: z.ZodMiniType<T>, data: unknown, path: Path): T | null {
  const result = z.safeParse(field, valueAt(data, path));
  return result.success ? result.data : null;
}

function length(data: unknown, path: Path): Duration | null {
  const value = valueAt(data, path);
  return typeof value === 'string' && DURATION_PATTERN.test(value) ? parseDuration(value) : null;
}

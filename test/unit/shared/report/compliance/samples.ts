import { CONTROLS } from '../../../../../shared/domain/controls/all';
import type { Assessment } from '../../../../../shared/domain/controls/control';
import type { Seen } from '../../../../../shared/domain/controls/seen';
import type { Finding, FindingsDocument } from '../../../../../shared/domain/findings/document';
import { findingId } from '../../../../../shared/domain/findings/id';
import { AgesByHour } from '../../../../../shared/domain/recovery-ages';
import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { DAY, formatInstant, HOUR, type Instant, MINUTE, SECOND } from '../../../../../shared/domain/time';
import { complianceOf } from '../../../../../shared/report/compliance/assemble';
import type {
  Assessed,
  Compliance,
  DatabaseStanding,
  RestoreTested,
} from '../../../../../shared/report/compliance/compliance';
import { gather } from '../../../../../shared/report/compliance/gather';
import { trends } from '../../../../../shared/report/compliance/standing';
import { ACCOUNT, AWAY, HOME } from '../../../../support/builders';
import {
  complete,
  databaseSeen,
  keptCopies,
  keptSlots,
  looked,
  NOW,
  seen,
  settings,
} from '../../../../support/seen';

/** Nothing is there at all. */
export function empty(): Compliance {
  return complianceOf(
    {
      installation: 'holdfast',
      account: ACCOUNT,
      home: HOME,
      copyRegions: [],
      assessments: [],
      databases: [],
      keys: [],
    },
    NOW,
  );
}

/** Every promise is kept. */
export function healthy(): Compliance {
  return reported(
    seen(),
    restoreTests((week) => 80 + week * 2),
    20 * MINUTE,
  );
}

/** Much is broken: no snapshot for three hours, no copy for a day, no Multi-AZ, a tenant without its schema, slow restores. */
export function failing(): Compliance {
  const late = (snapshots: readonly Snapshot[], hours: number) =>
    snapshots.filter((one) => (one.recoveryPoint ?? 0) < NOW - hours * HOUR);
  const look = seen(
    {
      databases: [
        databaseSeen(
          { latestRestorable: NOW - 3 * HOUR, deletionProtection: false },
          { settings: settings({ multiAz: false, copyTagsToSnapshot: false }) },
        ),
      ],
      home: late(keptSlots(), 3),
      away: late(keptCopies(), 24),
    },
    {
      policy: complete({ agreed: { by: null, on: null } }),
      drills: new Map([['qrosity-db', { unseen: 'the evidence store did not answer' }]]),
      inspections: new Map([
        [
          'qrosity-db',
          {
            seen: looked(NOW - 4 * HOUR, {
              id: 'tenants.schemas',
              requirement: 'TEN-4',
              verdict: 'failed',
              expectation: 'every tenant has its schema',
              found: 'no schema for tenants: tenant_x',
              subjects: ['tenant_x'],
            }),
          },
        ],
      ]),
    },
  );
  const made = reported(
    look,
    restoreTests((week) => 120 + week * 11),
    3 * HOUR,
  );
  const assessments = made.assessments.map((one): Assessed => {
    if (one.control !== 'tags-copied') return one;
    return {
      ...one,
      waiver: { reason: 'the tags are set by hand until the move in April', until: '2026-04-30T23:59:59Z' },
    };
  });
  return complianceOf({ ...made, assessments }, NOW);
}

/** Names that try to become markup, formulas, table cells, other lines, or another direction of reading. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  '=HYPERLINK("https://evil.example","x")',
  '+cmd|calc',
  '@everyone',
  'a | b ` c ``` d',
  '[x](javascript:alert(1))',
  '</title></style></svg><svg onload=alert(1)>',
  'line\r\nbreak\u202edesrever\u0000\u200b',
  '-1+1',
] as const;

/** The failing report with a hostile name in every text that comes from outside. */
export function hostile(): Compliance {
  let next = 0;
  const name = () => HOSTILE[next++ % HOSTILE.length] as string;
  const made = failing();
  const assessments = HOSTILE.flatMap((evil) =>
    made.assessments.slice(0, 3).map(
      (one, at): Assessed => ({
        ...one,
        id: `${findingId(one.control, { database: evil, region: HOME })}-${at}`,
        subject: { database: evil, region: HOME, ...(at === 0 && { resource: name() }) },
        verdict: 'failed',
        found: `found ${name()}`,
        expected: name(),
        cost: name(),
        command: name(),
        runbook: name(),
        unseen: name(),
        waiver: at === 1 ? { reason: name(), until: '2027-01-01T00:00:00Z' } : null,
        evidence: [name()],
      }),
    ),
  );
  const databases = made.databases.flatMap((standing) =>
    HOSTILE.map(
      (evil): DatabaseStanding => ({
        ...standing,
        database: evil,
        promise: standing.promise && {
          ...standing.promise,
          policy: name(),
          agreed: { by: name(), on: name() },
        },
        restoreTests: standing.restoreTests
          .slice(-2)
          .map((test) => ({ ...test, why: name(), evidence: name() })),
        inspection: standing.inspection && { ...standing.inspection, problems: [...HOSTILE], server: name() },
      }),
    ),
  );
  const keys = made.keys.map((key) => ({ ...key, aliases: [name()] }));
  return complianceOf({ ...made, installation: HOSTILE[0], assessments, databases, keys }, NOW);
}

/** As many databases as asked for, one in fifty of them failing. */
export function fleetOf(count: number): Compliance {
  const [good, bad] = [healthy(), failing()];
  const named = (at: number) => `tenant-shard-${`${at}`.padStart(4, '0')}`;
  const databases: DatabaseStanding[] = [];
  const assessments: Assessed[] = [];
  for (let at = 0; at < count; at += 1) {
    const from = at % 50 === 7 ? bad : good;
    databases.push(...from.databases.map((one) => ({ ...one, database: named(at) })));
    assessments.push(
      ...from.assessments
        .filter(({ subject }) => subject.database !== '*')
        .map((one) => ({
          ...one,
          id: one.id.replace('qrosity-db', named(at)),
          subject: { ...one.subject, database: named(at) },
        })),
    );
  }
  return complianceOf({ ...good, assessments, databases }, NOW);
}

/** As many databases as asked for, of which nine promises each are broken. */
export function neglected(count: number): Compliance {
  const bad = failing();
  const databases: DatabaseStanding[] = [];
  const assessments: Assessed[] = [];
  for (let at = 0; at < count; at += 1) {
    const name = `tenant-shard-${`${at}`.padStart(4, '0')}`;
    databases.push(...bad.databases.map((one) => ({ ...one, database: name })));
    for (const one of bad.assessments) {
      const subject = { ...one.subject, database: name };
      assessments.push({
        ...one,
        id: findingId(one.control, subject),
        subject,
        found: `${one.found}, ${at}`,
      });
    }
  }
  return complianceOf({ ...bad, assessments, databases }, NOW);
}

/** One a week in each region; the newest one at home failed where it took too long. */
function restoreTests(minutes: (week: number) => number): RestoreTested[] {
  return Array.from({ length: 12 }, (_, week) =>
    [HOME, AWAY].map((region): RestoreTested => {
      const requested = formatInstant(NOW - (11 - week) * 7 * DAY - 2 * HOUR);
      const seconds = minutes(week) * 60 + (region === AWAY ? 300 : 0);
      const verdict = seconds > 4 * 3_600 ? 'failed' : week === 4 ? 'inconclusive' : 'passed';
      return {
        region,
        requested,
        verdict,
        why: verdict === 'passed' ? 'every check passed' : 'it took longer than promised',
        seconds: verdict === 'inconclusive' ? null : seconds,
        availableSeconds: verdict === 'inconclusive' ? null : Math.round(seconds * 0.8),
        promisedSeconds: 4 * 3_600,
        evidence: `restore-tests/qrosity-db/${region}/${requested}-${verdict}.json`,
      };
    }),
  ).flat();
}

/** What a run makes of a look: every control judged, and the standing of each database. */
function reported(look: Seen, tests: readonly RestoreTested[], worst: number): Compliance {
  const assessments = CONTROLS.flatMap((control) => control.judge(look));
  const compliance = gather({
    seen: look,
    account: ACCOUNT,
    assessments,
    document: openDocument(assessments),
    ages: aged(worst),
    kept: { ages: 'recovery-ages/2026-03-10T09:30:00Z.json', encryption: null },
  });
  const databases = compliance.databases.map((standing): DatabaseStanding => {
    return {
      ...standing,
      restoreTests: tests,
      trends: trends(tests, standing.promise?.timeSeconds ?? 0, NOW),
    };
  });
  return complianceOf({ ...compliance, databases }, NOW);
}

/** Whatever fails is open since five hours. */
function openDocument(assessments: readonly Assessment[]): FindingsDocument {
  const severities = new Map(CONTROLS.map(({ id, severity }) => [id, severity]));
  return {
    schema: 'holdfast.findings/1',
    installation: 'holdfast',
    number: 1,
    at: NOW,
    run: 'sample',
    findings: assessments
      .filter(({ verdict }) => verdict === 'failed')
      .map(({ control, subject }) =>
        openFinding({
          id: findingId(control, subject),
          control,
          subject,
          severity: severities.get(control) ?? 'high',
        }),
      ),
    unknowns: {},
    lastLight: NOW,
    lastDaily: NOW,
  };
}

/** At home as measured; copies are two hours old at most, every hour anew, and may have been gone for some hours. */
function aged(worst: number): AgesByHour {
  const ages = new AgesByHour();
  for (const [back, { at, age }] of everyTenMinutes(worst).entries()) {
    const gone = worst > HOUR && at >= NOW - 30 * HOUR && at < NOW - 26 * HOUR;
    ages.add({
      schema: 'holdfast.recovery-ages/2',
      installation: 'holdfast',
      at: formatInstant(at),
      ages: {
        'qrosity-db': {
          [HOME]: age / SECOND,
          [AWAY]: gone ? null : ((back % 6) * 10 * MINUTE + HOUR) / SECOND,
        },
      },
    });
  }
  return ages;
}

/** A week of looks, some hours aside: five minutes old, but for a bad night and the last hours. */
function everyTenMinutes(worst: number): { at: Instant; age: number }[] {
  return Array.from({ length: 7 * 144 + 1 }, (_, back) => {
    const at = NOW - back * 10 * MINUTE;
    const hours = (NOW - at) / HOUR;
    if (hours > 60 && hours < 64) return [];
    const bad = hours < 3 ? worst - hours * HOUR : hours > 90 && hours < 92 ? worst * 0.6 : 0;
    return [{ at, age: Math.max(bad, 3 * MINUTE + ((back * 7) % 5) * MINUTE) }];
  }).flat();
}

/** A finding that is open since five hours, unless a field says otherwise. */
export function openFinding(fields: Partial<Finding> = {}): Finding {
  return {
    id: '',
    control: '',
    subject: { database: '*', region: HOME },
    title: '',
    requirements: [],
    severity: 'high',
    verdict: 'failed',
    state: 'open',
    firstSeen: NOW - 5 * HOUR,
    lastSeen: NOW,
    unseen: null,
    resolvedAt: null,
    found: '',
    expected: '',
    cost: null,
    command: null,
    runbook: '',
    measure: null,
    worst: null,
    told: null,
    waiver: null,
    pending: [],
    ...fields,
  };
}

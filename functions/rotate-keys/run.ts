import { type Act, type Entry, narrowed, type Report } from '../../shared/domain/decision';
import { type EncryptionReport, encryptionReport, unseenOf } from '../../shared/domain/encryption';
import { savingCommand, startCommand } from '../../shared/domain/key-danger';
import { type KeysSeen, protectedDatabases, snapshotsInScope } from '../../shared/domain/key-use';
import type { Policy } from '../../shared/domain/policy';
import { Refusal } from '../../shared/domain/refusal';
import { DAY, type Instant } from '../../shared/domain/time';
import type { KeyRing } from '../../shared/ports/keys';
import { carryOut, type Result } from '../../shared/runtime/carry-out';
import type { RunContext } from '../../shared/runtime/lambda';
import { Looks } from '../../shared/runtime/observe';
import { type KeyPorts, observeKeys } from '../../shared/runtime/observe-keys';
import { report } from '../../shared/runtime/report';
import type { KeyAction, KeyReason } from './key-case';
import { inDanger, plan } from './plan';
import { onDemandStep } from './rotation';

export interface Asked {
  readonly database?: string | undefined;
  /** Answer with the encryption status of everything (SEC-4), and change nothing: who asks to see does not ask to act. */
  readonly report?: boolean | undefined;
}

export interface Answer extends Report {
  /** Keys that something hangs on and that could not be used when the run began, rescued or not. */
  readonly keysInDanger: number;
  readonly encryption?: EncryptionReport;
}

const NAME = 'rotate-keys';

/** What a person is told who names a database that no key in use belongs to. */
const UNKNOWN = {
  reason: 'unknown-database',
  detail: 'unknown database: no policy selects it and no snapshot of ours is of it',
  hint: 'correct the identifier',
} as const;

/** Observes every key in use, and carries out what the plan says: rescues first, then rotations. */
export async function run(ports: KeyPorts, context: RunContext, asked: Asked): Promise<Answer> {
  const { policy, now, timeLeft } = context;
  const dryRun = context.dryRun || asked.report === true;
  const looks = new Looks();
  const seen = await observeKeys(ports, policy, context, looks);
  const decisions = plan(seen, policy, now, { only: asked.database });
  const wanted =
    asked.database !== undefined && !mayBeKnown(asked.database, seen, policy)
      ? narrowed(decisions, asked.database, { region: policy.home, ...UNKNOWN })
      : decisions;
  const act = ({ action, detail }: Act<KeyAction, KeyReason>): Promise<Result> =>
    carriedOut(action, detail ?? '', ports.keys, policy.limits.onDemandRotations, now);
  const carried = await carryOut(wanted, { dryRun, act, timeLeft });
  const entries = [...looks.failed, ...told(carried, dryRun, asked)];
  return {
    ...report({ function: NAME, installation: policy.name, now, dryRun }, entries),
    keysInDanger: inDanger(seen, policy),
    ...(asked.report === true && {
      encryption: encryptionReport(seen, policy, { only: asked.database, unseen: unseenOf(looks.failed) }),
    }),
  };
}

/** A database that some policy selects, or of which something stands; and any, while not all could be seen. */
function mayBeKnown(id: string, seen: KeysSeen, policy: Policy): boolean {
  return (
    seen.hidden.size > 0 ||
    protectedDatabases(seen.databases, policy).some(({ database }) => database.id === id) ||
    snapshotsInScope(seen, policy).some(({ database }) => database === id)
  );
}

/** So many keys that need nothing are told one by one; a log line has room for some hundreds. */
const TOLD_APART = 50;

/**
 * Who asks what would be done hears of each key. Who asks for the report has each in it: there the quiet ones are added up,
 * as on a schedule, and with them those that are nobody's we know.
 */
function told(carried: readonly Entry[], dryRun: boolean, { database, report }: Asked): readonly Entry[] {
  if (report === true) return folded(carried, ['rotates', 'not-ours-to-change']);
  return dryRun || database !== undefined ? carried : folded(carried, ['rotates']);
}

/** Of a fleet with a key each, those that need nothing are added up by region. */
function folded(entries: readonly Entry[], reasons: readonly KeyReason[]): Entry[] {
  const isQuiet = ({ reason, outcome }: Entry) =>
    outcome === 'nothing' && reasons.some((one) => one === reason);
  const quiet = entries.filter(isQuiet);
  if (quiet.length <= TOLD_APART) return [...entries];
  const sums = new Map<string, Entry>();
  for (const { subject, reason } of quiet) {
    const { region } = subject;
    const line = `${reason} ${region}`;
    const count = (sums.get(line)?.count ?? 0) + 1;
    const about = { subject: { database: '*', region }, action: 'nothing', reason } as const;
    sums.set(line, { ...about, outcome: 'nothing', count });
  }
  return [...entries.filter((entry) => !isQuiet(entry)), ...sums.values()];
}

/**
 * What the alarm for keys in danger watches. A run that could not see everything says nothing rather than none: the alarm
 * stands as it was until one has seen all.
 */
export function watched({ keysInDanger, entries }: Answer): { readonly keysInDanger?: number } {
  const blind = entries.some(({ action, outcome }) => action === 'observe' && outcome === 'failed');
  return blind && keysInDanger === 0 ? {} : { keysInDanger };
}

async function carriedOut(
  action: KeyAction,
  planned: string,
  keys: KeyRing,
  most: number,
  now: Instant,
): Promise<Result> {
  switch (action.kind) {
    case 'rescue':
      return rescue(action, planned, keys);
    case 'set-rotation':
      await keys.setRotation(action.key, action.every);
      return { detail: `rotates every ${action.every / DAY}d now; before: ${planned}` };
    case 'rotate':
      return rotateOnDemand(action, keys, most, now);
  }
}

/** Cancels the deletion, then enables: KMS gives a key back disabled. Killed in between, the next run finds it so. */
async function rescue(
  { key, start }: Extract<KeyAction, { kind: 'rescue' }>,
  planned: string,
  keys: KeyRing,
): Promise<Result> {
  const again = await keys.find(key.region, key.arn);
  if (again === null) throw new Refusal('gone', 'KMS has deleted it in the meantime');
  if (again.state === 'enabled') return { outcome: 'nothing', detail: 'enabled again in the meantime' };
  let standing = again;
  try {
    if (again.state === 'pending-deletion') {
      await keys.cancelDeletion(key);
      standing = { ...again, state: 'disabled', deletion: null };
      const now = await keys.find(key.region, key.arn);
      if (now?.state === 'unavailable') {
        standing = now;
        throw new Refusal('key', 'its material has to be imported again, or its key store to be connected');
      }
    }
    await keys.enable(key);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Whoever reads this has to save the key by hand: all that the finding would have said, they need now.
    const hint = `save it: ${savingCommand(standing, start)}${error.hint === undefined ? '' : `; ${error.hint}`}`;
    const did = standing === again ? '' : 'deletion canceled, but it cannot be used yet: ';
    throw new Refusal(error.kind, `${did}${error.message}; before: ${planned}`, hint, { cause: error });
  }
  const did = again.state === 'pending-deletion' ? 'deletion canceled, and enabled' : 'enabled';
  const starts = start.map((database) => startCommand(key.region, database)).join('; ');
  const hint = `find out who did it: look in CloudTrail for ${again.state === 'disabled' ? 'DisableKey' : 'ScheduleKeyDeletion'} of ${key.arn}${starts && `; start what lost its key: ${starts}`}`;
  return { detail: `${did}; before: ${planned}`, hint };
}

/** The second look: an on-demand rotation cannot be taken back, and there are few in a key's life. */
async function rotateOnDemand(
  { key, every }: Extract<KeyAction, { kind: 'rotate' }>,
  keys: KeyRing,
  most: number,
  now: Instant,
): Promise<Result> {
  const rotation = await keys.rotation(key);
  if (rotation === null) throw new Refusal('unsupported', 'KMS tells nothing of its rotation any more');
  switch (onDemandStep(key, rotation, every, most, now)) {
    case 'none':
      return { outcome: 'nothing', detail: 'rotated in the meantime' };
    case 'automatic':
      return { outcome: 'nothing', detail: 'KMS rotates it by itself within a day' };
    case 'under-way':
      return { outcome: 'postponed', detail: 'a rotation of it has begun in the meantime' };
    case 'spent':
      throw new Refusal('quota', `all ${most} on-demand rotations of its life are spent`);
    case 'rotate':
  }
  try {
    await keys.rotate(key);
    return {};
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.kind === 'busy') return { outcome: 'postponed', detail: 'a rotation of it is under way' };
    if (error.kind !== 'quota') throw error;
    const hint =
      'KMS grants fewer than limits.onDemandRotations says: lower it, and re-key the data to a new key (functions/copy-snapshot/README.md)';
    throw new Refusal('quota', error.message, hint);
  }
}

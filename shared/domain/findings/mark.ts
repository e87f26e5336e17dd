import type { Change, Finding, FindingsDocument, Told } from './document';

/** Who took what. */
export interface Taken {
  readonly run: string;
  /** As changes name it: without the installation. */
  readonly message: string;
  readonly receiver: string;
  /** The findings whose notices were taken, where a receiver takes them one by one. */
  readonly findings: ReadonlySet<string>;
}

/**
 * The next document, with what a receiver took marked so. A change that all receivers have is told, and pending no more.
 * The document may be another run's by now: what is marked is found by its message.
 *
 * @param receivers all that there are now; one that was taken out of the settings waits for nothing
 */
export function mark(
  document: FindingsDocument,
  taken: Taken,
  receivers: readonly string[],
): FindingsDocument {
  return {
    ...document,
    number: document.number + 1,
    run: taken.run,
    findings: document.findings.map((finding) =>
      taken.findings.has(finding.id) ? marked(finding, taken, receivers) : finding,
    ),
  };
}

function marked(finding: Finding, { message, receiver }: Taken, receivers: readonly string[]): Finding {
  const pending = finding.pending.map((change) =>
    change.message === message
      ? {
          ...change,
          heard: change.heard ?? change.claim.at,
          taken: [...new Set([...change.taken, receiver])].sort(),
        }
      : change,
  );
  let told = finding.told;
  const rest = pending.filter((change) => {
    const all = change.message === message && receivers.every((one) => change.taken.includes(one));
    // An older change may arrive after a newer one; what was told last stays the newer.
    if (all && (told === null || change.message > told.message)) told = toldOf(change);
    return !all;
  });
  return { ...finding, told, pending: rest };
}

/** Told when the first receiver was, which is what reminders count from: it may have come about days before. */
function toldOf(change: Change): Told {
  const { kind, claim, heard, message, severity, verdict, measure, severities } = change;
  const told = { kind, at: heard ?? claim.at, message, severity, verdict, measure };
  return severities === undefined ? told : { ...told, severities };
}

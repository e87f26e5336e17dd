import type { Severity } from '../controls/control';
import { type Finding, lastSaid, type Told } from './document';
import { SEVERITIES } from './rules';

/** Under which severities a finding has been told once the next change is, since receivers hold it for open. */
export function toldUnder(finding: Finding): readonly Severity[] {
  const said = lastSaid(finding);
  const before = said === null || said.kind === 'resolved' ? [] : (said.severities ?? [said.severity]);
  return SEVERITIES.filter((one) => one === finding.severity || before.includes(one));
}

/**
 * Whose message a change is: subscriptions filter by severity, and who asked for `high` alone and heard something open as
 * that is to hear that it became critical, and that it is over. What opens, and reminders, are of their own severity only.
 */
export function audienceOf({
  kind,
  severity,
  severities,
}: Pick<Told, 'kind' | 'severity' | 'severities'>): readonly Severity[] {
  const goesOn = kind === 'worsened' || kind === 'resolved';
  return goesOn ? (severities ?? [severity]) : [severity];
}

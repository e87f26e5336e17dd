/** What a runbook is called where it cannot be read: it says whose path that is. */
export const IN_REPOSITORY = "in Holdfast's repository";

/**
 * Where a runbook can be read; null where nowhere on the net. A path comes with findings, and a finding may be about
 * anything: an address that leaves what the policy named is none.
 *
 * @param base `compliance.runbooks` of the policy
 */
export function runbookAddress(path: string, base: string | null): string | null {
  if (base === null || !URL.canParse(base) || !URL.canParse(`${base}${path}`)) return null;
  const [root, address] = [new URL(base), new URL(`${base}${path}`)];
  const isIn = root.protocol === 'https:' && address.href.startsWith(root.href);
  return isIn && address.username === '' && address.password === '' ? address.href : null;
}

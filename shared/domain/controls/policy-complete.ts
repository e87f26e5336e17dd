import type { Protection } from '../policy';
import { EXPLAINED } from './command';
import { control } from './control';
import { failed, passed } from './finding';
import { ofDatabases } from './scope';

export const policyComplete = control(
  {
    id: 'policy-complete',
    title: 'The policy leaves no requirement unpromised',
    requirements: ['REC-4', 'REC-8', 'DR-4', 'DR-7', 'TEN-4', 'EXT-4'],
    severity: 'medium',
    rationale:
      'Controls hold the world against what the policy promises. What it promises nothing of, none of them judges: this one says so.',
    remedy: {
      text: 'Add what is missing below policies.NAME of the policy file (policy.yml, or what POLICY_FILE names): pitr, copies, restoreTest, failoverDrill or inspection, as docs/policy.md has them; `npm run policy` explains what it costs',
      command: EXPLAINED,
    },
    runbook: 'docs/policy.md#fields',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-2', 'NIST 800-53 CP-9', 'ISO 27001 A.8.13'],
  },
  ofDatabases(
    () => 'PITR, copies in another region, restore tests, failover drills and looks inside are promised',
    (_, { policy }, protection) => {
      const missing = missingIn(protection);
      const cost = costOf(protection, policy.home);
      return missing.length === 0
        ? passed(`${protection.name} promises all of them`)
        : failed(`${protection.name} promises no ${missing.join(', no ')}`, {
            ...(cost !== null && { cost }),
            command: EXPLAINED,
            measure: { value: missing.length, unit: 'promises missing' },
          });
    },
  ),
);

function missingIn({ pitr, copies, restoreTest, failoverDrill, inspection }: Protection): string[] {
  return [
    ...(pitr === null ? ['point-in-time recovery (pitr, REC-4)'] : []),
    ...(copies.length === 0 ? ['copies in another region (copies, REC-8)'] : []),
    ...(restoreTest === null ? ['restore tests (restoreTest, DR-7)'] : []),
    ...(failoverDrill === null ? ['failover drills (failoverDrill, DR-4)'] : []),
    ...(inspection === null ? ['looks inside (inspection, TEN-4, EXT-4)'] : []),
  ];
}

/** Without copies a lost region is the end; without PITR the moments between two snapshots are lost. */
function costOf({ pitr, copies }: Protection, home: string): string | null {
  if (copies.length === 0) return `everything, if ${home} is lost`;
  return pitr === null ? 'every moment between two snapshots' : null;
}

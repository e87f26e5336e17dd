import { EXPLAINED } from './command';
import { control, type Judgment } from './control';
import { lasting } from './figures';
import { on } from './finding';

export const objectivesAgreed = control(
  {
    id: 'objectives-agreed',
    title: 'The business has agreed to the two objectives',
    requirements: ['REC-3'],
    severity: 'medium',
    rationale:
      'How much may be lost and how long service may be gone is for the business to say. Until it has, both are placeholders, and every green light is measured against a guess.',
    remedy: {
      text: 'Have them confirmed, and write into the policy file (policy.yml, or what POLICY_FILE names) who did and when, as policies.NAME.agreed: { by: WHO, on: "2026-03-01" }; `npm run policy` shows what they are agreeing to',
      command: EXPLAINED,
    },
    runbook: 'docs/policy.md#fields',
    pass: 'daily',
    frameworks: ['NIST 800-53 CP-2', 'NIST 800-53 CP-6(2)', 'ISO 27001 A.5.30'],
  },
  ({ policy }) =>
    Object.values(policy.policies).map(
      ({ name, agreed, recovery }): Judgment => ({
        subject: { database: '*', region: policy.home, resource: name },
        expected: 'somebody of the business agreed, on a day that is written down (agreed)',
        // The policy takes both or neither.
        ...on(
          agreed.by !== null,
          {
            on: `agreed by ${agreed.by} on ${agreed.on}`,
            off: `nobody has agreed to losing ${lasting(recovery.point)} of data and being away for ${lasting(recovery.time)}`,
          },
          { command: EXPLAINED },
        ),
      }),
    ),
);

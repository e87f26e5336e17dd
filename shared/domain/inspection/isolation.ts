import { type About, type Check, nothingWrong } from './check';
import type { DatabaseFacts } from './facts';

/**
 * TEN-3: nobody reaches another tenant's data without naming its schema, and nobody may who need not.
 *
 * The role that owns the schemas is the application's, which lives on reaching all of them; what keeps tenants apart there
 * is its search path. A role that signs in for it, as a member of the owner, reaches them as well, and is named in the policy.
 *
 * @param allowed further roles that are meant to reach several tenants, as one for reports
 */
export function checkIsolation({ isolation }: DatabaseFacts, allowed: readonly string[]): Check[] {
  const roles: About = {
    id: 'isolation.roles',
    requirement: 'TEN-3',
    expectation: "no role but the owner and those of the policy reaches more than one tenant's schema",
  };
  const everybody: About = {
    id: 'isolation.public',
    requirement: 'TEN-3',
    expectation: "nothing in a tenant's schema is granted to PUBLIC",
  };
  const crossing: About = {
    id: 'isolation.crossing',
    requirement: 'TEN-3',
    expectation: "no view and no foreign key leads from one tenant's schema into another's",
  };
  const reaching = isolation.reaching.filter(({ role, own }) => !own && !allowed.includes(role));
  return [
    nothingWrong(
      roles,
      reaching.map(({ role, schemas }) => `${role} (${schemas} schemas)`),
      'none does',
      'reaching several; name those that are meant to in tenants.roles',
    ),
    nothingWrong(
      everybody,
      isolation.granted.map(({ schema, what }) => `${schema} (${what})`),
      'nothing is',
      'granted to PUBLIC',
    ),
    nothingWrong(
      crossing,
      isolation.crossing.map(({ from, to, by }) => `${by} of ${from} into ${to}`),
      'none does',
      'crossing',
    ),
  ];
}

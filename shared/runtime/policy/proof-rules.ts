import { settingOf } from '../../domain/arithmetic-promises';
import type { Policy, Protection } from '../../domain/policy';
import { type Path, type Problem, show } from './problem';

/* Rules about restore tests and inspections. They need a policy whose fields are right. */

export function brokenProofRules(policy: Policy): Problem[] {
  return Object.values(policy.policies).flatMap((protection) => [
    ...uninspected(protection),
    ...impatience(protection),
    ...placesOf(protection, policy.home),
  ]);
}

/** What is odd about the tests of a policy, and may still be meant. */
export function proofDoubts(policy: Policy): Problem[] {
  const all = Object.values(policy.policies);
  return [
    ...all.flatMap((protection) => untestedRegions(protection, policy.home)),
    ...outOfReach(policy, all),
  ];
}

function under({ name }: Protection, ...path: Path): Path {
  return ['policies', name, ...path];
}

function uninspected(protection: Protection): Problem[] {
  if (protection.restoreTest === null || protection.inspection !== null) return [];
  return [
    {
      path: under(protection, 'restoreTest'),
      message: 'nobody would look into what is restored',
      hint: 'add inspection: { database: <its name> }: a backup counts once it has been looked into',
    },
  ];
}

/** A test that is given up before the promise is broken would never find the promise broken. */
function impatience(protection: Protection): Problem[] {
  const { restoreTest, recovery } = protection;
  if (restoreTest === null || restoreTest.giveUpAfter > recovery.time) return [];
  return [
    {
      path: under(protection, 'restoreTest', 'giveUpAfter'),
      message: `${settingOf(restoreTest.giveUpAfter)} is no longer than recovery.time, ${settingOf(recovery.time)}`,
      hint: `give a test longer than that, as ${settingOf(2 * recovery.time)}: else it could not find the promise broken`,
    },
  ];
}

function placesOf(protection: Protection, home: string): Problem[] {
  const places = protection.restoreTest?.places ?? [];
  const known = [...new Set([home, ...protection.copies.map(({ region }) => region)])];
  return places.flatMap(({ region }, at): Problem[] => {
    const path = under(protection, 'restoreTest', 'places', at, 'region');
    const earlier = places.findIndex((place) => place.region === region);
    if (earlier < at) {
      return [
        {
          path,
          message: `${show(region)} is listed twice, first in places[${earlier}]`,
          hint: 'keep one place per region',
        },
      ];
    }
    if (known.includes(region)) return [];
    return [
      {
        path,
        message: `${show(region)} holds no backups of this policy`,
        hint: `places of this policy can be in ${known.join(', ')}`,
      },
    ];
  });
}

function untestedRegions(protection: Protection, home: string): Problem[] {
  const { restoreTest, copies } = protection;
  if (restoreTest === null) return [];
  const tested = restoreTest.places.map(({ region }) => region);
  return [home, ...copies.map(({ region }) => region)]
    .filter((region) => !tested.includes(region))
    .map((region) => ({
      path: under(protection, 'restoreTest', 'places'),
      message: `no place in ${region}: its backups are never restored for a test`,
      hint: `add a place with region: ${region}`,
    }));
}

function outOfReach(policy: Policy, all: readonly Protection[]): Problem[] {
  const [first] = all.filter(({ inspection }) => inspection !== null);
  if (first === undefined || policy.network !== null) return [];
  return [
    {
      path: under(first, 'inspection'),
      message: 'inspect-database runs outside of any network: it reaches public databases only',
      hint: 'name subnets and security groups at home, as network: { subnets: [...], securityGroups: [...] }',
    },
  ];
}

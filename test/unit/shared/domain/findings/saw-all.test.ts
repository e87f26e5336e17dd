import type { Part } from '../../../../../shared/domain/controls/part';
import type { Seen } from '../../../../../shared/domain/controls/seen';
import { sawAll } from '../../../../../shared/domain/findings/saw-all';
import type { Snapshot } from '../../../../../shared/domain/snapshot';
import { AWAY, HOME, keysSeen, policy } from '../../../../support/builders';

type InRegion = [string, Part<Snapshot[]>];

const UNSEEN = { unseen: 'AccessDenied' };

/** The parts that subjects are found in. */
function seen(fields: Partial<Seen> = {}): Seen {
  return {
    policy: policy(),
    databases: { seen: [] },
    keys: { seen: keysSeen([]) },
    snapshots: new Map([HOME, AWAY].map((region) => [region, { seen: [] }])),
    alarms: UNSEEN,
    ...fields,
  } as unknown as Seen;
}

describe('a look', () => {
  it('saw all when it saw the databases, the keys, and the snapshots of every region', () => {
    expect(sawAll(seen())).toBe(true);
  });

  const home: InRegion = [HOME, { seen: [] }];
  it.each<[string, Partial<Seen>]>([
    ['databases', { databases: UNSEEN }],
    ['keys', { keys: UNSEEN }],
    ['the snapshots of a copy region', { snapshots: new Map<string, InRegion[1]>([home, [AWAY, UNSEEN]]) }],
    ['a region that nobody looked at', { snapshots: new Map([home]) }],
  ])('did not without %s', (_, fields) => {
    expect(sawAll(seen(fields))).toBe(false);
  });
});

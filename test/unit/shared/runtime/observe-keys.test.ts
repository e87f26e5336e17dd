import { Looks } from '../../../../shared/runtime/observe';
import { type KeyPorts, observeKeys } from '../../../../shared/runtime/observe-keys';
import { at, database, kmsKey, policy, rotation, slotSnapshot } from '../../../support/builders';

it('sees a fleet with more snapshots than a call takes arguments', async () => {
  const key = kmsKey();
  const one = slotSnapshot(at('2026-03-01 09:00'), { key: key.arn });
  const ports = {
    databases: { list: async () => [database({ key: key.arn })] },
    snapshots: { listEvery: async () => new Array(300_000).fill(one) },
    keys: {
      aliases: async () => new Map(),
      find: async () => key,
      tags: async () => ({}),
      rotation: async () => rotation(),
    },
    topics: { find: async () => null },
  } as unknown as KeyPorts;
  const looks = new Looks();
  const seen = await observeKeys(ports, policy({ copies: [] }), { topics: [], evidenceBucket: null }, looks);
  expect(seen.snapshots).toHaveLength(300_000);
  expect(looks.failed).toEqual([]);
});

import { createHash } from 'node:crypto';
import type { Arn, DataPlane, Endpoint, Moved, NewServer, ServerSettings } from './data';

const GIB = 2 ** 30;

/**
 * Keeps nothing: for tests of thousands of databases, and of rules that no data is needed for. Sizes follow from the
 * names, so every run of a test sees the same ones: 8 to 12 GiB in all, of which a later copy moves one fiftieth.
 */
export class LightData implements DataPlane {
  readonly ca = null;

  async create(
    instance: Arn,
    _region: string,
    _server: NewServer,
    _settings?: ServerSettings,
  ): Promise<Endpoint> {
    return nowhere(instance);
  }

  async configure(_instance: Arn, _settings: ServerSettings): Promise<void> {}

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async destroy(): Promise<void> {}

  async capture(instance: Arn): Promise<Moved> {
    const totalBytes = sizeOf(instance);
    return { bytes: Math.round(totalBytes / 50), totalBytes };
  }

  async transfer(source: Arn, _target: Arn, _region: string, full: boolean): Promise<Moved> {
    const totalBytes = sizeOf(source);
    return { bytes: full ? totalBytes : Math.round(totalBytes / 50), totalBytes };
  }

  async restore(_snapshot: Arn, instance: Arn): Promise<Endpoint> {
    return nowhere(instance);
  }

  async discard(): Promise<void> {}

  async loseRegion(): Promise<void> {}

  async close(): Promise<void> {}
}

/** A name that no resolver answers (RFC 2606): whoever connects to a light instance learns so at once. */
export function nowhere(instance: Arn): Endpoint {
  return { host: `${instance.split(':').at(-1) ?? 'instance'}.light.invalid`, port: 5432 };
}

function sizeOf(arn: Arn): number {
  const share = createHash('sha256').update(arn).digest().readUInt32BE(0) / 2 ** 32;
  return Math.round((8 + 4 * share) * GIB);
}

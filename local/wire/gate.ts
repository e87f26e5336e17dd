import type { Call, Service, WireError } from './service';

/** A call with what the gate may tell callers apart by. */
export interface SignedCall extends Call {
  /** The access key id of the signature: tests give each caller its own. */
  readonly accessKey: string;
  readonly protocol: Service['protocol'];
}

/** The connection breaks, and no answer is heard. */
export type Cut = 'region-lost' | 'caller-dead';

/** How the gate lets a call in. */
export type Admission =
  /** It is refused, and nothing happens. */
  | { readonly error: WireError }
  /** It is cut off before anything happens. */
  | { readonly cut: Cut }
  /** It is carried out; when its answer is ready, `release` says whether the caller may still hear it. */
  | { readonly release: () => Cut | null };

/** What stands between the callers and the services: `local/faults.ts`. */
export interface Gate {
  admit(call: SignedCall, throttled: () => WireError): Admission;
}

export const OPEN: Gate = { admit: () => ({ release: () => null }) };

import type { Readable } from 'node:stream';

/**
 * The messages that open a connection to PostgreSQL (its manual, chapter "Frontend/Backend Protocol"), as far as the
 * gate takes part: packets without a type from the client until the server answers, then type, length, content.
 */

/** What stands in the place of a protocol version when a client wants something else first. */
export const CANCEL_REQUEST = 80_877_102;
export const SSL_REQUEST = 80_877_103;
export const GSS_ENCRYPTION_REQUEST = 80_877_104;

/** PostgreSQL's own bounds on what it reads from strangers, in bytes. */
const LONGEST_STARTUP = 10_000;
const LONGEST_PASSWORD = 65_535;

export interface Startup {
  /** The packet as it came, length included. */
  readonly packet: Buffer;
  /** A request above, or a protocol version. */
  readonly code: number;
}

export interface Message {
  /** One letter. */
  readonly type: string;
  readonly content: Buffer;
  readonly packet: Buffer;
}

/**
 * So many bytes of a paused stream; `null` when it ends before. Leaves what follows in the stream. Listens once and
 * all along: a new listener is told at once of what is there already, so that waiting with one after another for the
 * rest of a packet would keep the process busy.
 */
export function take(stream: Readable, size: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'close'];
    const look = () => {
      const chunk = stream.read(size) as Buffer | null;
      if (chunk === null && !stream.readableEnded && !stream.destroyed) return;
      for (const event of events) stream.removeListener(event, look);
      resolve(chunk?.length === size ? chunk : null);
    };
    for (const event of events) stream.on(event, look);
    look();
  });
}

/** `null` when the client leaves, or talks of something else: PostgreSQL closes without a word then, too. */
export async function takeStartup(stream: Readable): Promise<Startup | null> {
  const head = await take(stream, 8);
  if (head === null) return null;
  const length = head.readUInt32BE(0);
  if (length < 8 || length > LONGEST_STARTUP) return null;
  const rest = length === 8 ? Buffer.alloc(0) : await take(stream, length - 8);
  return rest === null ? null : { packet: Buffer.concat([head, rest]), code: head.readUInt32BE(4) };
}

export async function takeMessage(stream: Readable): Promise<Message | null> {
  const head = await take(stream, 5);
  if (head === null) return null;
  const length = head.readUInt32BE(1);
  if (length < 4 || length > LONGEST_PASSWORD + 4) return null;
  const content = length === 4 ? Buffer.alloc(0) : await take(stream, length - 4);
  if (content === null) return null;
  return { type: String.fromCharCode(head[0] ?? 0), content, packet: Buffer.concat([head, content]) };
}

/** `user`, `database` and what else the client sets, by name. */
export function parametersOf({ packet }: Startup): ReadonlyMap<string, string> {
  const words = packet.subarray(8).toString().split('\0');
  const parameters = new Map<string, string>();
  for (let i = 0; i + 1 < words.length && words[i] !== ''; i += 2)
    parameters.set(words[i] ?? '', words[i + 1] ?? '');
  return parameters;
}

/** Whether the server lets the client in without asking for anything. */
export function isWelcome({ type, content }: Message): boolean {
  return type === 'R' && content.length === 4 && content.readUInt32BE(0) === 0;
}

/** AuthenticationCleartextPassword. */
export const ASK_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);
/** Terminate, from a client. */
export const GOOD_BYE = Buffer.from([0x58, 0, 0, 0, 4]);

/** An ErrorResponse that ends the connection. */
export function fatal(sqlState: string, text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${text}\0\0`);
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

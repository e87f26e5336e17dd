import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, identifier, integer, octets, sequence, set, TRUE, tagged, time, utf8 } from './der';

/** PEM, as `tls.createSecureContext` takes it. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** What a client verifies servers with, as it does with RDS's bundle of CA certificates: PEM. */
  readonly ca: string;
  /** Certifies a new key for a server, under names and IPv4 addresses. */
  issue(hosts: readonly string[]): Identity;
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const ALTERNATIVE_NAMES = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * A certificate authority that lives as long as this object: nobody keeps its key. Node reads X.509 but does not make
 * it, so the two kinds of certificate that are needed are laid out here (RFC 5280). ECDSA on P-256, where RDS's
 * `rds-ca-rsa2048-g1` has RSA: a pair of those keys takes 100 ms and more, of these 1 ms, and no client minds.
 *
 * Valid from a day ago for a year by the machine's clock, which is what clients measure by: nothing to do with AWS's
 * time here.
 */
export function makeAuthority(): Authority {
  const validity = sequence(time(Date.now() - DAY_MS), time(Date.now() + 365 * DAY_MS));
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = name('Holdfast: RDS on this machine, root CA');
  const certify = (subject: Buffer, key: KeyObject, more: readonly Buffer[]) => {
    const algorithm = sequence(identifier(ECDSA_WITH_SHA256));
    const content = sequence(
      tagged(0, integer(Buffer.from([2])), true), // Version 3.
      integer(serial()),
      algorithm,
      issuer,
      validity,
      subject,
      spki(key),
      tagged(
        3,
        sequence(
          extension(SUBJECT_KEY, octets(keyId(key))),
          extension(AUTHORITY_KEY, sequence(tagged(0, keyId(own.publicKey)))),
          ...more,
        ),
        true,
      ),
    );
    return pem(sequence(content, algorithm, bits(sign('sha256', content, own.privateKey))));
  };
  return {
    ca: certify(issuer, own.publicKey, [
      critical(BASIC_CONSTRAINTS, sequence(TRUE)),
      critical(KEY_USAGE, bits(Buffer.from([0b0000_0110]), 1)), // To sign certificates and revocations.
    ]),
    issue(hosts) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const cert = certify(name(hosts[0] ?? ''), pair.publicKey, [
        critical(BASIC_CONSTRAINTS, sequence()),
        critical(KEY_USAGE, bits(Buffer.from([0b1000_0000]), 7)), // To sign handshakes.
        extension(EXTENDED_KEY_USAGE, sequence(identifier(SERVER_AUTHENTICATION))),
        extension(ALTERNATIVE_NAMES, sequence(...hosts.map(alternative))),
      ]);
      return { cert, key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

function name(common: string): Buffer {
  return sequence(set(sequence(identifier(COMMON_NAME), utf8(common))));
}

function alternative(host: string): Buffer {
  return isIP(host) === 4
    ? tagged(7, Buffer.from(host.split('.').map(Number)))
    : tagged(2, Buffer.from(host));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(identifier(id), octets(value));
}

function critical(id: string, value: Buffer): Buffer {
  return sequence(identifier(id), TRUE, octets(value));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** SHA-1 of the public point (RFC 5280, 4.2.1.2): a name for the key, no protection. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(spki(key).subarray(-65)).digest();
}

/** 16 bytes, of which the first is neither zero nor negative: DER has one form for each number. */
function serial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, in PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

const HOUR_MS = 3_600_000;

/** An authority of a test's own, which signs certificates for 127.0.0.1 that are valid today (RFC 5280, Ed25519). */
export class TestAuthority {
  readonly certificate: string;
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.certificate = this.#sign(name, this.#keys.publicKey, [BASIC_CONSTRAINTS_CA]);
  }

  /** A certificate of a server or client at 127.0.0.1, for an hour from now unless it is to end otherwise. */
  issue(name: string, until = Date.now() + HOUR_MS): TestCertificate {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    return {
      certificate: this.#sign(name, publicKey, [LOOPBACK], until),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  #sign(subject: string, key: KeyObject, extensions: readonly Buffer[], until = Date.now() + HOUR_MS): string {
    const signed = sequence(
      tagged(0xa0, integer(2)),
      integer(Math.ceil(Math.random() * 2 ** 30)),
      ED25519,
      nameOf(this.#name),
      sequence(time(until - 2 * HOUR_MS), time(until)),
      nameOf(subject),
      key.export({ type: 'spki', format: 'der' }),
      tagged(0xa3, sequence(...extensions)),
    );
    const signature = sign(null, signed, this.#keys.privateKey);
    const whole = sequence(signed, ED25519, tagged(0x03, Buffer.from([0]), signature));
    const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  }
}

/** A DER value: tag, length, content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  // As few bytes as tell the sign: DER knows one way to write a number.
  let start = 0;
  while (start < 4 && bytes[start] === 0 && (bytes[start + 1] ?? 0) < 0x80) start += 1;
  return tagged(0x02, bytes.subarray(start));
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function time(at: number): Buffer {
  return tagged(0x18, Buffer.from(`${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`));
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId('550403'), tagged(0x0c, Buffer.from(commonName)))));
}

const ED25519 = sequence(objectId('2b6570'));
const TRUE = tagged(0x01, Buffer.from([0xff]));
const BASIC_CONSTRAINTS_CA = sequence(objectId('551d13'), TRUE, tagged(0x04, sequence(TRUE)));
/** subjectAltName: the IP address 127.0.0.1. */
const LOOPBACK = sequence(objectId('551d11'), tagged(0x04, sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])))));

import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Wrong configuration. The message names every fault at once and what was expected, never a value. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}: ${faults.join('; ')}.`,
    );
    this.faults = faults;
  }
}

/** One variable, and the way its text becomes a value. */
export interface Variable<T> {
  readonly name: string;
  /** Describes a correct value; it completes the sentence "expected …". */
  readonly expected: string;
  /** The value of a text, or undefined if the text is wrong. */
  readonly parse: (text: string) => T | undefined;
  /** The value if the variable is absent. Without this key the variable is required. */
  readonly absent?: { readonly value: T };
  /** Its purpose, as the table of the operators' guide states it. */
  readonly purpose?: string;
}

type Values<S> = { readonly [K in keyof S]: S[K] extends Variable<infer T> ? T : never };

/**
 * Reads the variables that `spec` names from `env`; for each variable V also V_FILE, the path of a file that holds the
 * value. Throws one ConfigurationError that names everything missing or wrong.
 */
export function readConfiguration<S extends Record<string, Variable<unknown>>>(
  env: Readonly<Record<string, string | undefined>>,
  spec: S,
): Values<S> {
  const faults: string[] = [];
  const entries = Object.entries(spec).map(([key, variable]) => [key, readVariable(env, variable, faults)] as const);
  if (faults.length > 0) throw new ConfigurationError(faults);
  return Object.fromEntries(entries) as Values<S>;
}

function readVariable<T>(
  env: Readonly<Record<string, string | undefined>>,
  { name, expected, parse, absent }: Variable<T>,
  faults: string[],
): T | undefined {
  const fault = (what: string): undefined => {
    faults.push(`${name} ${what}`);
  };
  const given = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (given !== undefined && file !== undefined) return fault(`is given twice: set it or ${name}_FILE, not both`);
  let text = given;
  if (file !== undefined) {
    try {
      text = readFileSync(file, 'utf8').trim();
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? 'unknown fault';
      return fault(`cannot be read from the file that ${name}_FILE names (${code}): make it readable for this process`);
    }
  }
  if (text === undefined) {
    return absent === undefined ? fault(`is missing: set it, or ${name}_FILE, to ${expected}`) : absent.value;
  }
  return parse(text) ?? fault(`is wrong: expected ${expected}`);
}

/** Gives a variable a value for when it is absent. */
export function optional<T, D>(variable: Variable<T>, value: D): Variable<T | D> {
  return { ...variable, absent: { value } };
}

/** States a variable's purpose, which the table in the operators' guide requires of every variable. */
export function meant<T>(purpose: string, variable: Variable<T>): Variable<T> {
  return { ...variable, purpose };
}

/** Any text. `expected` states its use. */
export function string(name: string, expected: string): Variable<string> {
  return { name, expected, parse: (text) => text };
}

/** A secret of at least 256 random bits in base64url. */
export function secret(name: string): Variable<string> {
  return {
    name,
    expected: 'at least 43 random characters of base64url (256 bits)',
    parse: (text) => (/^[\w-]{43,512}$/.test(text) ? text : undefined),
  };
}

/** A URL with one of the protocols, such as `postgresql:`. */
export function url(name: string, protocols: readonly string[] = ['http:', 'https:']): Variable<string> {
  return {
    name,
    expected: `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    parse: (text) => (URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined),
  };
}

/** A URL of an identity provider: https, or http on this machine's own addresses. */
export function issuerUrl(name: string): Variable<string> {
  return {
    name,
    expected: 'a URL that starts with https://, or with http:// on a loopback address',
    parse: (text) => {
      if (!URL.canParse(text)) return undefined;
      const { protocol, hostname } = new URL(text);
      const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
      return protocol === 'https:' || (protocol === 'http:' && isLoopback) ? text : undefined;
    },
  };
}

/** A whole number from `least` to `most`. */
export function integer(name: string, least: number, most: number): Variable<number> {
  return {
    name,
    expected: `a whole number from ${least} to ${most}`,
    parse: (text) => {
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

/** A TCP port; 0 stands for any free one. */
export function port(name: string): Variable<number> {
  return { ...integer(name, 0, 65_535), expected: 'a port from 0 to 65535 (0 is any free one)' };
}

/** One of the words. */
export function choice<const T extends string>(name: string, words: readonly T[]): Variable<T> {
  return {
    name,
    expected: `one of ${words.join(', ')}`,
    parse: (text) => words.find((word) => word === text),
  };
}

/** A comma-separated list of some of the words, at least one. */
export function choices<const T extends string>(name: string, words: readonly T[]): Variable<readonly T[]> {
  return {
    name,
    expected: `a comma-separated list of ${words.join(', ')}`,
    parse: (text) => {
      const parts = text.split(',').map((part) => words.find((word) => word === part.trim()));
      const known = parts.filter((part) => part !== undefined);
      return known.length === parts.length ? known : undefined;
    },
  };
}

/** An Ed25519 key as PEM: PKCS8 for private, SPKI for public. A PEM on one line may have \n for its line ends. */
export function pem(name: string, kind: 'private' | 'public'): Variable<string> {
  const header = kind === 'private' ? '-----BEGIN PRIVATE KEY-----' : '-----BEGIN PUBLIC KEY-----';
  return {
    name,
    expected: `an Ed25519 ${kind} key in PEM, starting with ${header}`,
    parse: (text) => {
      const lines = text.replaceAll('\\n', '\n');
      if (!lines.startsWith(header)) return undefined;
      try {
        const key = kind === 'private' ? createPrivateKey(lines) : createPublicKey(lines);
        return key.asymmetricKeyType === 'ed25519' ? lines : undefined;
      } catch {
        // Not a key. The caller names the fault, because OpenSSL's own message could quote the secret.
        return undefined;
      }
    },
  };
}

/** One or more X.509 certificates in PEM: a certificate with its chain, or authorities. */
export function certificates(name: string): Variable<string> {
  const header = '-----BEGIN CERTIFICATE-----';
  return {
    name,
    expected: `certificates in PEM, starting with ${header}`,
    parse: (text) => {
      const lines = text.replaceAll('\\n', '\n');
      const each = lines.split(header).slice(1);
      if (!lines.startsWith(header)) return undefined;
      try {
        for (const certificate of each) new X509Certificate(header + certificate);
        return lines;
      } catch {
        // Not a certificate. The caller names the fault.
        return undefined;
      }
    },
  };
}

/** The private key of a certificate in PEM, of any kind that TLS knows, without a passphrase. */
export function privateKey(name: string): Variable<string> {
  return {
    name,
    expected: 'a private key in PEM without a passphrase',
    parse: (text) => {
      const lines = text.replaceAll('\\n', '\n');
      try {
        createPrivateKey(lines);
        return lines;
      } catch {
        // Not a key. The caller names the fault, because OpenSSL's own message could quote the secret.
        return undefined;
      }
    },
  };
}

/** True if the key is the private key of the certificate. Both are PEM. */
export function isKeyOf(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

/**
 * Runs a program. If it fails, prints the reason in one sentence on stderr, without a stack trace, and exits with 1.
 */
export function exitOnFault(main: () => Promise<void>): void {
  main().catch((fault: unknown) => {
    process.stderr.write(`${sentenceOf(fault)}\n`);
    process.exit(1);
  });
}

function sentenceOf(fault: unknown): string {
  if (!(fault instanceof Error)) return `It failed with ${String(fault)}.`;
  const { code, port: taken } = fault as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${taken} is taken: stop what listens there, or choose another port.`;
  if (code === 'EACCES' && taken !== undefined) return `Port ${taken} may not be used: choose one above 1023.`;
  return fault.message.split('\n')[0] || `It failed with ${code ?? fault.name}.`;
}

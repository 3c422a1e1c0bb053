import { X509Certificate } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { ConfigurationError } from './configuration.ts';

/** How often files are looked at, in milliseconds. Mounted files tell of changes in no other way. */
const LOOK_EVERY_MS = 1_000;

/** Calls `look` whenever one of the files changes, and at once on SIGHUP. Returns what ends it. */
export function watchFiles(files: readonly string[], look: () => void): () => void {
  for (const file of files) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, look);
  process.on('SIGHUP', look);
  return () => {
    for (const file of files) unwatchFile(file, look);
    process.off('SIGHUP', look);
  };
}

/** Certificates that may be renewed while a process runs. */
export interface Renewing<Tls> {
  /** What is used now, as it was read at start. */
  readonly used: Tls | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads them anew. Throws a ConfigurationError that names every fault. */
  readonly read: (env: Renewing<Tls>['env']) => Tls | null;
  /** Uses them from now on, for new connections; throws when they cannot be used, and leaves everything as it was. */
  readonly accept: (tls: Tls) => void;
  readonly log: { info(what: string): void; error(what: object, message: string): void };
}

/**
 * Takes new certificates into use when the files change that variables name, and at once on SIGHUP. Broken ones, or such as
 * are not valid now, are not used: the old ones stay, and the log says why. Returns what ends it. A certificate and its key
 * are two files: what lies between two writes is refused, and the whole is taken with the second.
 */
export function renewCertificates<Tls extends { readonly certificate: string | null }>({
  used,
  env,
  read,
  accept,
  log,
}: Renewing<Tls>): () => void {
  const named = new Set<string>();
  // Which variables there are is known to who reads them.
  const noting = new Proxy(env, {
    get(from, name) {
      const value = typeof name === 'string' ? from[name] : undefined;
      if (typeof name === 'string' && name.endsWith('_FILE') && value) named.add(value);
      return value;
    },
  });
  let inUse = JSON.stringify(used);
  const look = () => {
    try {
      const tls = read(noting);
      if (tls === null || JSON.stringify(tls) === inUse) return;
      requireValidNow(tls.certificate);
      accept(tls);
      inUse = JSON.stringify(tls);
      log.info('certificates renewed');
    } catch (fault) {
      log.error({ faults: faultsOf(fault) }, 'the new certificates are broken; the old ones stay');
    }
  };
  // They may have changed since they were read at start.
  look();
  return watchFiles([...named], look);
}

function requireValidNow(certificate: string | null): void {
  if (certificate === null) return;
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  if (validFromDate.getTime() <= Date.now() && Date.now() < validToDate.getTime()) return;
  throw new ConfigurationError([
    `the certificate is valid from ${validFromDate.toISOString()} to ${validToDate.toISOString()}: expected one that is valid now`,
  ]);
}

/** Never a message of OpenSSL's: it could quote the secret. */
function faultsOf(fault: unknown): readonly string[] {
  if (fault instanceof ConfigurationError) return fault.faults;
  const { code } = Object(fault) as { readonly code?: unknown };
  return [`TLS cannot use them (${typeof code === 'string' ? code : 'unknown fault'})`];
}

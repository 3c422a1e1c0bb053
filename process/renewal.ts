import { X509Certificate } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { ConfigurationError } from './configuration.ts';

/** Milliseconds between looks at files. Mounted files announce changes in no other way. */
const LOOK_EVERY_MS = 1_000;

/** Calls `look` whenever one of the files changes, and at once on SIGHUP. Returns a function that stops it. */
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
  /** The certificates in use, as read at start. */
  readonly used: Tls | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads them again. Throws a ConfigurationError that names every fault. */
  readonly read: (env: Renewing<Tls>['env']) => Tls | null;
  /** Uses them for new connections from now on. Throws if they cannot be used, and leaves everything as it was. */
  readonly accept: (tls: Tls) => void;
  readonly log: { info(what: string): void; error(what: object, message: string): void };
}

/**
 * Takes new certificates into use when the files that the variables name change, and at once on SIGHUP. If they are
 * broken or not valid now, the old ones stay and the log gives the reason. Returns a function that stops it. A
 * certificate and its key are two files: the state between the two writes is rejected, and both are taken with the
 * second.
 */
export function renewCertificates<Tls extends { readonly certificate: string | null }>({
  used,
  env,
  read,
  accept,
  log,
}: Renewing<Tls>): () => void {
  const named = new Set<string>();
  // Only `read` knows the names of the variables.
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
      log.error(
        { faults: faultsOf(fault) },
        'the new certificates are broken; the old ones stay in use: correct the files',
      );
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

/** The faults without OpenSSL's messages, which could quote the secret. */
function faultsOf(fault: unknown): readonly string[] {
  if (fault instanceof ConfigurationError) return fault.faults;
  const { code } = Object(fault) as { readonly code?: unknown };
  return [`TLS cannot use them (${typeof code === 'string' ? code : 'unknown fault'})`];
}

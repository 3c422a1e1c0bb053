import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's root, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The folder of compiled files, beside the installed packages. */
export const KEPT = `${ROOT}node_modules/.cache/samsyn/`;

/** The folder of the bundle of installed packages. */
export const BUNDLE = `${KEPT}packages/`;

/**
 * Identifies the packages, the Node version and the bundler that a bundle was made with. A bundle with another key is
 * not used.
 */
export function bundleKey() {
  const hash = createHash('sha256').update(process.version);
  for (const file of ['package-lock.json', 'build/bundle-packages.js']) hash.update(readFileSync(`${ROOT}${file}`));
  return hash.digest('hex');
}

/** The package that an import is from: `@apollo/server/errors` is from `@apollo/server`. */
export function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The files of the production code, without tests; paths are relative to the root. */
export function sources() {
  return globSync('{build,chassis,gateway,hub,process,schema,subgraphs}/**/*.ts', {
    cwd: ROOT,
    exclude: (file) => /\.(test|d)\.ts$/.test(file),
  });
}

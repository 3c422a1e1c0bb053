import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's root, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What has been compiled once, beside the installed packages. */
export const KEPT = `${ROOT}node_modules/.cache/samsyn/`;

/** Where the bundle of the installed packages is. */
export const BUNDLE = `${KEPT}packages/`;

/** Which packages a bundle is of, and for which Node and which maker: any other and it is not used. */
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

/** The files of the production code, from the root: no tests. */
export function sources() {
  return globSync('{build,chassis,gateway,hub,process,schema,subgraphs}/**/*.ts', {
    cwd: ROOT,
    exclude: (file) => /\.(test|d)\.ts$/.test(file),
  });
}

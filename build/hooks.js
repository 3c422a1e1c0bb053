/**
 * Compiles this project's TypeScript to JavaScript on import (`typescript.js` imports this). Node's own type stripping
 * emits no decorator metadata, which type-graphql and MikroORM read. Files that are unchanged since the install were
 * compiled then (`compile-sources.js`). Packages come from the bundle (`bundle-packages.js`) if it was made of the
 * installed ones. Both only save time and memory.
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUNDLE, bundleKey, packageOf, ROOT } from './bundle-place.js';
import { compiled } from './compile.js';

const bundled = bundledPackages();
const own = pathToFileURL(ROOT).href;
const installed = pathToFileURL(`${ROOT}node_modules/`).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isOurs = context.parentURL?.startsWith(own) === true && !context.parentURL.startsWith(installed);
    if (!isOurs || !bundled.packages.has(packageOf(specifier))) return nextResolve(specifier, context);
    const url = bundled.files.get(specifier);
    // Loading the installed package beside the bundled one would put two copies in one process.
    if (url === undefined) throw new Error(`The bundle lacks ${specifier}: make it anew with npm run prepare.`);
    return { url, format: 'module', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
    return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});

// Compiled classes hand it their decorators' metadata, whichever module of a program loads first.
await import(bundled.files.get('reflect-metadata') ?? 'reflect-metadata');

/**
 * The packages in the bundle, and the file of each import. There are none if the bundle was made of other packages than
 * the installed ones. There are none for a program of the tests either, because it imports packages that production
 * does not.
 */
function bundledPackages() {
  const none = { packages: new Set(), files: new Map() };
  if (resolve(process.argv[1] ?? '').startsWith(`${ROOT}test/`) || !existsSync(`${BUNDLE}bundle.json`)) return none;
  const { key, files } = JSON.parse(readFileSync(`${BUNDLE}bundle.json`, 'utf8'));
  if (key !== bundleKey()) return none;
  return {
    packages: new Set(Object.keys(files).map(packageOf)),
    files: new Map(Object.entries(files).map(([name, file]) => [name, pathToFileURL(`${BUNDLE}${file}`).href])),
  };
}

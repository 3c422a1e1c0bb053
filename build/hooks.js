/**
 * Takes this project's TypeScript to JavaScript when it is imported (`typescript.js` imports this).
 * Node's own type stripping emits no decorator metadata, which type-graphql and MikroORM read. What is unchanged since the
 * packages were installed was compiled then (`compile-sources.js`), and the packages come from the bundle that was made then
 * (`bundle-packages.js`), if it is of these packages: both only save time and memory.
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
    // The installed package beside the bundled one would be two of it in one process.
    if (url === undefined) throw new Error(`The bundle lacks ${specifier}: make it anew with npm run prepare.`);
    return { url, format: 'module', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
    return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});

// Compiled classes give their decorators' metadata to it, whichever module of a program comes first.
await import(bundled.files.get('reflect-metadata') ?? 'reflect-metadata');

/**
 * The packages in the bundle, and the file of each import; none when it was not made of what is installed, nor for a program
 * of the tests: it imports what production does not.
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

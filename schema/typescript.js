/**
 * Lets Node run this project's TypeScript without a build: `node --import ./schema/typescript.js FILE.ts`.
 * Node's own type stripping emits no decorator metadata, which type-graphql and MikroORM read. What has been compiled once
 * is kept beside the installed packages, where that folder can be written, and the packages come from the bundle that was
 * made when they were installed (`bundle-packages.js`), if it is of these packages: both only save time.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUNDLE, bundleKey, KEPT, packageOf, ROOT } from './bundle-place.js';

const require = createRequire(import.meta.url);
const settings = readFileSync(new URL('../.swcrc', import.meta.url), 'utf8');
const packages = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const keeps = canWrite();
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

function compiled(filename) {
  const text = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(settings).update(packages).update(filename).update(text).digest('hex');
  const file = `${KEPT}${key}.js`;
  if (keeps && existsSync(file)) return readFileSync(file, 'utf8');
  const { transformSync } = require('@swc/core');
  const { code } = transformSync(text, { ...JSON.parse(settings), filename, swcrc: false, sourceMaps: 'inline' });
  if (keeps) {
    // Renamed into place: another process that starts at the same time reads all of it or nothing.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  }
  return code;
}

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

/** May compiled code be kept? Not in a read-only image, nor in another user's checkout. */
function canWrite() {
  try {
    mkdirSync(KEPT, { recursive: true });
    accessSync(KEPT, constants.W_OK);
    return true;
  } catch (fault) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(fault.code)) return false;
    throw fault;
  }
}

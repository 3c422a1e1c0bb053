/**
 * Lets Node run this project's TypeScript without a build: `node --import ./schema/typescript.js FILE.ts`.
 * Node's own type stripping emits no decorator metadata, which type-graphql and MikroORM read. What has been compiled once
 * is kept beside the installed packages, where that folder can be written: a start then loads no compiler, which saves each
 * process an eighth of its time.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const settings = readFileSync(new URL('../.swcrc', import.meta.url), 'utf8');
const packages = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const kept = fileURLToPath(new URL('../node_modules/.cache/samsyn/', import.meta.url));
const keeps = canWrite();

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
    return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});

function compiled(filename) {
  const text = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(settings).update(packages).update(filename).update(text).digest('hex');
  const file = `${kept}${key}.js`;
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

/** May compiled code be kept? Not in a read-only image, nor in another user's checkout. */
function canWrite() {
  try {
    mkdirSync(kept, { recursive: true });
    accessSync(kept, constants.W_OK);
    return true;
  } catch (fault) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(fault.code)) return false;
    throw fault;
  }
}

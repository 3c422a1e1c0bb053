/** Compiles this project's TypeScript one file at a time and keeps the result beside the installed packages. */
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KEPT, ROOT } from './bundle-place.js';
import { stop } from './stop.js';

const require = createRequire(import.meta.url);
const settings = readFileSync(new URL('../.swcrc', import.meta.url), 'utf8');
const packages = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const keeps = canWrite();

/**
 * The JavaScript of a TypeScript file. If this exact text was compiled before, the kept result is read. Otherwise the
 * compiler is loaded, some 20 MB, and the result is kept if the folder is writable.
 */
export function compiled(filename) {
  const text = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(settings).update(packages).update(filename).update(text).digest('hex');
  const file = `${KEPT}${key}.js`;
  return keptIn(file) ?? (keeps ? compileInto(file, text, filename) : compile(text, filename, 'inline').code);
}

function keptIn(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  }
}

/**
 * Writes the code and its source map. The map is a file of its own: it is larger than the code, and only a debugger
 * reads it.
 */
function compileInto(file, text, filename) {
  const { code, map } = compile(text, filename, true);
  const whole = `${code}//# sourceMappingURL=${pathToFileURL(`${file}.map`).pathname}\n`;
  keep(`${file}.map`, map);
  keep(file, whole);
  return whole;
}

function compile(text, filename, sourceMaps) {
  return compilerFor(filename).transformSync(text, { ...JSON.parse(settings), filename, swcrc: false, sourceMaps });
}

/** The compiler. An install without development packages lacks it and runs code that was compiled elsewhere. */
function compilerFor(filename) {
  try {
    return require('@swc/core');
  } catch (fault) {
    if (fault.code !== 'MODULE_NOT_FOUND') throw fault;
    return stop(
      `${relative(ROOT, filename)} is not compiled, and the compiler is not installed: run npm ci without --omit=dev, or copy node_modules/.cache/samsyn from such an install in a folder of the same path.`,
    );
  }
}

/**
 * Writes a file whole: it is renamed into place, so that a process that starts at the same time reads all of it or
 * nothing.
 */
function keep(file, text) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

/** True if compiled code can be kept. It cannot in a read-only image or in another user's checkout. */
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

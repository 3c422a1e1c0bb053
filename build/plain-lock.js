/**
 * Removes the packages' `engines` from the lock file, because npm compares them with the Node that installs. On Node 20
 * that gave 45 false warnings: everything runs on the Node that is installed. A test compares the packages with that
 * version (test/structure/dependencies.test.ts).
 */
import { readFileSync, writeFileSync } from 'node:fs';

const lock = new URL('../package-lock.json', import.meta.url);
const text = readFileSync(lock, 'utf8');
const { packages, ...head } = JSON.parse(text);
const plain = Object.entries(packages).map(([place, { engines, ...rest }]) => [
  place,
  place === '' ? packages[place] : rest,
]);
const written = `${JSON.stringify({ ...head, packages: Object.fromEntries(plain) }, null, 2)}\n`;
if (written !== text) writeFileSync(lock, written);

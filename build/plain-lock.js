/**
 * Takes the packages' `engines` out of the lock file, where npm compares them with the Node that installs: on Node 20 that
 * was 45 warnings, all of them false, since everything runs on the Node that is installed. A test holds the packages
 * against that one (test/structure/dependencies.test.ts).
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

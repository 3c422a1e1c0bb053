/**
 * Builds once what every start would otherwise build again. npm runs it after an install (`prepare`). An install
 * without development packages cannot build; it runs files that were built in a full install.
 */
import './node-version.js';
import { existsSync } from 'node:fs';

const [lacking] = ['esbuild', '@swc/core'].filter(
  (name) => !existsSync(new URL(`../node_modules/${name}`, import.meta.url)),
);
if (lacking === undefined) {
  await import('./plain-lock.js');
  await import('./bundle-packages.js');
  await import('./compile-sources.js');
} else {
  console.log(
    `Nothing was built, because ${lacking} is not installed: copy node_modules/.cache/samsyn from a full install in a folder of the same path.`,
  );
}

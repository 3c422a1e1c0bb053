/** Lets Node run this project's TypeScript without a build: `node --import ./build/typescript.js FILE`. */
import './node-version.js';

await import('./hooks.js');

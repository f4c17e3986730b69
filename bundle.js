// Makes the program of the compiled modules: a few files in dist/program/, because loading hundreds of modules takes longer
// than most commands (docs/decisions/0075). The modules in dist/ stay: they are the library.
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = path.join(root, 'dist');
const program = path.join(dist, 'program');

/** What is started or imported by its address: `dist/program/x.js` for `dist/x.js`. */
const ENTRIES = ['cli/main', 'index', 'optimize/pool/worker', 'plugins/strategy-hooks'];

/** They find modules by address: those of the program, so that a process has each module once. */
const FIND_MODULES = [
  'optimize/pool/worker-pool.js',
  'plugins/register-hooks.js',
  'plugins/strategy-imports.js',
];

/** They find files of the package by address: those stay where they are. */
const FIND_FILES = [
  'cli/commands/init.js',
  'cli/package-version.js',
  'cli/strategies/new-strategy.js',
  'report/client-script.js',
];

/** It writes a file for a user; the address in it is that of the file. */
const WRITE_ADDRESSES = ['cli/strategies/strategy-template.js'];

/** A hundred small modules each that most commands load. Other packages are few modules, or seldom loaded. */
const PACKAGES = ['yaml', 'zod'];

/** Each module keeps the address that it had, wherever its code ends. */
const addresses = {
  name: 'addresses',
  transform(code, id) {
    const file = posix(path.relative(dist, id));
    if (file.startsWith('..') || !code.includes('import.meta')) return null;
    if (WRITE_ADDRESSES.includes(file)) return null;
    const isOfModules = FIND_MODULES.includes(file);
    if (!isOfModules && !FIND_FILES.includes(file))
      this.error(`${file} uses import.meta: add to bundle.js what it finds by its address`);
    return code.replaceAll('import.meta.url', `"address:${isOfModules ? 'program/' : ''}${file}"`);
  },
  renderChunk(code, { fileName }) {
    const folder = path.dirname(path.join(program, fileName));
    return code.replaceAll(/"address:([^"]+)"/g, (_, file) => {
      const there = posix(path.relative(folder, path.join(dist, file)));
      return `new URL("${there}", import.meta.url).href`;
    });
  },
};

const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((name) => [name, path.join(dist, `${name}.js`)])),
  platform: 'node',
  // The compiler has chosen the language already.
  transform: { target: 'esnext' },
  tsconfig: false,
  // All other packages stay packages; the bundler's own helpers are none.
  external: (name) =>
    !name.startsWith('.') &&
    !path.isAbsolute(name) &&
    ![...PACKAGES, '@oxc-project'].includes(name.split('/')[0]),
  plugins: [addresses],
});
// Names without hashes: a trader that runs while the program is built finds what it loads later.
const { output } = await bundle.write({
  dir: program,
  format: 'esm',
  keepNames: true,
  minifyInternalExports: false,
  chunkFileNames: '[name].js',
});
const written = new Set(output.map(({ fileName }) => fileName));
// A licence wants to be in every copy.
for (const name of PACKAGES)
  add(path.join(root, 'node_modules', name, 'LICENSE'), `LICENSE.${name}`);
// What it was made of: bin/wus.js takes the modules when they are no longer these.
const state = path.join(dist, '.tsbuildinfo');
if (existsSync(state)) add(state, '.tsbuildinfo');
removeOthers();

function add(from, name) {
  copyFileSync(from, path.join(program, name));
  written.add(name);
}

/** What an earlier build left. */
function removeOthers() {
  for (const entry of readdirSync(program, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !written.has(posix(path.relative(program, file)))) rmSync(file);
  }
}

function posix(file) {
  return file.split(path.sep).join('/');
}

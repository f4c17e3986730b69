import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../domain/index.js';

let cached: string | undefined;

/**
 * Returns the page's script: the compiled modules of `client/` and `shared/`, each as a function, and a loader of ten lines.
 *
 * @throws {UserError} If the package was not built.
 */
export function clientScript(): string {
  cached ??= assemble(clientFolder());
  return cached;
}

/** Returns lightweight-charts as a classic script, with its licence notice. */
export function chartLibraryScript(): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('lightweight-charts/package.json');
  return readFileSync(
    join(manifest, '..', 'dist', 'lightweight-charts.standalone.production.js'),
    'utf8',
  );
}

/** Beside this file when installed; in `dist/` when the sources run (tests). */
function clientFolder(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(
    new URL(isSource ? '../../dist/report/client/' : './client/', import.meta.url),
  );
}

function assemble(folder: string): string {
  const modules = javascriptFiles(folder).map((file) => {
    const name = relative(folder, file).split(sep).join('/');
    return `${JSON.stringify(name)}: function (exports, require) {\n${readFileSync(file, 'utf8')}\n}`;
  });
  return `(function () {
var modules = {${modules.join(',\n')}};
var loaded = {};
function load(path) {
  if (loaded[path]) return loaded[path];
  var exports = (loaded[path] = {});
  modules[path](exports, function (name) { return load(resolve(path, name)); });
  return exports;
}
function resolve(from, name) {
  var parts = from.split('/').slice(0, -1);
  name.split('/').forEach(function (part) {
    if (part === '..') parts.pop(); else if (part !== '.') parts.push(part);
  });
  return parts.join('/');
}
load('client/main.js');
})();`;
}

function javascriptFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    throw new UserError(
      `The script of the HTML report is missing (${folder}): run "make build" or "npm run build" first`,
    );
  }
  return names
    .filter((name) => name.endsWith('.js'))
    .sort()
    .map((name) => join(folder, name));
}

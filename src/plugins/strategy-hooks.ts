import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  markedAddress,
  markOf,
  PACKAGE_NAME,
  packageAddress,
  relativeModule,
} from './strategy-imports.js';
import { stripTypes } from './strip-types.js';

/**
 * Module hooks for strategy files, for `module.registerHooks()` (which wants plain results) and `module.register()` (which takes
 * them as well as promises). They touch modules only that were imported under a marked address, and what those import.
 */
interface Resolved {
  readonly url: string;
  readonly format?: string;
  readonly shortCircuit?: boolean;
}

interface Loaded {
  readonly format: string;
  readonly source?: unknown;
  readonly shortCircuit?: boolean;
}

export function resolve<Result>(
  specifier: string,
  context: { readonly parentURL?: string | undefined },
  next: (specifier: string, context: unknown) => Result,
): Result | Resolved {
  // For packages that a strategy imports, too: they and the program that runs it share its modules.
  if (specifier === PACKAGE_NAME) return { url: packageAddress, shortCircuit: true };
  const version = markOf(context.parentURL);
  if (context.parentURL === undefined || version === undefined) return next(specifier, context);
  const path = relativeModule(specifier, fileURLToPath(context.parentURL));
  if (path === undefined) return next(specifier, context);
  return { url: markedAddress(path, version), format: 'module', shortCircuit: true };
}

export function load<Result>(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Result,
): Result | Loaded {
  if (markOf(url) === undefined) return next(url, context);
  const path = fileURLToPath(url);
  const source = stripTypes(path, readFileSync(path, 'utf8'));
  return { format: 'module', source, shortCircuit: true };
}

import { transformSync } from '@swc/wasm-typescript';
import { UserError } from '../domain/index.js';

const TYPESCRIPT = /\.m?ts$/;

/**
 * Returns a module's JavaScript: types become blanks, so that lines and columns stay where they were.
 *
 * @param path - Of the file; for its ending and for messages.
 * @param source - TypeScript or JavaScript.
 * @throws {UserError} If the source cannot be parsed, or uses syntax that is more than types (`enum`, `namespace`), with file:line:column.
 */
export function stripTypes(path: string, source: string): string {
  if (!TYPESCRIPT.test(path)) return source;
  const problem = findSyntaxError(path, source);
  if (problem !== undefined) throw problem;
  return transformSync(source, { mode: 'strip-only', filename: path }).code;
}

/**
 * Returns the first syntax error of a module as a message for its author, or `undefined`.
 *
 * @param path - Of the file.
 * @param source - TypeScript or JavaScript.
 */
export function findSyntaxError(path: string, source: string): UserError | undefined {
  try {
    transformSync(source, { mode: 'strip-only', filename: path });
    return undefined;
  } catch (error) {
    if (!isSyntaxReport(error)) throw error;
    const place = `${path}:${error.startLine}:${error.startColumn + 1}`;
    return new UserError(`${place}: ${error.message}`);
  }
}

/** The compiler throws plain objects. */
interface SyntaxReport {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}

function isSyntaxReport(error: unknown): error is SyntaxReport {
  return typeof error === 'object' && error !== null && 'startLine' in error && 'message' in error;
}

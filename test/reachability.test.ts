// What the pure core of the trader loads, with everything that its modules load in turn.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { repositoryRoot } from './e2e/wus.js';

const SOURCE = path.join(repositoryRoot, 'src');
/** Folders without platform, packages, clock and chance; `exchange/ports` is what others must offer. */
const PURE = [
  ...['util', 'domain', 'candles', 'indicators', 'semantics', 'metrics', 'statistics', 'filters'],
  ...['rules', 'settings', 'strategies', 'backtest', 'exchange/ports', 'live/core'],
];
/** Modules of other folders that one step of a bot may load. */
const OTHERS_MAX = 60;

/** Modules that are loaded when this one is: types are gone by then. */
function importsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement);
    if (!isImport && !ts.isExportDeclaration(statement)) return [];
    const isType = isImport
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly;
    const from = statement.moduleSpecifier;
    return isType || from === undefined || !ts.isStringLiteral(from) ? [] : [from.text];
  });
}

/** All modules that loading one leads to, as paths in `src`, and names of packages as they are. */
function reachedFrom(entry: string): Set<string> {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const file = path.join(SOURCE, name);
    if (!existsSync(file)) continue;
    for (const from of importsOf(file)) {
      const isOwn = from.startsWith('.');
      const target = path.posix.join(path.posix.dirname(name), from.replace(/\.js$/, '.ts'));
      waiting.push(isOwn ? target : from);
    }
  }
  return reached;
}

const isPure = (name: string): boolean => PURE.some((folder) => name.startsWith(`${folder}/`));

test('one step of a bot loads pure folders only, and few modules of them', () => {
  const reached = [...reachedFrom('live/core/step.ts')];
  expect(reached.filter((name) => !isPure(name))).toEqual([]);
  const others = reached.filter((name) => !name.startsWith('live/core/'));
  expect(others.length).toBeGreaterThan(20);
  expect(others.length).toBeLessThan(OTHERS_MAX);
});

test('the whole core, with the strategies and rules of the backtest, loads pure folders only', () => {
  const reached = [...reachedFrom('live/core/index.ts')];
  expect(reached).toContain('live/core/step.ts');
  expect(reached.filter((name) => !isPure(name))).toEqual([]);
});

test('the walk sees platform and packages where they are', () => {
  const reached = reachedFrom('live/index.ts');
  for (const name of ['node:zlib', 'ws', 'exchange/index.ts', 'live/core/step.ts'])
    expect(reached).toContain(name);
  // A type is no module that is loaded.
  expect(importsOf(path.join(SOURCE, 'filters/entry-filter.ts'))).toEqual([]);
});

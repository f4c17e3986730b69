// The list of what the package exports is written from its docstrings (`make docs`) and compared here.
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { repositoryRoot } from './e2e/wus.js';

const entry = path.join(repositoryRoot, 'src/index.ts');
const program = ts.createProgram([entry], compilerOptions());
const checker = program.getTypeChecker();

/** Something that the package exports. */
interface Exported {
  readonly folder: string;
  readonly name: string;
  readonly kind: 'function' | 'value' | 'type';
  readonly documentation: string;
}

const exported = exportsOf(entry);

test('everything that the package exports has a docstring', () => {
  const bare = exported.filter(({ documentation }) => documentation === '');
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test('docs/reference/library.md lists it (written by make docs)', async () => {
  const folders = [...new Set(exported.map(({ folder }) => folder))].sort();
  const sections = folders.map((folder) =>
    [
      `## ${folder}`,
      '',
      '| name | kind | what it is |',
      '| --- | --- | --- |',
      ...exported
        .filter((one) => one.folder === folder)
        .map(
          ({ name, kind, documentation }) => `| \`${name}\` | ${kind} | ${cell(documentation)} |`,
        ),
    ].join('\n'),
  );
  const lead =
    'What `mista-wus-algo-trader` exports; an editor shows parameters, units and errors of each. How it fits together: ' +
    '[use the library](../how-to/use-the-library.md). Exchanges and trading are apart: `mista-wus-algo-trader/exchange` and `mista-wus-algo-trader/live`.';
  const page = `# Library\n\n${lead}\n\n${sections.join('\n\n')}\n`;
  const file = path.join(repositoryRoot, 'docs/reference/library.md');
  await expect(page).toMatchFileSnapshot(file);
});

function compilerOptions(): ts.CompilerOptions {
  const file = path.join(repositoryRoot, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile) as { config: object };
  return ts.parseJsonConfigFileContent(config, ts.sys, repositoryRoot).options;
}

function exportsOf(file: string): Exported[] {
  const source = program.getSourceFile(file)!;
  const module = checker.getSymbolAtLocation(source)!;
  return checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    .map((symbol) => {
      const declared = symbol.declarations![0]!.getSourceFile().fileName;
      const [folder = ''] = path
        .relative(path.join(repositoryRoot, 'src'), declared)
        .split(path.sep);
      const documentation = ts.displayPartsToString(symbol.getDocumentationComment(checker));
      return { folder, name: symbol.name, kind: kindOf(symbol), documentation };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(symbol: ts.Symbol): Exported['kind'] {
  if (symbol.flags & ts.SymbolFlags.Function) return 'function';
  return symbol.flags & ts.SymbolFlags.Value ? 'value' : 'type';
}

/** The first sentence, on one line. */
function cell(documentation: string): string {
  const [paragraph = ''] = documentation.split('\n\n');
  const line = paragraph.replaceAll('\n', ' ').trim();
  const [sentence = line] = /^.*?[.](?= [A-Z]|$)/.exec(line) ?? [];
  return sentence.replaceAll('|', '\\|');
}

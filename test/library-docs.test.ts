// The list of what the package exports is written from its docstrings (`make docs`) and compared here.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { COLUMN_INDICATORS, INDICATORS } from '../src/indicators/index.js';
import { firstsOf, INDICATOR_CASES } from '../src/indicators/indicator-cases.contract.js';
import { repositoryRoot } from './e2e/wus.js';

/** What can be imported, with the file that lists it. */
const ENTRIES = {
  'mista-wus-algo-trader': 'index.ts',
  'mista-wus-algo-trader/statistics': 'statistics.ts',
  'mista-wus-algo-trader/exchange': 'exchange.ts',
  'mista-wus-algo-trader/live': 'live.ts',
} as const;
/** More would be hard to find one's way in. */
const ROOT_NAMES_MAX = 76;

const files = Object.values(ENTRIES).map((name) => path.join(repositoryRoot, 'src', name));
const program = ts.createProgram(files, compilerOptions());
const checker = program.getTypeChecker();

/** Something that the package exports. */
interface Exported {
  readonly folder: string;
  readonly name: string;
  readonly kind: 'function' | 'value' | 'type';
  readonly documentation: string;
}

const exported = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, file]) => [
    name,
    exportsOf(path.join(repositoryRoot, 'src', file)),
  ]),
);

test('the package exports these files', () => {
  const { exports } = JSON.parse(
    readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'),
  ) as { exports: Readonly<Record<string, { readonly default?: string }>> };
  const listed = Object.entries(exports).flatMap(([name, { default: file }]) =>
    file === undefined ? [] : [[path.posix.join('mista-wus-algo-trader', name), file]],
  );
  const wanted = Object.entries(ENTRIES).map(([name, file]) => [
    name,
    `./dist/${file.replace('.ts', '.js')}`,
  ]);
  expect(listed.sort()).toEqual(wanted.sort());
});

test('everything that the package exports has a docstring', () => {
  const bare = Object.values(exported)
    .flat()
    .filter(({ documentation }) => documentation === '');
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test('the names of the root are few', () => {
  expect(exported['mista-wus-algo-trader']!.length).toBeLessThanOrEqual(ROOT_NAMES_MAX);
});

test('docs/reference/library.md lists it (written by make docs)', async () => {
  const sections = Object.entries(exported).map(([entry, all]) => {
    const folders = [...new Set(all.map(({ folder }) => folder))].sort();
    const parts = folders.map((folder) =>
      table(
        `### ${folder}`,
        all.filter((one) => one.folder === folder),
      ),
    );
    return [`## ${entry}`, ...parts].join('\n\n');
  });
  const lead =
    'What `mista-wus-algo-trader` exports; an editor shows parameters, units and errors of each. How it fits together: ' +
    '[use the library](../how-to/use-the-library.md). What loads network code is apart.';
  const page = `# Library\n\n${lead}\n\n${sections.join('\n\n')}\n`;
  const file = path.join(repositoryRoot, 'docs/reference/library.md');
  await expect(page).toMatchFileSnapshot(file);
});

function table(title: string, all: readonly Exported[]): string {
  const rows = all.map(
    ({ name, kind, documentation }) => `| \`${name}\` | ${kind} | ${cell(documentation)} |`,
  );
  return [title, '', '| name | kind | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

test('every indicator says where it comes from and where others differ', () => {
  const silent = Object.keys(INDICATORS).filter(
    (name) => name in COLUMN_INDICATORS && documentationOf(name).source === undefined,
  );
  expect(silent).toEqual([]);
});

test('docs/reference/indicators.md lists them (written by make docs)', async () => {
  const names = Object.keys(INDICATORS).sort((a, b) =>
    a.toLowerCase() < b.toLowerCase() ? -1 : 1,
  );
  const isComparison = (name: string) => !(name in COLUMN_INDICATORS);
  const page = [
    '# Indicators',
    INDICATOR_LEAD,
    ...names.filter((name) => !isComparison(name)).map(indicatorSection),
    '# Comparisons',
    ...names.filter(isComparison).map(indicatorSection),
  ].join('\n\n');
  const file = path.join(repositoryRoot, 'docs/reference/indicators.md');
  await expect(`${page}\n`).toMatchFileSnapshot(file);
});

const INDICATOR_LEAD = [
  'What a strategy finds in `indicators`, and what the package exports in `INDICATORS`. Columns are `Float64Array`s of shape `[n]`, one value per candle;',
  '`candles` is what a strategy gets, or any object with the columns that the indicator reads. Element `i` uses candles `0..i` only.',
  '',
  '- **First value**: everything before the index that is given is `NaN`. An average begins with the plain mean of its first values, so it is defined as soon as it has them.',
  '- **Undefined input**: a window that contains an undefined value is undefined; an average, a sum or a trend starts anew after it.',
  '- **Rounding**: sums over a window are exact and rounded once, or summed anew per window, so that nothing drifts, however many candles came before.',
  '- **Sessions** are UTC days, weeks (from Monday) and months. A session that began before the data gives no value.',
  '- **Wrong periods** throw: `Cannot compute MFI as period must be an integer >= 1: current value is 0`.',
  '- In a search the same call on the same columns is computed once per parameter, whatever the number of combinations.',
  '',
  'Programs that start otherwise are named with each indicator; they meet these values after a while, so only the beginning of the data differs. Compared with TA-Lib 0.8.1, Tulip Indicators (tulipy 0.4.0), pandas-ta-classic 0.8.32 and the published values of Skender.Stock.Indicators; Pine as its reference describes it.',
].join('\n');

interface IndicatorDocumentation {
  readonly call: string;
  readonly text: string;
  readonly parameters: readonly string[];
  readonly result: string;
  readonly source: string | undefined;
}

function indicatorSection(name: string): string {
  const { call, text, parameters, result, source } = documentationOf(name);
  const row = INDICATOR_CASES.find((candidate) => candidate.name === name);
  const firsts = Object.entries(row === undefined ? {} : firstsOf(row)).map(([line, index]) =>
    line === '' ? `${index}` : `${line} ${index}`,
  );
  const points = [
    ...parameters,
    `Result: ${result}`,
    ...(row === undefined ? [] : [`First index: ${firsts.join(', ')} of \`${row.call}\``]),
    ...(source === undefined ? [] : [`Source: ${source}`]),
  ];
  return [`## ${name}`, `\`${call}\``, text, points.map((point) => `- ${point}`).join('\n')].join(
    '\n\n',
  );
}

function documentationOf(name: string): IndicatorDocumentation {
  const symbol = indicatorSymbol(name);
  const tags = symbol.getJsDocTags(checker);
  const textOf = (tag: ts.JSDocTagInfo): string => oneLine(ts.displayPartsToString(tag.text));
  const tagged = (tag: string): string[] => tags.filter((one) => one.name === tag).map(textOf);
  const declaration = symbol.declarations![0] as ts.FunctionDeclaration;
  const documented = tagged('param').map((text) => {
    const [, parameter = text, meaning = ''] = /^(\S+)(?: - (.*))?$/.exec(text) ?? [];
    return { parameter, meaning };
  });
  const names = declaration.parameters.map(
    ({ initializer, questionToken }, i) =>
      `${documented[i]?.parameter ?? '?'}${initializer || questionToken ? '?' : ''}`,
  );
  return {
    call: `${name}(${names.join(', ')})`,
    text: ts
      .displayPartsToString(symbol.getDocumentationComment(checker))
      .replace(/\n(?!\n)(?<!\n\n)/g, ' '),
    parameters: documented.map(({ parameter, meaning }, i) =>
      [`\`${parameter}\`: ${meaning}`, ...membersOf(declaration.parameters[i], OPTION_TYPES)].join(
        ' ',
      ),
    ),
    result: [tagged('returns').join(' '), ...membersOf(declaration, LINE_TYPES)].join(' '),
    source: tagged('see')[0],
  };
}

const OPTION_TYPES = /(Options|Periods)$/;
const LINE_TYPES = /(Lines|Line|Bands|HeikinAshiCandles)$/;

/** The members of an option or result type of ours, with what their docstrings say. */
function membersOf(
  node: ts.ParameterDeclaration | ts.FunctionDeclaration | undefined,
  named: RegExp,
): string[] {
  if (node?.type === undefined || !named.test(node.type.getText())) return [];
  const members = checker
    .getTypeFromTypeNode(node.type)
    .getProperties()
    .map((member) => {
      const text = oneLine(ts.displayPartsToString(member.getDocumentationComment(checker)));
      return text === ''
        ? `\`${member.name}\``
        : `\`${member.name}\` (${text.replace(/[.]$/, '')})`;
    });
  return [`Members: ${members.join(', ')}.`];
}

function indicatorSymbol(name: string): ts.Symbol {
  const module = checker.getSymbolAtLocation(
    program.getSourceFile(path.join(repositoryRoot, 'src/indicators/catalogue.ts'))!,
  )!;
  const catalogue = checker.getExportsOfModule(module).find((one) => one.name === 'INDICATORS')!;
  const property = checker.getTypeOfSymbol(catalogue).getProperty(name)!;
  return checker.getTypeOfSymbol(property).getSymbol()!;
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ').replace(/ +/g, ' ').trim();
}

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

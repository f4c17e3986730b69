// What users read is plain English in the words of the field: subject, verb, object, and no persons but people.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from './e2e/wus.js';

/** Words that are never right here, and what stands in their place. Reviewed by hand: no row may have a good use. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bplay money\b/i, 'paper trading, simulated money, or test funds'],
  [/\bother hands\b/i, 'externally'],
  [/\bstrangers?\b/i, 'external orders'],
  [/\bmade[- ]up\b/i, 'generated, or synthetic'],
  [/\bshall\b/i, 'must, or the present tense'],
  [/\b(is|are|was|were|be) told\b/i, 'is reported'],
  [/\btold (of|by|apart)\b/i, 'reported, or distinguished'],
  [/\b(hears?|heard)\b/i, 'receives'],
  [/\bobey(s|ed)?\b/i, 'executes, or accepts'],
  [/\bwish(es|ed)?\b/i, 'requests'],
  [/\bremembers?\b/i, 'stores, or records'],
  [/(?<!\/)\bforgets?\b/i, 'discards, or loses'],
  [/\bspeaks?\b/i, 'the verb for what it does'],
  [/\banew\b/i, 'again'],
  [/\bnobody\b/i, 'the thing that is missing'],
  [/\bwhoever\b/i, 'the person or program'],
  [/\b(go|goes|going|went) on\b/i, 'continue'],
  [/\bthere twice\b/i, 'appears twice, or duplicate'],
  [/(?<!there )\b(is|are) no (?!longer\b|more\b)/i, 'is not a'],
  [/\bcut short\b/i, 'truncated'],
  [/\btorn\b/i, 'incomplete'],
  [/\bmend(s|ed)?\b/i, 'fix'],
  [/\bhindrances?\b/i, 'degraded operation'],
  [/\bhindered\b/i, 'degraded'],
  [/\bout of reach\b/i, 'cannot be reached'],
  [/\bby hand\b/i, 'manually'],
  [/\ball the same\b/i, 'anyway'],
  [/\bleav(e|es|ing) (it|them|that|this|\S+) out\b/i, 'omit'],
  [/\bstands still\b/i, 'is halted'],
  [/\bcarr(y|ied) out\b/i, 'execute'],
  [/\btakes? no\b/i, 'does not accept'],
  [/\b(died|dies)\b/i, 'crashed, or failed'],
  [/\blooked at\b/i, 'queried, or checked'],
  [/\bunder way\b/i, 'in flight, or in progress'],
  [/\bjust now\b/i, 'now'],
  [/\bnothing is entered\b/i, 'entries are blocked'],
  [/\bwhat is open\b/i, 'open positions'],
  [/\b(is|are) permitted \(/i, 'the limit is'],
  [/\bbeside\b/i, 'next to, or in addition to'],
  [/\bsign of life\b/i, 'heartbeat'],
  [/\bbuying and holding\b/i, 'buy and hold'],
  [/\bcannot be told from\b/i, 'cannot be distinguished from'],
  [/\b(could|may|might) come of\b/i, 'forecast'],
  [/\bhow sure\b/i, 'uncertainty'],
  [/\bwhat may come\b/i, 'forecast'],
  [/\bevery so many\b/i, 'every N'],
];

/** Texts of Binance that the local exchange repeats. */
const OF_BINANCE = ['src/exchange/simulated/refusal.ts', 'src/exchange/server/wire-answers.ts'];

function filesBelow(folder: string, isWanted: (file: string) => boolean): string[] {
  return readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
    .filter(isWanted);
}

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');

const SOURCES = filesBelow(
  'src',
  (file) =>
    /\.ts$/.test(file) &&
    !/\.(test|contract)\.ts$/.test(file) &&
    !file.includes('/simulation/') &&
    !OF_BINANCE.includes(file),
);
const PAGES = [
  'README.md',
  'docs/README.md',
  ...filesBelow('docs/how-to', (file) => file.endsWith('.md')),
  // Pages of the library and of indicators are docstrings, whose readers are programmers.
  ...filesBelow('docs/reference', (file) => /(?<!library|indicators)\.md$/.test(file)),
];
const TEMPLATES = ['config', 'deploy', 'examples'].flatMap((folder) =>
  filesBelow(folder, (file) => path.extname(file) !== '' || file.endsWith('Dockerfile')),
);

/** A line of text that a user may read. */
interface Text {
  readonly place: string;
  readonly text: string;
}

/** String literals and templates of a source with such a word in it that have two words or more; a value in a template is a gap. */
function messagesOf(file: string, content: string): Text[] {
  // Most sources have no such word anywhere: parsing all of them takes seconds.
  if (!BANNED.some(([word]) => word.test(content))) return [];
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, false);
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    const text = messageOf(node);
    if (text !== undefined && /[a-z]{2,} +\S*[a-z]{2,}|[a-z]{2,} $|^ [a-z]{2,}/i.test(text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push({ place: `${file}:${line + 1}`, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function messageOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head, ...node.templateSpans.map(({ literal }) => literal)]
    .map(({ text }) => text)
    .join('…');
}

/** Lines of a page: no code of programs, and no words in code style, which are names. */
function linesOf(file: string, content: string): Text[] {
  const blank = (block: string): string => block.replaceAll(/[^\n]/g, ' ');
  const prose = content
    .replaceAll(/^```(ts|js|json|python|go)\n[\s\S]*?^```/gm, blank)
    .replaceAll(/`[^`\n]+`/g, blank);
  return prose.split('\n').map((text, k) => ({ place: `${file}:${k + 1}`, text }));
}

/** What is wrong with texts, each with the words to write. */
function faultsOf(texts: readonly Text[]): string[] {
  return texts.flatMap(({ place, text }) =>
    BANNED.flatMap(([word, better]) => {
      const found = word.exec(text)?.[0];
      return found === undefined ? [] : [`${place}: "${found}": write ${better} (${text.trim()})`];
    }),
  );
}

describe('what users read is in plain words', () => {
  test('messages of the program', () => {
    const messages = SOURCES.flatMap((file) => messagesOf(file, read(file)));
    expect(SOURCES.length).toBeGreaterThan(700);
    expect(messages.length).toBeGreaterThan(500);
    expect(faultsOf(messages)).toEqual([]);
  });

  test.each(PAGES)('%s', (page) => {
    expect(faultsOf(linesOf(page, read(page)))).toEqual([]);
  });

  test('templates, examples and units', () => {
    expect(TEMPLATES.length).toBeGreaterThan(7);
    expect(faultsOf(TEMPLATES.flatMap((file) => linesOf(file, read(file))))).toEqual([]);
  });
});

describe('the check itself', () => {
  test('finds a word in a literal, in a template and in a page, and says what to write', () => {
    const source = [
      "throw new Error('the stop is no number');",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: source that is parsed.
      'note(`${n} orders by other hands`);',
      "const obeyed = 'told-apart'; // the bot was told",
    ].join('\n');
    expect(faultsOf(messagesOf('a.ts', source))).toEqual([
      'a.ts:1: "is no ": write is not a (the stop is no number)',
      'a.ts:2: "other hands": write externally (… orders by other hands)',
    ]);
    const page =
      'Trade with play money.\n`shall` is a name.\n```ts\nconst shall = 1;\n```\nIt shall.\n';
    expect(faultsOf(linesOf('p.md', page)).map((fault) => fault.split(' (')[0])).toEqual([
      'p.md:1: "play money": write paper trading, simulated money, or test funds',
      'p.md:6: "shall": write must, or the present tense',
    ]);
  });

  test.each([
    'there is no default',
    'it is no longer traded',
    'the rest of the day',
    'a resting stop is working',
    'the newest candle comes first',
    'Not proven: by luck alone in 41 % of worlds without an edge',
  ])('accepts %j', (text) => {
    expect(faultsOf([{ place: 'x', text }])).toEqual([]);
  });

  test.each(BANNED)('%s has words to write instead', (word, better) => {
    expect(better).not.toMatch(word);
    expect(better.length).toBeGreaterThan(2);
  });
});

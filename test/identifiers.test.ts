// The trader's code speaks the language of its field: identifiers and file names, as `words.test.ts` checks what users read.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from './e2e/wus.js';

/** Words of names, in lower case with spaces between, that are never right here; and what to write instead. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\b(hear|hears|heard|hearing)\b/, 'on… or apply…'],
  [/\bsenses\b/, 'observed'],
  [/\bask time\b/, 'pollTime'],
  [/\b(hindrances?|hindered)\b/, 'degradation'],
  [/\b(doubt|doubts|doubted)\b/, 'unknown'],
  [/\b(unsearched|unsought|sought)\b/, 'reconcile…'],
  [/\b(wish|wishes|wished)\b/, 'request, or expected'],
  [/\b(tend|tends)\b/, 'supervise'],
  [/\bstrangers?\b/, 'external'],
  [/\bother hands\b/, 'external'],
  [/\bmade up\b/, 'generate, or synthetic'],
  [/\b(obey|obeys|obeyed)\b/, 'handle, or apply'],
  [/\bat work\b/, 'working'],
];

/** Files about names on the disk, which older versions wrote. */
const OF_DISK = ['src/live/core/stored-memory.ts', 'src/live/journal/stored-names.test.ts'];

const FILES = ['src/live', 'src/exchange'].flatMap((folder) =>
  readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
    .filter((name) => name.endsWith('.ts') && !OF_DISK.includes(name)),
);

/** `hearHTTPAnswer` and `hear-http-answer` are `hear http answer`. */
function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** What is wrong with a name. */
function faultsOf(place: string, name: string): string[] {
  const words = wordsOf(name);
  return BANNED.flatMap(([word, better]) =>
    word.test(words) ? [`${place}: ${name}: write ${better}`] : [],
  );
}

/** Names that a source declares or uses, each once. */
function identifiersOf(content: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', content, ts.ScriptTarget.Latest, false));
  return names;
}

/** Cheap, because most sources have no such word in any form. */
const SUSPICIOUS =
  /hear|senses|ask_?time|hinder|hindran|doubt|sought|searched|wish|tend|stranger|hands|made|obey|work/i;

test('names in the code of the trader and of the exchange', () => {
  expect(FILES.length).toBeGreaterThan(300);
  const faults = FILES.flatMap((file) => {
    const content = readFileSync(path.join(repositoryRoot, file), 'utf8');
    const names = SUSPICIOUS.test(content) ? [...identifiersOf(content)] : [];
    return [
      ...faultsOf(file, path.basename(file)),
      ...names.flatMap((name) => faultsOf(file, name)),
    ];
  });
  expect(faults).toEqual([]);
});

describe('the check itself', () => {
  test('finds words in names of every form, and says what to write', () => {
    const source = `
      import { hearAccount } from './hear-account.js';
      class Bot { #heard = 0; tend() { return this.senses.askTime; } }
      const { hindrances: kept, isDoubted } = memory; // a stranger in a comment
      type MadeUpID = 'other-hands';
    `;
    const names = [...identifiersOf(source)].flatMap((name) => faultsOf('a.ts', name));
    expect(names).toEqual([
      'a.ts: hearAccount: write on… or apply…',
      'a.ts: #heard: write on… or apply…',
      'a.ts: tend: write supervise',
      'a.ts: senses: write observed',
      'a.ts: askTime: write pollTime',
      'a.ts: hindrances: write degradation',
      'a.ts: isDoubted: write unknown',
      'a.ts: MadeUpID: write generate, or synthetic',
    ]);
    expect(faultsOf('b', 'strangers.test.ts')).toEqual(['b: strangers.test.ts: write external']);
  });

  test.each([
    'heartbeat',
    'askPrice',
    'extends',
    'isDoubtful',
    'attended',
    'shear',
    'network',
    'workAt',
  ])('accepts %s', (name) => {
    expect(faultsOf('x', name)).toEqual([]);
  });

  test.each(BANNED)('%s: what to write is no such word itself', (word, better) => {
    expect(wordsOf(better)).not.toMatch(word);
  });
});

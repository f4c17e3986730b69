import { expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { parseYaml } from './yaml.js';

function refusal(text: string): string {
  try {
    parseYaml(text, 'f.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error('it was accepted');
}

test.each([
  ['A:\n  M: {f: [5, 10]\n', '2:6: this { is not closed; add }'],
  ['A:\n  M: [5, 10\nB: 1\n', '2:6: this [ is not closed; add ]'],
  ['a: [1, [2, 3]\nb: 1', '1:4: this [ is not closed; add ]'],
  ['a: [1, 2}', '1:4: this [ is not closed; add ]'],
  ['a: {b: 1]', '1:4: this { is not closed; add }'],
  ['{', '1:1: this { is not closed; add }'],
  ['}\n', '1:1: this closing bracket or brace has no opening one'],
  ['a: ]\n', '1:4: this closing bracket or brace has no opening one'],
  ['a: "x\nb: 1\n', '1:4: this " is not closed; add another one'],
  ["a: 1\nb: 'x\n", "2:4: this ' is not closed; add another one"],
  ['a: 1\n  b: 2\n', '1:4: this key has a value, but the next line is indented'],
  ['a:\n   b: 1\n  c: 2\n', '3:1: this line is indented differently'],
  ['a:\n  - 1\n - 2\n', '3:1: this list item is indented differently'],
  ['a:\n\tb: 1\n', '2:1: a tab is used as indentation; use spaces'],
  ['a: 1\nb: 2\na: 3\n', '3:1: duplicate key; keep one'],
  ['a: {b: 1, b: 2}\n', '1:11: duplicate key; keep one'],
  ['a: b: c\n', '1:4: there is a second ":" on this line; put the value in quotes'],
  ['a: 1\n- b\n', '2:1: a list item cannot follow "key: value" at this level'],
  ['- a\nb: 1\n', '2:1: "key: value" cannot follow a list'],
  ['a\nb: 1\n', '1:1: the ":" after this key is missing; write key: value'],
  ['B:\n  M\n    f: [1]\n', '2:3: the ":" after this key is missing; write key: value'],
  ['a: {b: 1\n  c: 2}', '1:8: a comma is missing between values'],
  ['{"a": 1,\n"b" 2}', '2:5: a comma or a ":" is missing before this; add it'],
  ['a: [1,,2]\n', '1:7: there is an extra comma; remove it'],
  ['a: - 1\n', '1:4: a list that begins with "-" starts on the line below its key'],
  ['a: @x\n', '1:4: a value cannot start with this character; put the value in quotes'],
  ['a: %x\n', '1:4: a value cannot start with this character; put the value in quotes'],
  ['a: "\\q"\n', '1:5: a backslash is an escape character inside "…"'],
  ['a: "x" y\n', '1:8: text after the end of the value; remove it'],
  ['a: [1]#x', '1:7: a comment needs a space before its #'],
  ['a: |x\n  b\n', '1:5: | and > start multi-line text'],
  ['a: 1\n---\nb: 2\n', '2:1: a second document starts here ("---"); keep only one'],
  ['--- a: 1', '1:5: the content must start on the line after "---"'],
  ['b: 1\na: *x\n', '2:4: *x is not defined in this file; put the value in quotes'],
  ['a: *\n', '1:4: &, * and ! are special characters in YAML'],
  ['a: &x &y 1\n', '1:7: &, * and ! are special characters in YAML'],
  ['a: {{x}}\n', '1:5: a key is a word, not a list or a map; put the value in quotes'],
])('%j is refused in plain words, where it is', (text, message) => {
  expect(refusal(text)).toContain(`f.yaml:${message}`);
});

test('no message speaks of grammars', () => {
  const pieces = [
    'a: ',
    '[',
    '{',
    '"',
    "'",
    ']',
    '}',
    ', ',
    '- ',
    '? ',
    ': ',
    '\n',
    '  ',
    '&x ',
    '*',
    '!t ',
    '|',
    '#',
    '%',
    '@',
    '---',
    'b',
    '1',
    '\t',
  ];
  for (let k = 0; k < 4000; k++) {
    // Every text of three pieces, with a key before it.
    const [i, j, l] = [k % 23, Math.floor(k / 23) % 23, Math.floor(k / 529) % 23];
    const text = `z: 0\n${pieces[i]}${pieces[j]}${pieces[l]}`;
    let message = '';
    try {
      parseYaml(text, 'f.yaml');
    } catch (error) {
      expect(error, text).toBeInstanceOf(UsageError);
      ({ message } = error as UsageError);
    }
    expect(message, text).not.toMatch(/flow |block |mapping|scalar|indicator|token|implicit|node/i);
    if (message !== '') expect(message, text).toMatch(/^f\.yaml:\d+:\d+: [^\n]+$/);
  }
});

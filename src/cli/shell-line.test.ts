import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellLine } from './shell-line.js';

test('shellLine() quotes only what needs it', () => {
  expect(shellLine(['wus', 'backtest', '--param', 'a=1', '--file', 'my data.csv', ''])).toBe(
    "wus backtest --param a=1 --file 'my data.csv' ''",
  );
});

test('a shell reads back the same words', () => {
  const words = ["it's", '$HOME', 'a;b', '"', '\\', '*', '~', 'é', 'two\nlines'];
  const out = execFileSync('sh', ['-c', `printf '%s\\0' ${shellLine(words)}`], {
    encoding: 'utf8',
  });
  expect(out.split('\0').slice(0, -1)).toEqual(words);
});

import { describe, expect, test } from 'vitest';
import { lineToCopy, programWords, withOwnProgram } from './invoked-as.js';

const PACKAGE = 'mista-wus-algo-trader';
const EXEC = { npm_command: 'exec' };

describe('programWords()', () => {
  test.each<[string, string | undefined, Record<string, string>, string, string]>([
    ['npx in a project', '/p/node_modules/.bin/wus', { npm_command: 'exec' }, '/p', 'npx wus'],
    ['npx in a folder of the project', '/p/node_modules/.bin/wus', {}, '/p/research', 'npx wus'],
    ['npx on Windows', `/p/node_modules/${PACKAGE}/bin/wus.js`, {}, '/p', 'npx wus'],
    ['npx without a project', '/c/_npx/1/node_modules/.bin/wus', EXEC, '/p', `npx ${PACKAGE}`],
    ['an installed program', '/usr/local/bin/wus', {}, '/home/me', 'wus'],
    ['an installed script', `/usr/lib/node_modules/${PACKAGE}/bin/wus.js`, {}, '/p', 'wus'],
    ['a clone', '/c/bin/wus.js', {}, '/c', 'node bin/wus.js'],
    ['a clone under a test runner of npx', '/c/bin/wus.js', EXEC, '/c', 'node bin/wus.js'],
    ['a folder above a clone', '/c/wus/bin/wus.js', {}, '/c', 'node wus/bin/wus.js'],
    ['the folder of the script', '/c/bin/wus.js', {}, '/c/bin', 'node wus.js'],
    ['a clone elsewhere', '/opt/wus/bin/wus.js', {}, '/var/lib/wus', 'wus'],
    ['another program', '/c/node_modules/vitest/vitest.mjs', EXEC, '/c', 'wus'],
    ['no script', undefined, {}, '/c', 'wus'],
  ])('%s', (_, script, environment, workingFolder, program) => {
    expect(programWords({ script, environment, workingFolder }).join(' ')).toBe(program);
  });
});

test('words are quoted, and lines of other programs stay', () => {
  expect(lineToCopy(['wus', 'backtest', '--file', 'my candles.csv'])).toBe(
    "wus backtest --file 'my candles.csv'",
  );
  expect(lineToCopy(['node', '--test', 'strategies/'])).toBe('node --test strategies/');
  expect(withOwnProgram('wus optimize --resume')).toBe('wus optimize --resume');
  expect(withOwnProgram('node examples/a.js')).toBe('node examples/a.js');
});

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { processTerminal } from '../terminal.js';
import { writeNewStrategy } from './new-strategy.js';

const cases: readonly (readonly [string, string])[] = [
  [
    'MACross',
    '"MACross" is the name of a built-in strategy (MACross); choose another, for example MyMACross',
  ],
  ['rsireversion', '"rsireversion" is the name of a built-in strategy (RSIReversion)'],
  [
    'strategies/dip.ts',
    'Strategy name "strategies/dip.ts": give only a name, for example DipInTrend',
  ],
  ['dip.ts', 'give only a name'],
  ['../dip', 'give only a name'],
  ['über', 'Strategy name "über": use letters, digits, ".", "_" and "-" only, at most 80'],
  ['', 'Strategy name "": use letters'],
  ["a'b", 'use letters, digits'],
  ['a b', 'use letters, digits'],
  ['-', 'use letters, digits'],
  ['x'.repeat(81), 'at most 80'],
];

test.each(cases)('the name %j is refused, and nothing is written', async (name, sentence) => {
  const workingFolder = mkdtempSync(path.join(tmpdir(), 'wus-new-'));
  onTestFinished(() => rmSync(workingFolder, { recursive: true }));
  const terminal = { ...processTerminal(), workingFolder };
  const request = { name, folder: 'strategies', isForced: true };
  const error: unknown = await writeNewStrategy(request, terminal).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(sentence) as string,
  });
  expect((error as Error).message).not.toContain('\n');
  expect(existsSync(path.join(workingFolder, 'strategies'))).toBe(false);
});

import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { continueDetailsFile } from './details-file.js';
import { cellsLength } from './details-rows.js';

const hasFullDevice = existsSync('/dev/full');
if (!hasFullDevice) console.warn('SKIPPED: a full disk, because there is no /dev/full');

test.skipIf(!hasFullDevice)('a full disk is named, with what to do', () => {
  let isReleased = false;
  const file = continueDetailsFile('/dev/full', {
    release: () => {
      isReleased = true;
    },
  });
  expect(() => file.append('a,b\n')).toThrow(
    'Cannot write /dev/full: the disk is full; free some space and run again',
  );
  file.close();
  file.close();
  expect(isReleased).toBe(true);
});

test.each([
  ['a,b,c', 1, 2],
  ['a,b,c', 2, 4],
  ['"a,x",b,c', 1, 6],
  ['"a""q,",b,c', 1, 8],
  ['a,b,c', 3, -1],
])('the first cells of %j, %d of them, take %d characters', (line, cells, length) => {
  expect(cellsLength(line, cells)).toBe(length);
});

import path from 'node:path';
import { timeText } from '../../candles/index.js';
import type { Terminal } from '../terminal.js';

/** A span: `2022-01-01 00:00 to 2023-01-01 00:00 UTC`. */
export function spanText(startTime: number, endTime: number): string {
  return `${timeText(startTime)} to ${timeText(endTime)} UTC`;
}

/** A path as typed where that works, so that messages show what the user wrote. */
export function inWorkingFolder(terminal: Pick<Terminal, 'workingFolder'>, file: string): string {
  return terminal.workingFolder === process.cwd()
    ? file
    : path.resolve(terminal.workingFolder, file);
}

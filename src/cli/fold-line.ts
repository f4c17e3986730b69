import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from './terminal.js';

/** Narrower than this nothing can be read. */
const WIDTH_MIN = 20;

/**
 * Breaks a line between words so that no part is wider than the terminal; a word that is wider is broken as well.
 *
 * @param text - One line or several.
 * @param width - Characters.
 * @param indent - Of the parts after the first.
 */
export function foldLine(text: string, width: number, indent: string): string[] {
  return text.split('\n').flatMap((line) => foldOne(line, Math.max(width, WIDTH_MIN), indent));
}

/**
 * Returns the width that lines for people are folded to; `undefined` where a program reads them, one line each.
 *
 * @param terminal - `COLUMNS` says it where standard output is no terminal.
 */
function foldWidth({ isInteractive, columns, environment }: Terminal): number | undefined {
  if (isInteractive) return columns;
  const wanted = Number(environment.COLUMNS);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : undefined;
}

/**
 * Prints lines for people: folded on a terminal, one line each elsewhere.
 *
 * @param text - One line or several.
 * @param terminal - Where.
 * @param indent - Of the parts after the first.
 */
export function printFolded(text: string, terminal: Terminal, indent: string): void {
  terminal.print(folded(text, terminal, indent));
}

/** The same for notes. */
export function noteFolded(text: string, terminal: Terminal, indent: string): void {
  terminal.note(folded(text, terminal, indent));
}

function folded(text: string, terminal: Terminal, indent: string): string {
  const width = foldWidth(terminal);
  return width === undefined ? text : foldLine(text, width, indent).join('\n');
}

/** Cells of a terminal that a text takes, as far as lines of the trader need to know: letters of Latin scripts. */
export function cellsOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

function foldOne(line: string, width: number, indent: string): string[] {
  if (cellsOf(line) <= width) return [line];
  const lines: string[] = [];
  let rest = line;
  while (cellsOf(rest) > width) {
    const letters = [...rest];
    const minimum = lines.length === 0 ? 0 : indent.length;
    let at = letters.lastIndexOf(' ', width);
    if (at <= minimum) at = width;
    lines.push(letters.slice(0, at).join('').trimEnd());
    rest = `${indent}${letters.slice(at).join('').trimStart()}`;
  }
  return [...lines, rest];
}

import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.js';

/**
 * Asks a person.
 *
 * @param question - Ends with a blank.
 * @param terminal - Where.
 * @returns What was typed; `undefined` where nobody sits.
 */
export async function answerTo(
  question: string,
  terminal: Pick<Terminal, 'isInteractive'>,
): Promise<string | undefined> {
  if (!terminal.isInteractive || !process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(question);
  lines.close();
  return answer;
}

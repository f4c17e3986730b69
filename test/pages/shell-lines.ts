// Takes the shell blocks of a page apart into commands.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../e2e/wus.js';

/** The commands of all `sh` blocks in order: continued lines and here-documents are whole, comments gone. */
export function shellCommandsOf(page: string): string[] {
  const text = readFileSync(path.join(repositoryRoot, page), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.flatMap(commandsOfBlock);
}

function commandsOfBlock(block: string): string[] {
  const commands: string[] = [];
  const lines = block.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    let command = line;
    while (command.endsWith('\\') && lines.length > 0)
      command = `${command.slice(0, -1).trimEnd()} ${lines.shift()?.trim()}`;
    const [, end] = /<<'?(\w+)'?/.exec(command) ?? [];
    if (end !== undefined) while (lines.length > 0 && lines.shift() !== end);
    command = command.replace(/(^|\s+)#.*$/, '').trim();
    if (command !== '') commands.push(command.replace(/ {2,}/g, ' '));
  }
  return commands;
}

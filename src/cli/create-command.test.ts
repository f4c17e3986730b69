import { describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { addSubcommand, createCommand, runCommand } from './create-command.js';
import { addRunFlags } from './run-flags.js';
import type { Terminal } from './terminal.js';

const terminal = { columns: 80, hasColors: false, print: () => undefined } as unknown as Terminal;
const outline = { name: 'try', summary: 'Try', examples: [] };

async function run(...args: string[]): Promise<boolean> {
  let isRun = false;
  const command = createCommand(terminal, outline)
    .option('--trades-file <file>', '')
    .option('--report [file]', '')
    .option('--file <file...>', '')
    .option('--output-dir <folder>', '', 'results')
    .option('--note <text>', '')
    .action(() => {
      isRun = true;
    });
  await runCommand(command, args);
  return isRun;
}

test.each([
  [['--trades-file', '-'], '--trades-file -: standard input and output cannot be used here'],
  [['--report', '-'], '--report -: standard input and output cannot be used here; name a file'],
  [['--file', 'a.csv', '-'], '--file -: standard input and output cannot be used here'],
  [['--output-dir', '-'], 'cannot be used here; name a folder'],
])('%j is refused, and no file is named "-"', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(UsageError);
  await expect(run(...args)).rejects.toThrow(message);
});

test.each([[[]], [['--report']], [['--trades-file', './-']], [['--note', '-']]])(
  '%j is accepted',
  async (args) => {
    expect(await run(...args)).toBe(true);
  },
);

test('a dash is refused in subcommands, too', async () => {
  const parent = createCommand(terminal, outline);
  addSubcommand(parent, terminal, { ...outline, name: 'child' })
    .option('--trades-dir <folder>', '')
    .action(() => undefined);
  await expect(runCommand(parent, ['child', '--trades-dir', '-'])).rejects.toThrow(
    '--trades-dir -: standard input and output cannot be used here; name a folder',
  );
});

describe('acceptFormerName()', () => {
  const run = async (args: readonly string[]) => {
    const notes: string[] = [];
    const told = { ...terminal, note: (text: string) => void notes.push(text) };
    let seen: unknown;
    const command = createCommand(told, outline);
    addRunFlags(command, {
      heading: 'Period:',
      flags: [
        {
          flags: '--start <date>',
          formerly: '--opt-start <date>',
          key: 'start',
          kind: 'text',
          description: 'Begin',
        },
      ],
    }).action((options: Record<string, unknown>) => {
      seen = options.start;
    });
    await runCommand(command, args);
    return { seen, notes, help: command.helpInformation() };
  };

  test('takes the value, says the new name, and is not in the help', async () => {
    expect(await run(['--start', '2024-01-01'])).toMatchObject({ seen: '2024-01-01', notes: [] });
    const old = await run(['--opt-start=2024-01-01']);
    expect(old).toMatchObject({
      seen: '2024-01-01',
      notes: ['--opt-start is now --start in every command; the old name still works'],
    });
    expect(old.help).not.toContain('opt-start');
  });

  test('refuses both names at once', async () => {
    await expect(run(['--start', '2024', '--opt-start', '2023'])).rejects.toThrow(
      '--opt-start is the former name of --start: give only one',
    );
  });
});

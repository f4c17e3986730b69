// The files of a bot's folder that people and other processes read: log, commands, status, watched configuration.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BotView } from '../live/index.js';
import { CommandReader, findBots, leaveCommand, writeStatus } from './control-files.js';
import { LineLog } from './line-log.js';
import { watchFileText } from './watched-file.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('LineLog', () => {
  test('keeps the newest lines in files of bounded size', async () => {
    const folder = temporaryFolder();
    const log = new LineLog(path.join(folder, 'deep', 'trader.log'), { fileBytesMax: 1_000 });
    for (let i = 0; i < 300; i++) {
      log.write(`line ${String(i).padStart(4, '0')}`);
      if (i % 10 === 0) await log.settled();
    }
    await log.settled();
    const names = readdirSync(path.join(folder, 'deep')).sort();
    expect(names).toEqual(['trader.log', 'trader.log.1', 'trader.log.2', 'trader.log.3']);
    for (const name of names) {
      expect(statSync(path.join(folder, 'deep', name)).size).toBeLessThanOrEqual(1_000);
    }
    expect(readFileSync(path.join(folder, 'deep', 'trader.log'), 'utf8')).toMatch(/line 0299\n$/);
  });

  test('two processes that write to one log keep it bounded, and lose no line', async () => {
    const file = path.join(temporaryFolder(), 'trader.log');
    const logs = [1, 2].map(() => new LineLog(file, { fileBytesMax: 1_000 }));
    for (let i = 0; i < 60; i++) {
      const log = logs[i % 2]!;
      log.write(`line ${String(i).padStart(4, '0')} of a trader`);
      await log.settled();
    }
    const files = [file, `${file}.1`, `${file}.2`].filter((name) => existsSync(name));
    for (const name of files) expect(statSync(name).size).toBeLessThanOrEqual(1_000);
    const lines = files.reverse().flatMap((name) => readFileSync(name, 'utf8').trim().split('\n'));
    expect(lines.map((line) => line.slice(5, 9)).map(Number)).toEqual(
      Array.from({ length: 60 }, (_, i) => i),
    );
  });

  test('a folder that cannot be written does not throw', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'file'), '');
    const log = new LineLog(path.join(folder, 'file', 'trader.log'));
    log.write('lost');
    await log.settled();
  });
});

describe('commands', () => {
  test('are taken once, oldest first, and their files go', async () => {
    const folder = temporaryFolder();
    const reader = new CommandReader(folder);
    await leaveCommand(folder, 'flatten', 2_000);
    await leaveCommand(folder, 'halt', 1_000);
    writeFileSync(path.join(folder, 'command-000000000003000-rm'), '');
    const taken: string[] = [];
    reader.take((command) => taken.push(command));
    reader.take((command) => taken.push(command));
    expect(taken).toEqual(['halt', 'flatten']);
    expect(readdirSync(folder)).toEqual(['command-000000000003000-rm']);
  });

  test('of one instant are taken so that what holds back comes first, and resume last', async () => {
    const folder = temporaryFolder();
    for (const command of ['resume', 'flatten', 'halt'] as const)
      await leaveCommand(folder, command, 5_000);
    const taken: string[] = [];
    new CommandReader(folder).take((command) => taken.push(command));
    expect(taken).toEqual(['halt', 'flatten', 'resume']);
  });

  test('a folder that is gone has none', () => {
    new CommandReader('/nowhere').take(() => expect.unreachable());
  });
});

test('findBots() finds what has a state, running or not', async () => {
  const folder = temporaryFolder();
  const bot = path.join(folder, 'paper', 'spot-BTCUSDT');
  const view = { trading: 'active' } as BotView;
  const status = {
    time: 1,
    writtenTime: 2,
    pid: 3,
    environment: 'paper',
    market: 'spot',
    symbol: 'BTCUSDT',
    interval: '1m',
    strategy: 'MACross',
    view,
  };
  await writeStatus(bot, status);
  mkdirSync(path.join(folder, 'paper', 'spot-ETHUSDT'));
  expect(await findBots(folder)).toEqual([{ folder: bot, status, isRunning: false }]);
  expect(await findBots('/nowhere')).toEqual([]);
});

test('watchFileText() tells a change once it stands still, also of a file that comes and goes', async () => {
  const file = path.join(temporaryFolder(), 'runtime.yaml');
  const told: (string | undefined)[] = [];
  const end = watchFileText(
    file,
    undefined,
    (text) => {
      told.push(text);
      return Promise.resolve();
    },
    { pollMs: 5 },
  );
  onTestFinished(end);
  const until = async (count: number): Promise<void> => {
    while (told.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  writeFileSync(file, 'a');
  await until(1);
  writeFileSync(file, 'b');
  await until(2);
  rmSync(file);
  await until(3);
  expect(told).toEqual(['a', 'b', undefined]);
});

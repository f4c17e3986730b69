import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import {
  candleOpenTime,
  parseUtcTime,
  timeframeMs,
  UsageError,
  UserError,
} from '../../domain/index.js';
import { fileError } from '../../files/index.js';
import { type BotMemory, explainParity, readSavedMemory } from '../../live/index.js';
import { loadStrategy } from '../../plugins/index.js';
import { createCommand } from '../create-command.js';
import { createPalette } from '../palette.js';
import { paritySummary } from '../parity-summary.js';
import { readLiveTrades } from '../read-live-trades.js';
import { candlesOf } from '../run-backtest-request.js';
import type { Terminal } from '../terminal.js';

const STATE_FILE = /^state-\d{15}\.json$/;
/** Folders below `--state` that are looked into. */
const DEPTH_MAX = 3;

interface ParityOptions {
  readonly state: string;
  readonly file?: readonly string[];
  readonly dataDir: string;
  readonly start?: string;
  readonly end?: string;
  readonly json?: boolean;
}

/** `wus parity`: a recorded session beside the backtest of the same candles. */
export function parityCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'parity',
    summary: 'Explain where a bot did otherwise than its backtest, in money',
    description:
      'Replays a session of wus trader through the backtest: the settings come from the state of the bot, its trades from its log, the candles from files. Fetch the candles of the session first, with wus fetch-data.',
    examples: [
      [
        'wus parity results/live_trades/paper_spot_BTCUSDT_15m_MovingAverageCrossoverStrategy_trades.csv',
        'the only bot of state/, candles from data/spot/15m/',
      ],
      [
        'wus parity trades.csv --state state/paper/spot-BTCUSDT --file BTCUSDT_15m.csv.gz --json',
        'one bot of several, own candles, every trade as JSON',
      ],
    ],
  })
    .argument('<trades-file>', 'Trade log that wus trader wrote')
    .optionsGroup('Session:')
    .option('--state <folder>', 'State folder of the bot, or one above it', 'state')
    .option('--start <date>', 'First candle compared, UTC (default: the first start of the bot)')
    .option('--end <date>', 'End of the comparison, UTC (default: the newest candle of the bot)')
    .optionsGroup('Candles:')
    .option('--file <file...>', 'Candle file (.csv, .csv.gz, .json); may be repeated')
    .option('--data-dir <folder>', 'Where candles are found without --file', 'data')
    .optionsGroup('Output:')
    .option('--json', 'Print one JSON object instead of the summary')
    .optionsGroup('Help:')
    .action(async (file: string, options: ParityOptions) => {
      const memory = await savedMemory(path.resolve(terminal.workingFolder, options.state));
      const { run } = memory.settings;
      const { startTime, endTime } = sessionOf(memory, options);
      const recorded = await readLiveTrades(path.resolve(terminal.workingFolder, file));
      const trades = recorded.filter(
        ({ entryTime }) => entryTime >= startTime && entryTime < endTime,
      );
      const { strategy } = await loadStrategy(run.strategy);
      const { symbol, interval, market } = run;
      const { candles } = await candlesOf(
        {
          config: { strategy: run.strategy, symbol, interval, market, files: options.file ?? [] },
          dataFolder: options.dataDir,
        },
        terminal,
      );
      const session = { start: isoOf(startTime), end: isoOf(endTime) };
      const report = await terminal.compute(() =>
        explainParity({
          run: { ...run, ...session },
          candles,
          strategy,
          trades,
          skipped: memory.skipped,
        }),
      );
      if (options.json === true) {
        terminal.print(
          JSON.stringify({ symbol, interval, market, ...session, ...report }, null, 2),
        );
        return;
      }
      const notes = notesOf(memory, recorded.length - trades.length);
      const subject = { symbol, strategy: strategy.name, startTime, endTime, notes };
      terminal.print(paritySummary(report, subject, createPalette(terminal.hasColors)));
    });
}

/** From the candle in which the bot was first started to the newest that it handled. */
function sessionOf(
  memory: BotMemory,
  options: ParityOptions,
): { readonly startTime: number; readonly endTime: number } {
  const { interval } = memory.settings.run;
  const started = memory.firstBootTime ?? 0;
  const startTime = timeOf('--start', options.start) ?? candleOpenTime(started, interval);
  const newest = memory.lastOpenTime ?? startTime;
  const endTime = timeOf('--end', options.end) ?? newest + timeframeMs(interval);
  if (startTime < endTime) return { startTime, endTime };
  throw new UsageError(
    `The session is empty: it begins ${isoOf(startTime)} and ends ${isoOf(endTime)}; give --start and --end`,
  );
}

function timeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = parseUtcTime(text);
  if (time !== undefined) return time;
  throw new UsageError(
    `${flag} ${text}: it must be a date such as 2024-01-31 or a UTC time such as 2024-01-31T08:00:00Z`,
  );
}

async function savedMemory(folder: string): Promise<BotMemory> {
  const found = await stateFolders(folder, 0);
  if (found.length > 1) {
    throw new UsageError(
      `--state ${folder} has ${found.length} bots: name one of ${found.slice(0, 5).join(', ')}`,
    );
  }
  const memory = found[0] === undefined ? undefined : await readSavedMemory(found[0]);
  if (memory !== undefined) return memory;
  throw new UserError(
    `${folder} holds no state of a bot: give --state, the folder that wus trader was started with`,
  );
}

/** Folders that hold the state of a bot, this one or below. */
async function stateFolders(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError('read', folder, error);
  });
  if (entries.some(({ name }) => STATE_FILE.test(name))) return [folder];
  if (depth >= DEPTH_MAX) return [];
  const below = entries.filter((entry) => entry.isDirectory());
  const found: string[] = [];
  for (const { name } of below) {
    found.push(...(await stateFolders(path.join(folder, name), depth + 1)));
  }
  return found;
}

function notesOf(memory: BotMemory, outside: number): string[] {
  const { position, settings } = memory;
  return [
    'the settings are those that the bot had last; trades under earlier ones show as differences',
    ...(position === null ? [] : ['an open position of the bot is not compared']),
    ...(outside === 0 ? [] : [`${outside} trades of the log lie outside the session`]),
    ...(settings.run.market === 'usdm' ? ['the backtest knows no funding'] : []),
  ];
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

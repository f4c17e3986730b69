import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { parseUtcTime, UsageError, UserError } from '../../domain/index.js';
import { fileError } from '../../files/index.js';
import {
  type BotMemory,
  explainParity,
  finishedTrades,
  type ParitySession,
  type RecordedTrade,
  readSavedMemory,
  recordedSession,
} from '../../live/index.js';
import {
  isLogOf,
  keptCandlesFile,
  readTradeLogName,
  stateFolderOf,
  type TradeLogSubject,
} from '../../trader/index.js';
import { countText } from '../../util/index.js';
import { createCommand } from '../create-command.js';
import { loadCommandStrategy } from '../load-strategy.js';
import { createPalette } from '../palette.js';
import { paritySummary } from '../parity-summary.js';
import { readLiveTrades } from '../read-live-trades.js';
import { candlesOf } from '../run-backtest-request.js';
import type { Terminal } from '../terminal.js';

const STATE_FILE = /^state-\d{15}\.json$/;
/** Folders below `--state` that are looked into. */
const DEPTH_MAX = 3;
/** State and log of a bot that trades all the time are looked at so often. */
const LOOKS_MAX = 3;

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
    summary: 'Explain every difference between a bot and its backtest, in money',
    description:
      'Backtests a session of wus trader: settings come from the state of the bot, trades from its log, candles from files. First fetch the candles of the session with wus fetch-data. A cause is listed only if the records prove it; the exit code is 1 if a difference is unexplained.',
    examples: [
      [
        'wus parity results/live_trades/paper_spot_BTCUSDT_15m_MovingAverageCrossoverStrategy_trades.csv',
        'the only bot in state/, candles from data/spot/15m/',
      ],
      [
        'wus parity trades.csv --state state/paper/spot-BTCUSDT --file BTCUSDT_15m.csv.gz --json',
        'one of several bots, your own candles, every trade as JSON',
      ],
    ],
  })
    .argument('<trades-file>', 'Trade log of wus trader')
    .optionsGroup('Session:')
    .option('--state <folder>', 'State folder of the bot, or a parent of it', 'state')
    .option(
      '--start <date>',
      'First candle to compare, UTC (default: first decision of the bot with its current settings)',
    )
    .option('--end <date>', 'End of the comparison, UTC (default: latest candle of the bot)')
    .optionsGroup('Candles:')
    .option('--file <file...>', 'Candle file (.csv, .csv.gz, .json); repeatable')
    .option('--data-dir <folder>', 'Data folder, searched when --file is not given', 'data')
    .optionsGroup('Output:')
    .option('--json', 'Print one JSON object instead of the summary')
    .optionsGroup('Help:')
    .action(async (file: string, options: ParityOptions) => {
      const folder = path.resolve(terminal.workingFolder, options.state);
      const logFile = path.resolve(terminal.workingFolder, file);
      const { memory, logged, stateFolder } = await consistentRecord(folder, logFile);
      const { run } = memory.settings;
      const session = sessionOf(memory, options);
      const trades = finishedTrades(logged, memory);
      const { strategy } = await loadCommandStrategy(run.strategy, terminal);
      const { symbol, interval, market } = run;
      const { candles } = await candlesOf(
        {
          config: {
            ...{ strategy: run.strategy, symbol, interval, market },
            files: options.file ?? keptCandles(stateFolder, { symbol, timeframe: interval }),
          },
          dataFolder: options.dataDir,
          strategy,
        },
        terminal,
      );
      const report = await terminal.compute(() =>
        explainParity({ memory, trades, candles, strategy, session }),
      );
      if (report.unexplainedRows > 0) process.exitCode = 1;
      if (options.json === true) {
        const [start, end] = [isoOf(session.startTime), isoOf(session.endTime)];
        terminal.print(
          JSON.stringify({ symbol, interval, market, start, end, ...report }, null, 2),
        );
        return;
      }
      const notes = notesOf(memory, session, trades);
      const subject = { symbol, strategy: strategy.name, ...session, notes };
      terminal.print(paritySummary(report, subject, createPalette(terminal.hasColors)));
    });
}

/** State and log of one moment: a bot that runs on may finish a trade between the two looks. */
async function consistentRecord(
  folder: string,
  logFile: string,
): Promise<{
  readonly memory: BotMemory;
  readonly logged: readonly RecordedTrade[];
  readonly stateFolder: string;
}> {
  let { memory } = await savedMemory(folder, logFile);
  for (let looks = 1; ; looks++) {
    const logged = await readLiveTrades(logFile);
    const { memory: after, stateFolder } = await savedMemory(folder, logFile);
    if (after.netPnl === memory.netPnl || looks === LOOKS_MAX)
      return { memory: after, logged, stateFolder };
    memory = after;
  }
}

/** As the bot recorded it, unless somebody wants less. */
function sessionOf(memory: BotMemory, options: ParityOptions): ParitySession {
  const recorded = recordedSession(memory);
  const startTime = timeOf('--start', options.start) ?? recorded.startTime;
  const endTime = timeOf('--end', options.end) ?? recorded.endTime;
  if (startTime < endTime) return { startTime, endTime };
  throw new UsageError(
    `The session is empty: it starts ${isoOf(startTime)} and ends ${isoOf(endTime)}; give --start and --end`,
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

async function savedMemory(
  folder: string,
  logFile: string,
): Promise<{ readonly memory: BotMemory; readonly stateFolder: string }> {
  const subject = readTradeLogName(logFile);
  const found = botOfLog(await stateFolders(folder, 0), subject);
  if (found.length > 1) {
    throw new UsageError(
      `--state ${folder} has ${found.length} bots, and the name of the log does not identify one: give one of ${found.slice(0, 5).join(', ')}`,
    );
  }
  const memory = found[0] === undefined ? undefined : await readSavedMemory(found[0]);
  const symbol = memory?.settings.run.symbol;
  if (subject !== undefined && symbol !== undefined && !isLogOf(subject, symbol)) {
    throw new UserError(
      `${path.basename(logFile)} is a log of ${subject.symbol}, but ${found[0]} is the state of ${symbol}: give --state of the bot that wrote the log`,
    );
  }
  if (memory !== undefined && found[0] !== undefined) return { memory, stateFolder: found[0] };
  throw new UserError(
    `${folder} contains no bot state: give --state, the --state-dir of wus trader`,
  );
}

/** Candles of a market that ended with its session; none where they are found in the data folder. */
function keptCandles(
  stateFolder: string,
  identity: Parameters<typeof keptCandlesFile>[1],
): readonly string[] {
  const file = keptCandlesFile(stateFolder, identity);
  return existsSync(file) ? [file] : [];
}

/** Of several bots the one that writes logs of this name. */
function botOfLog(
  folders: readonly string[],
  subject: TradeLogSubject | undefined,
): readonly string[] {
  if (folders.length < 2 || subject === undefined) return folders;
  const ending = `/${stateFolderOf(subject)}`;
  const own = folders.filter((folder) => folder.split(path.sep).join('/').endsWith(ending));
  return own.length === 0 ? folders : own;
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

function notesOf(
  memory: BotMemory,
  { startTime, endTime }: ParitySession,
  trades: readonly RecordedTrade[],
): string[] {
  const { position, settings, settingsSince } = memory;
  const outside = trades.filter(
    ({ signalTime, exitFillTime }) => signalTime < startTime || exitFillTime >= endTime,
  );
  return [
    ...(settingsSince.time === 0
      ? []
      : [
          `the current settings apply since ${isoOf(settingsSince.time)}: the comparison starts there`,
        ]),
    ...(position === null ? [] : ['the open position of the bot is not compared']),
    ...(outside.length === 0
      ? []
      : [
          `${countText(outside.length, 'trade')} of the log ${outside.length === 1 ? 'was' : 'were'} entered before or closed after the session`,
        ]),
    ...(settings.run.market === 'usdm' ? ['the backtest does not include funding'] : []),
  ];
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

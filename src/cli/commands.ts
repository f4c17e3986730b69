import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

/** Builds a command's parser, ready for `parseAsync`; its action does the work. */
export type CommandBuilder = (terminal: Terminal) => Command;

/** A row of the top-level help; the command's own code is loaded only when it runs. */
export interface CommandRow {
  readonly name: string;
  readonly group: CommandGroup;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly load: () => Promise<CommandBuilder>;
}

/** Headings of the top-level help, in this order. */
export const COMMAND_GROUPS = ['Candles', 'Research', 'Trading', 'Help'] as const;

export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** Every command of `wus`, in the order of the help. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'fetch-data',
    group: 'Candles',
    summary: 'Fetch candles from Binance',
    load: async () => (await import('./commands/fetch-data.js')).fetchDataCommand,
  },
  {
    name: 'data',
    group: 'Candles',
    summary: 'Check, convert and resample candle files',
    load: async () => (await import('./commands/data.js')).dataCommand,
  },
  {
    name: 'backtest',
    group: 'Research',
    summary: 'Test a strategy on past candles',
    load: async () => (await import('./commands/backtest.js')).backtestCommand,
  },
  {
    name: 'analyze-trades',
    group: 'Research',
    summary: 'Analyze trade logs, or the details of optimizations',
    load: async () => (await import('./commands/analyze-trades.js')).analyzeTradesCommand,
  },
  {
    name: 'compare',
    group: 'Research',
    summary: 'Compare results side by side: settings, metrics, equity, trades',
    load: async () => (await import('./commands/compare.js')).compareCommand,
  },
  {
    name: 'trials',
    group: 'Research',
    summary: 'List every trial on record: strategies, symbols, intervals, counts',
    load: async () => (await import('./commands/trials.js')).trialsCommand,
  },
  {
    name: 'demo',
    group: 'Research',
    summary: 'Run the whole workflow, from candles to verdicts',
    load: async () => (await import('./commands/demo.js')).demoCommand,
  },
  {
    name: 'optimize',
    group: 'Research',
    summary: 'Search a parameter grid exhaustively for the best settings',
    load: async () => (await import('./commands/optimize.js')).optimizeCommand,
  },
  {
    name: 'optimize-batch',
    group: 'Research',
    summary: 'Optimize several strategies on several symbols',
    load: async () => (await import('./commands/optimize-batch.js')).optimizeBatchCommand,
  },
  {
    name: 'forward-test',
    group: 'Research',
    summary: 'Test optimized parameters on out-of-sample candles',
    load: async () => (await import('./commands/forward-test.js')).forwardTestCommand,
  },
  {
    name: 'forward-test-batch',
    group: 'Research',
    summary: 'Forward-test every optimized pair of strategy and symbol',
    load: async () => (await import('./commands/forward-test-batch.js')).forwardTestBatchCommand,
  },
  {
    name: 'walk-forward',
    group: 'Research',
    summary: 'Optimize on rolling windows and test each winner out-of-sample',
    load: async () => (await import('./commands/walk-forward.js')).walkForwardCommand,
  },
  {
    name: 'new',
    group: 'Research',
    summary: 'Create a strategy file, its test and type definitions',
    load: async () => (await import('./commands/new.js')).newCommand,
  },
  {
    name: 'strategies',
    group: 'Research',
    summary: 'List built-in and custom strategies and show their parameters',
    load: async () => (await import('./commands/strategies.js')).strategiesCommand,
  },
  {
    name: 'init',
    group: 'Help',
    summary: 'Create commented configuration files',
    load: async () => (await import('./commands/init.js')).initCommand,
  },
  {
    name: 'trader',
    group: 'Trading',
    summary: 'Trade a strategy on live candles; paper trading by default',
    load: async () => (await import('./commands/trader.js')).traderCommand,
  },
  {
    name: 'parity',
    group: 'Trading',
    summary: 'Explain every difference between a bot and its backtest, in money',
    load: async () => (await import('./commands/parity.js')).parityCommand,
  },
  {
    name: 'exchange',
    group: 'Trading',
    summary: 'Run a local exchange with the API of Binance',
    load: async () => (await import('./commands/exchange.js')).exchangeCommand,
  },
  {
    name: 'completion',
    group: 'Help',
    summary: 'Print a shell completion script for commands, flags and values',
    load: async () => (await import('./commands/completion.js')).completionCommand,
  },
  {
    name: 'version',
    group: 'Help',
    summary: 'Print the versions of wus and Node',
    load: async () => (await import('./commands/version.js')).versionCommand,
  },
];

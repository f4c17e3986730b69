import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { MARKETS, quoteAsset } from '../../domain/index.js';
import { writeFileAtomic } from '../../files/index.js';
import { findMetric } from '../../metrics/index.js';
import { createCommand, runCommand } from '../create-command.js';
import { type DemoMarket, fetchDemoCandles } from '../demo-candles.js';
import { displayMetric } from '../metric-display.js';
import { createPalette } from '../palette.js';
import { shellLine } from '../shell-line.js';
import type { Palette, Terminal } from '../terminal.js';
import { textTable } from '../text-table.js';
import { backtestCommand } from './backtest.js';
import { optimizeCommand } from './optimize.js';

const FOLDER = 'results/demo';
const INTERVAL = '1h';

/** Sensible settings, not tuned ones. */
const RUNS: readonly { readonly strategy: string; readonly flags: readonly string[] }[] = [
  {
    strategy: 'MACross',
    flags: words('--param fast_period=24 slow_period=96 --trailing-stop-loss 0.05'),
  },
  {
    strategy: 'RSIReversion',
    flags: words(
      '--stop-loss 0.03 --take-profit 0.04 --apply-atr-filter --atr-filter-multiplier 1.1',
    ),
  },
  { strategy: 'BBReversion', flags: words('--stop-loss 0.03 --take-profit 0.03') },
  {
    strategy: 'LongShort',
    flags: words('--stop-loss 0.02 --apply-seasonality-filter --allowed-trading-hours-utc 5-17'),
  },
];

/** The part of `wus backtest --json` that the table shows. */
interface RunSummary {
  readonly strategy: string;
  readonly config: { readonly symbol: string };
  readonly span: { readonly start: string; readonly end: string; readonly candles: number };
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly report: string;
}

/** `wus demo`: what `make demo` shows. */
export function demoCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'demo',
    summary: 'Backtest the four strategies, compare them, and optimize one',
    description:
      'Takes hourly candles from data/ when there are some, otherwise from Binance when it answers, otherwise the SYNTHETIC market of the local exchange. Every command that it runs is shown.',
    examples: [
      [
        'wus demo',
        `a table in the terminal, one report per strategy and the best settings in ${FOLDER}/`,
      ],
      ['wus demo --open', 'the same, and the first report opens in the browser'],
    ],
  })
    .option('--open', 'Open the first report in the browser')
    .action(async ({ open }: { open?: boolean }) => {
      const palette = createPalette(terminal.hasColors);
      const market = await demoMarket(terminal);
      const runs: RunSummary[] = [];
      for (const { strategy, flags } of RUNS) {
        const args = ['backtest', '--strategy', strategy, ...market.flags, ...flags];
        runs.push(await runBacktest(args, strategy, terminal, palette));
      }
      terminal.print(`\n${comparison(runs, market.isSynthetic, palette)}\n`);
      await runOptimization(market, terminal, palette);
      const report = runs[0]?.report;
      if (open === true && report !== undefined) openInBrowser(path.resolve(report), terminal);
    });
}

async function demoMarket(terminal: Terminal): Promise<DemoMarket> {
  for (const market of MARKETS) {
    const symbols = await storedSymbols(path.join('data', market, INTERVAL));
    const symbol = symbols.find((name) => name === 'BTCUSDT') ?? symbols[0];
    if (symbol === undefined) continue;
    terminal.print(`Candles: ${symbol} ${INTERVAL} (${market}) from data/`);
    const flags = ['--symbol', symbol, '--interval', INTERVAL, '--market', market];
    return { isSynthetic: false, symbol, flags };
  }
  return fetchDemoCandles(terminal, createPalette(terminal.hasColors), FOLDER);
}

async function storedSymbols(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .map((name) => new RegExp(`^([A-Z0-9]+)_${INTERVAL}.*\\.csv(\\.gz)?$`).exec(name)?.[1])
    .filter((symbol) => symbol !== undefined)
    .sort();
}

/** Runs the same command line that a user would type, and reads the JSON that it prints. */
async function runBacktest(
  args: readonly string[],
  strategy: string,
  terminal: Terminal,
  palette: Palette,
): Promise<RunSummary> {
  const shown = [...args, '--report', `${FOLDER}/${strategy}.html`];
  terminal.print(palette.dim(`$ ${shellLine(['wus', ...shown])}`));
  const printed: string[] = [];
  const command = backtestCommand({
    ...terminal,
    print: (text) => void printed.push(text),
    commandLine: shellLine(['wus', ...shown]),
  });
  await runCommand(command, [...shown.slice(1), '--json']);
  return JSON.parse(printed.join('\n')) as RunSummary;
}

/** A small grid: what is shown is how the search goes and how its winner is judged. */
const GRID = {
  fast_period: [8, 12, 16, 24, 36],
  slow_period: [48, 72, 96, 144],
  ma_type: ['EMA', 'SMA'],
  stop_loss_pct: [null, 0.03],
  trailing_stop_loss_pct: [null, 0.05, 0.1],
};

/** Optimizes one strategy on the same candles; its files stay in the folder of the demo. */
async function runOptimization(
  market: DemoMarket,
  terminal: Terminal,
  palette: Palette,
): Promise<void> {
  const gridFile = `${FOLDER}/optimize_params.yaml`;
  const axes = Object.entries(GRID).map(
    ([name, values]) => `    ${name}: ${JSON.stringify(values)}`,
  );
  await writeFileAtomic(gridFile, [`${market.symbol}:`, '  MACross:', ...axes, ''].join('\n'));
  const args = [
    ...['optimize', '--strategy', 'MACross', ...market.flags],
    ...['--config', gridFile, '--output-config', `${FOLDER}/best_params.yaml`, '--top', '3'],
  ];
  const commandLine = shellLine(['wus', ...args]);
  terminal.print(palette.dim(`$ ${commandLine}`));
  await runCommand(optimizeCommand({ ...terminal, note: () => {}, commandLine }), args.slice(1));
}

const COLUMNS = [
  'total_trades',
  'cumulative_profit',
  'win_rate',
  'profit_factor',
  'max_drawdown',
  'sharpe_ratio',
] as const;

function comparison(runs: readonly RunSummary[], isSynthetic: boolean, palette: Palette): string {
  const [first] = runs;
  if (first === undefined) return '';
  const quote = quoteAsset(first.config.symbol);
  const header = [
    '',
    'trades',
    `profit (${quote})`,
    'win rate',
    'profit factor',
    'max drawdown',
    'sharpe',
  ];
  const rows = runs.map(({ strategy, metrics }) => [
    strategy,
    ...COLUMNS.map((name) => displayed(name, Number(metrics[name]), quote)),
  ]);
  const [head = '', ...lines] = textTable([header, ...rows], 'lrrrrrr');
  const { start, end, candles } = first.span;
  const held = displayed('buy_and_hold_return', Number(first.metrics.buy_and_hold_return), quote);
  return [
    palette.bold(
      `${isSynthetic ? 'SYNTHETIC market' : first.config.symbol}, ${INTERVAL}, ${start.slice(0, 10)} to ${end.slice(0, 10)}, ${candles} candles, 10,000 ${quote}; buying and holding: ${held}`,
    ),
    head,
    ...lines,
    '',
    isSynthetic
      ? 'These candles are SYNTHETIC: a random walk in which no rule earns anything on average. That strategies lose on noise,\nto commission and slippage, is the honest result; one that wins here was lucky. wus fetch-data gets real candles.'
      : 'These settings were not tuned: look at the drawdown and the number of trades before the profit.',
    '',
    ...runs.map(({ report }) => `Report: ${report}`),
  ].join('\n');
}

function displayed(name: string, value: number, quote: string): string {
  const shown = displayMetric(value, findMetric(name)?.unit ?? 'ratio', quote);
  return shown.unit === '%' ? `${shown.value} %` : shown.value;
}

function openInBrowser(file: string, terminal: Terminal): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', file]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', file]
        : ['xdg-open', file];
  spawn(program ?? 'xdg-open', args, { stdio: 'ignore', detached: true })
    .on('error', () => terminal.note(`No program opens ${file} here; open it in a browser`))
    .unref();
}

function words(line: string): string[] {
  return line.split(' ');
}

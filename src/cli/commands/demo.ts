import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { shortStrategyName } from '../../analysis/index.js';
import { DAY_MS, MARKETS, quoteAsset } from '../../domain/index.js';
import { writeFileAtomic } from '../../files/index.js';
import { findMetric } from '../../metrics/index.js';
import { renderReportList } from '../../report/index.js';
import { createCommand, runCommand } from '../create-command.js';
import { type DemoMarket, fetchDemoCandles } from '../demo-candles.js';
import { lineToCopy, withOwnProgram } from '../invoked-as.js';
import { displayMetric } from '../metric-display.js';
import { openReport } from '../open-report.js';
import { packageVersion } from '../package-version.js';
import { createPalette } from '../palette.js';
import { shellLine } from '../shell-line.js';
import type { Palette, Terminal } from '../terminal.js';
import { textTable } from '../text-table.js';
import { analyzeTradesCommand } from './analyze-trades.js';
import { backtestCommand } from './backtest.js';
import { compareCommand } from './compare.js';
import { forwardTestCommand } from './forward-test.js';
import { optimizeCommand } from './optimize.js';
import { walkForwardCommand } from './walk-forward.js';

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
  readonly trades_file: string;
}

/** The part of `wus forward-test --json` that the demo shows. */
interface ForwardSummary {
  readonly judgement: readonly string[];
  readonly trades_file: string;
  readonly report: string;
}

/** The part of `wus walk-forward --json` that the demo shows. */
interface WalkSummary {
  readonly judgement: { readonly sentence: string };
  readonly trades_file: string;
  readonly written: { readonly report: string };
}

/** `wus demo`: what `make demo` shows. */
export function demoCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'demo',
    summary: 'Run the whole workflow, from candles to verdicts',
    description:
      'Uses hourly candles from data/, or else from Binance, or else from the SYNTHETIC market of the local exchange. Runs backtests, an optimization, a forward test, a walk-forward, an analysis and a comparison, and shows each command.',
    examples: [
      ['wus demo', `tables and verdicts in the terminal, a report of every step in ${FOLDER}/`],
      ['wus demo --open', 'the same, and opens the list of reports in the browser'],
    ],
  })
    .option('--open', 'Open the list of reports in the browser')
    .action(async ({ open }: { open?: boolean }) => {
      const palette = createPalette(terminal.hasColors);
      const market = await demoMarket(terminal);
      const step: Step = { market, terminal, palette };
      const runs: RunSummary[] = [];
      for (const run of RUNS) runs.push(await runBacktest(step, run));
      terminal.print(`\n${comparison(runs, market.isSynthetic, palette)}\n`);
      const chain = await runChain(step, runs[0]!);
      terminal.print(`\n${reportList(runs, chain, palette)}`);
      const page = await writeIndex(runs, chain, market);
      terminal.print(`\nOpen ${page} in a browser: it links to all reports.`);
      if (open === true) await openReport(page, terminal);
    });
}

/** What every step of the demo needs. */
interface Step {
  readonly market: DemoMarket;
  readonly terminal: Terminal;
  readonly palette: Palette;
}

/** A report of the chain. */
interface ChainReport {
  readonly name: string;
  readonly file: string;
  /** Its verdict, where it has one. */
  readonly verdict?: string;
}

/** Candles up to here choose the settings; those after it test them. */
const CHOOSING_SHARE = 0.7;

/** Optimizes one strategy on the first part of the candles, and asks in every way there is whether the winner is worth anything. */
async function runChain(
  step: Step,
  { span, trades_file }: RunSummary,
): Promise<readonly ChainReport[]> {
  const { market } = step;
  const [start, end] = [Date.parse(span.start), Date.parse(span.end)];
  const days = Math.floor((end - start) / DAY_MS);
  const split = new Date(start + Math.floor(CHOOSING_SHARE * days) * DAY_MS)
    .toISOString()
    .slice(0, 10);
  const subject = ['--strategy', 'MACross', ...market.flags];
  const grid = ['--config', await writeGrid(market)];
  const best = `${FOLDER}/best_params.yaml`;
  const details = `${FOLDER}/MACross_optimize_details.csv`;
  for (const ending of ['', '.identity.json', '.judgement.json', '.rerun.json']) {
    await rm(`${details}${ending}`, { force: true });
  }

  say(step, `\nThe best settings on the candles before ${split} (in-sample)`);
  await runShown(step, optimizeCommand, [
    ...['optimize', ...subject, '--end', split, ...grid, '--top', '3'],
    ...['--details-file', details, '--output-config', best],
  ]);
  say(step, `\nThe same settings, frozen, on the candles from ${split} on (out-of-sample)`);
  const forward = await runJson<ForwardSummary>(step, forwardTestCommand, [
    ...['forward-test', ...subject, '--start', split, '--param-config', best],
  ]);
  step.terminal.print(forward.judgement.join('\n'));
  say(
    step,
    '\nDoes the optimization generalize? Optimize on one window, test on the next, and repeat',
  );
  const [train, test] = [Math.floor(days / 4), Math.floor(days / 10)];
  const walk = await runJson<WalkSummary>(step, walkForwardCommand, [
    ...['walk-forward', ...subject, ...grid, '--train', `${train}d`, '--test', `${test}d`],
  ]);
  step.terminal.print(walk.judgement.sentence);
  say(step, '\nWhich trades win or lose, and which parameters matter?');
  const analysis = ['--output-dir', `${FOLDER}/analysis`];
  const logs = [...RUNS.map(({ strategy }) => `${FOLDER}/${strategy}_trades.csv`)];
  await runQuiet(step, analyzeTradesCommand, [
    ...['analyze-trades', ...logs, forward.trades_file, ...analysis],
  ]);
  await runQuiet(step, analyzeTradesCommand, [
    ...['analyze-trades', '--details', details, '--forward', forward.trades_file, ...analysis],
  ]);
  const compared = `${FOLDER}/compare.html`;
  await runQuiet(step, compareCommand, [
    ...['compare', trades_file, forward.trades_file, walk.trades_file, '--report', compared],
  ]);
  return [
    {
      name: 'heat maps of the optimization',
      file: `${FOLDER}/analysis/MACross_optimize_details.html`,
      verdict: await optimizationVerdict(details),
    },
    {
      name: 'forward test: frozen settings on out-of-sample candles',
      file: forward.report,
      verdict: forward.judgement[0] ?? '',
    },
    { name: 'walk-forward', file: walk.written.report, verdict: walk.judgement.sentence },
    { name: 'analysis of all trades', file: `${FOLDER}/analysis/trades.html` },
    { name: 'backtest, forward test and walk-forward side by side', file: compared },
  ];
}

/** The judgement that `wus optimize` writes beside its details. */
async function optimizationVerdict(details: string): Promise<string> {
  const text = await readFile(`${details}.judgement.json`, 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { readonly sentence?: string }).sentence ?? '';
}

function say({ terminal, palette }: Step, text: string): void {
  terminal.print(palette.bold(text));
}

/** Runs a command as the user would, its output and all. */
async function runShown(
  { terminal, palette }: Step,
  create: (terminal: Terminal) => Command,
  args: readonly string[],
): Promise<void> {
  const commandLine = shellLine(['wus', ...args]);
  terminal.print(palette.dim(`$ ${withOwnProgram(commandLine)}`));
  await runCommand(
    create({ ...terminal, note: () => {}, commandLine, isStep: true }),
    args.slice(1),
  );
}

/** Shows the command, and nothing of what it prints. */
async function runQuiet(
  step: Step,
  create: (terminal: Terminal) => Command,
  args: readonly string[],
): Promise<void> {
  await runShown(step, (terminal) => create({ ...terminal, print: () => {} }), args);
}

function collecting(printed: string[], args: readonly string[]) {
  return {
    print: (text: string) => void printed.push(text),
    note: () => {},
    commandLine: shellLine(['wus', ...args]),
  };
}

async function runJson<Result>(
  step: Step,
  create: (terminal: Terminal) => Command,
  args: readonly string[],
): Promise<Result> {
  const printed: string[] = [];
  const { terminal, palette } = step;
  terminal.print(palette.dim(`$ ${lineToCopy(['wus', ...args])}`));
  const command = create({ ...terminal, ...collecting(printed, args) });
  await runCommand(command, [...args.slice(1), '--json']);
  return JSON.parse(printed.join('\n')) as Result;
}

/** One page to open: a list of everything that the demo wrote. */
async function writeIndex(
  runs: readonly RunSummary[],
  chain: readonly ChainReport[],
  { isSynthetic }: DemoMarket,
): Promise<string> {
  const page = `${FOLDER}/index.html`;
  const { start, end } = runs[0]!.span;
  const relative = (file: string): string => path.relative(FOLDER, file).split(path.sep).join('/');
  const quote = quoteAsset(runs[0]!.config.symbol);
  const result = ({ metrics }: RunSummary): string =>
    [
      `profit ${displayed('cumulative_profit', Number(metrics.cumulative_profit), quote)} ${quote}`,
      `Sharpe ratio ${displayed('sharpe_ratio', Number(metrics.sharpe_ratio), quote)}`,
      `max drawdown ${displayed('max_drawdown', Number(metrics.max_drawdown), quote)}`,
    ].join(', ');
  const text = renderReportList({
    title: 'Demo: from candles to verdicts',
    subtitle: `${runs[0]!.config.symbol} ${INTERVAL}, ${start.slice(0, 10)} to ${end.slice(0, 10)} (UTC)`,
    reports: [
      ...runs.map((run) => ({
        name: `Backtest of ${shortStrategyName(run.strategy)}`,
        href: relative(run.report),
        result: withMinusSigns(result(run)),
      })),
      ...chain.map(({ name, file, verdict = '' }) => ({
        name: name.charAt(0).toUpperCase() + name.slice(1),
        href: relative(file),
        result: withMinusSigns(verdict),
      })),
    ],
    isSynthetic,
    version: packageVersion(),
    createdTime: Date.now(),
  });
  await writeFileAtomic(page, text);
  return page;
}

/** Signs as in the reports; a hyphen between digits is part of a date. */
function withMinusSigns(text: string): string {
  return text.replaceAll(/(?<!\d)-(?=\d)/g, '\u2212');
}

function reportList(
  runs: readonly RunSummary[],
  chain: readonly ChainReport[],
  palette: Palette,
): string {
  const backtests = runs.map(({ strategy, report }) => [`backtest of ${strategy}`, report]);
  return [
    palette.bold('Reports (open them in a browser)'),
    ...textTable([...backtests, ...chain.map(({ name, file }) => [name, file])], 'll'),
  ].join('\n');
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
  step: Step,
  { strategy, flags }: (typeof RUNS)[number],
): Promise<RunSummary> {
  const output = ['--trades-file', `${FOLDER}/${strategy}_trades.csv`];
  return runJson<RunSummary>(step, backtestCommand, [
    ...['backtest', '--strategy', strategy, ...step.market.flags, ...flags, ...output],
    ...['--report', `${FOLDER}/${strategy}.html`],
  ]);
}

/** A small grid: what is shown is how the search goes and how its winner is judged. */
const GRID = {
  fast_period: [8, 12, 16, 24, 36],
  slow_period: [48, 72, 96, 144],
  ma_type: ['EMA', 'SMA'],
  stop_loss_pct: [null, 0.03],
  trailing_stop_loss_pct: [null, 0.05, 0.1],
};

async function writeGrid({ symbol }: DemoMarket): Promise<string> {
  const file = `${FOLDER}/optimize_params.yaml`;
  const axes = Object.entries(GRID).map(
    ([name, values]) => `    ${name}: ${JSON.stringify(values)}`,
  );
  await writeFileAtomic(file, [`${symbol}:`, '  MACross:', ...axes, ''].join('\n'));
  return file;
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
      `${isSynthetic ? 'SYNTHETIC market' : first.config.symbol}, ${INTERVAL}, ${start.slice(0, 10)} to ${end.slice(0, 10)}, ${candles.toLocaleString('en-US')} candles, 10,000 ${quote}; buy and hold: ${held}`,
    ),
    head,
    ...lines,
    '',
    isSynthetic
      ? 'These candles are SYNTHETIC: a random walk on which no strategy has an edge. Strategies lose here to commission and\nslippage, as expected; one that wins was lucky. Download real candles with wus fetch-data.'
      : 'These settings are not tuned: check the drawdown and the number of trades before the profit.',
  ].join('\n');
}

function displayed(name: string, value: number, quote: string): string {
  const shown = displayMetric(value, findMetric(name)?.unit ?? 'ratio', quote);
  return shown.unit === '%' ? `${shown.value} %` : shown.value;
}

function words(line: string): string[] {
  return line.split(' ');
}

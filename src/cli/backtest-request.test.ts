import { Command } from 'commander';
import { expect, test } from 'vitest';
import { parseBacktestRunConfig } from '../config/index.js';
import { backtestRequest } from './backtest-request.js';
import { backtestCommand } from './commands/backtest.js';
import type { Terminal } from './terminal.js';

const terminal: Terminal = {
  print: () => {},
  note: () => {},
  redraw: () => {},
  isInteractive: false,
  showsProgress: false,
  hasColors: false,
  columns: 80,
  commandLine: 'wus',
  workingFolder: '.',
  environment: {},
  onInterrupt: () => () => {},
  compute: (work) => Promise.resolve().then(work),
};

function request(line: string) {
  const command = backtestCommand(terminal).action(() => {});
  command.parse(line.split(' '), { from: 'user' });
  expect(command).toBeInstanceOf(Command);
  return backtestRequest(command.opts());
}

test('without flags only the strategy is set and every default is that of the configuration', () => {
  const { config, ...rest } = request('--strategy MACross');
  expect(config).toEqual({ strategy: 'MACross' });
  expect(rest).toEqual({
    parameterWords: [],
    paramsFile: undefined,
    dataFolder: 'data',
    tradesFile: undefined,
    isForced: false,
    isOpened: false,
    isJson: false,
    logLevel: 'warn',
  });
});

test('every flag sets the configuration key of its name', () => {
  const { config } = request(
    [
      '--strategy ./s.ts --symbol ETHUSDT --interval 4h --market usdm --file a.csv b.csv --file c.csv',
      '--start 2023-01-01 --end 2024-01-01 --direction short',
      '--balance 5000 --units 0.5 --leverage 3 --commission 4 --slippage 2 --stop-slippage 7 --max-cum-loss 900 --allow-overdraft',
      '--stop-loss 0.02 --take-profit 0.6 --trailing-stop-loss 0.03 --allow-wide-stops --exit-on-neutral --re-entry new_signal',
      '--apply-atr-filter --atr-filter-period 10 --atr-filter-multiplier 2 --atr-filter-sma-period 50',
      '--apply-seasonality-filter --allowed-trading-hours-utc 22-4 --apply-seasonality-to-symbols ETHUSDT,BTCUSDT --engine reference',
    ].join(' '),
  );
  const expected = {
    strategy: './s.ts',
    symbol: 'ETHUSDT',
    interval: '4h',
    market: 'usdm',
    files: ['a.csv', 'b.csv', 'c.csv'],
    start: '2023-01-01',
    end: '2024-01-01',
    direction: 'short',
    initial_balance: 5000,
    units: 0.5,
    leverage: 3,
    commission_bps: 4,
    slippage_bps: 2,
    stop_slippage_bps: 7,
    max_cumulative_loss: 900,
    allow_overdraft: true,
    stop_loss_pct: 0.02,
    take_profit_pct: 0.6,
    trailing_stop_loss_pct: 0.03,
    allow_wide_stops: true,
    exit_on_neutral: true,
    re_entry: 'new_signal',
    apply_atr_filter: true,
    atr_filter_period: 10,
    atr_filter_multiplier: 2,
    atr_filter_sma_period: 50,
    apply_seasonality_filter: true,
    allowed_trading_hours_utc: '22-4',
    apply_seasonality_to_symbols: 'ETHUSDT,BTCUSDT',
    engine: 'reference',
  };
  expect(config).toEqual(expected);
  // test/settings.test.ts asks for every key that there is.
  expect(parseBacktestRunConfig(config)).toMatchObject({
    ...expected,
    params: {},
    equity_fraction: null,
  });
});

test('parameters, outputs and the log level are taken as written', () => {
  expect(
    request(
      '--strategy X --param a=1 b=2 --param c=3 --params-file p.yaml --data-dir d --trades-file t.csv --json --log debug',
    ),
  ).toMatchObject({
    parameterWords: ['a=1', 'b=2', 'c=3'],
    paramsFile: 'p.yaml',
    dataFolder: 'd',
    tradesFile: 't.csv',
    isJson: true,
    logLevel: 'debug',
  });
});

test.each([
  ['--strategy X --stop-loss 2%', '--stop-loss 2%: did you mean 0.02?'],
  ['--strategy X --balance lots', '--balance lots: it must be a number'],
  ['--strategy X --log loud', '--log loud: no such level; use one of error warn info debug'],
  ['--strategy X --log infos', '--log infos: no such level (did you mean "info"?)'],
  ['--strategy X --stop-los 0.1', "Unknown option '--stop-los' (did you mean --stop-loss?)"],
  ['--strategy X leftover', 'Too many arguments'],
  ['--symbol BTCUSDT', "Required option '--strategy <name|file>' not specified"],
  ['--strategy', "Option '--strategy <name|file>' argument missing"],
])('"%s" is refused', (line, message) => {
  expect(() => request(line)).toThrow(message);
});

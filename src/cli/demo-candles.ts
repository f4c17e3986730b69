import path from 'node:path';
import { syntheticCandles } from '../candles/index.js';
import { timeframeMs, UserError } from '../domain/index.js';
import { SPOT_HOSTS, startExchangeServer } from '../exchange/index.js';
import { fetchDataCommand } from './commands/fetch-data.js';
import { runCommand } from './create-command.js';
import { lineToCopy } from './invoked-as.js';
import type { Palette, Terminal } from './terminal.js';

const INTERVAL = '1h';
/** Two years. */
const CANDLES = 17_520;
const SYMBOL = 'BTCUSDT';
/** Binance answers within this time, or the demo goes on without it. */
const PATIENCE_MS = 3_000;

/** The candles of the demo. */
export interface DemoMarket {
  readonly isSynthetic: boolean;
  readonly symbol: string;
  /** Flags of `wus backtest` that select them. */
  readonly flags: readonly string[];
}

/**
 * Fetches two years of hours with `wus fetch-data`: from Binance into `data/` when it answers within seconds,
 * otherwise the SYNTHETIC market of the local exchange into the folder of the demo.
 *
 * @param terminal - Where the commands are shown.
 * @param palette - Colours of the terminal.
 * @param folder - Folder of the demo.
 */
export async function fetchDemoCandles(
  terminal: Terminal,
  palette: Palette,
  folder: string,
): Promise<DemoMarket> {
  const start = new Date(Date.now() - CANDLES * timeframeMs(INTERVAL)).toISOString().slice(0, 10);
  const real = ['--symbols', SYMBOL, '--interval', INTERVAL, '--start', start, '--source', 'rest'];
  if ((await binanceAnswers()) && (await fetches(real, terminal, palette))) {
    terminal.print(`Candles: ${SYMBOL} ${INTERVAL} (spot) from Binance, in data/`);
    return {
      isSynthetic: false,
      symbol: SYMBOL,
      flags: ['--symbol', SYMBOL, '--interval', INTERVAL],
    };
  }
  const dataFolder = path.posix.join(folder, 'data');
  const candles = syntheticCandles({ length: CANDLES, timeframe: INTERVAL });
  const firstTime = candles.openTime[0]!;
  const endTime = candles.openTime[candles.length - 1]! + timeframeMs(INTERVAL);
  const exchange = await startExchangeServer({
    series: [candles],
    startTime: endTime,
    pace: { kind: 'stepped' },
    keys: [],
    balances: {},
  });
  try {
    const { symbol } = candles;
    const span = ['--start', timeFlag(firstTime), '--end', timeFlag(endTime)];
    const hosts = ['--rest-url', exchange.url, '--archive-url', exchange.url];
    const local = ['--symbols', symbol, '--interval', INTERVAL, ...span, ...hosts];
    await fetchData([...local, '--data-dir', dataFolder], terminal, palette);
    const file = `${dataFolder}/spot/${INTERVAL}/${symbol}_${INTERVAL}.csv`;
    terminal.print(
      `Candles: SYNTHETIC, two years of hourly candles from the local exchange, because data/ has no ${INTERVAL} candles and Binance cannot be reached; in ${file}`,
    );
    return { isSynthetic: true, symbol, flags: ['--file', file] };
  } finally {
    await exchange.close();
  }
}

async function binanceAnswers(): Promise<boolean> {
  const url = `${SPOT_HOSTS.production.restUrl}/api/v3/klines?symbol=${SYMBOL}&interval=${INTERVAL}&limit=1`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok && Array.isArray(await response.json());
  } catch {
    return false;
  }
}

/** Whether it worked; why not is said, and the demo goes on. */
async function fetches(
  args: readonly string[],
  terminal: Terminal,
  palette: Palette,
): Promise<boolean> {
  try {
    await fetchData(args, terminal, palette);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.note(error.message);
    return false;
  }
}

async function fetchData(
  args: readonly string[],
  terminal: Terminal,
  palette: Palette,
): Promise<void> {
  terminal.print(palette.dim(`$ ${lineToCopy(['wus', 'fetch-data', ...args])}`));
  await runCommand(fetchDataCommand({ ...terminal, print: () => {} }), args);
}

function timeFlag(time: number): string {
  return new Date(time).toISOString().slice(0, 16);
}

import { type CandleSeries, syntheticCandles } from '../../candles/index.js';
import type { BotMemory } from '../core/index.js';
import { World, type WorldOptions } from '../simulation/world.contract.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { explainParity, finishedTrades, type ParityReport, recordedSession } from './index.js';
import type { RecordedTrade } from './recorded-trade.js';

export const HISTORY = 300;
const CANDLES = 288;

/** What a session left behind, and the file of its candles. */
export interface Recorded {
  readonly memory: BotMemory;
  readonly trades: readonly RecordedTrade[];
  readonly candles: CandleSeries;
}

/** A day of a bot in the simulation. */
export async function recorded(
  config: Record<string, unknown> = {},
  options: Partial<WorldOptions> = {},
): Promise<Recorded> {
  const market = config.market === 'usdm' ? ('usdm' as const) : ('spot' as const);
  const candles = syntheticCandles({
    length: HISTORY + CANDLES,
    seed: 11,
    symbol: 'BTCUSDT',
    market,
    timeframe: '5m',
    hasTimeGaps: false,
  });
  const settings = busySettings({ units: 0.0123456, slippage_bps: 0, ...config });
  const world = new World({ seed: 1, candles, historyCandles: HISTORY, settings, ...options });
  await world.start();
  await world.run(CANDLES);
  // All rows are in the log.
  const memory = { ...world.runner!.state.memory, unlogged: [] };
  return { memory, trades: world.trades, candles };
}

/** What parity says of it. */
export function reportOf({ memory, trades, candles }: Recorded): ParityReport {
  return explainParity({
    memory,
    trades: finishedTrades(trades, memory),
    candles,
    session: recordedSession(memory),
  });
}

import type { CandleSeries } from '../candles/index.js';
import { DAY_MS, parseSymbol, textSetting, timeframeMs, UsageError } from '../domain/index.js';
import { BOTH_ALLOWED, type EntryFilter } from './entry-filter.js';
import { filterRule } from './filter-rule.js';
import { seasonalityGrid } from './seasonality-grid.js';
import {
  formatHours,
  includesTime,
  parseSymbolList,
  parseTradingHours,
  requireHours,
  type TradingHours,
} from './trading-hours.js';

/** Entries only at certain hours (S-12). */
export const SEASONALITY_FILTER = filterRule({
  name: 'seasonality filter',
  apply: {
    key: 'apply_seasonality_filter',
    flag: '--apply-seasonality-filter',
    description: 'Enter only in certain hours',
  },
  settings: [
    textSetting({
      key: 'allowed_trading_hours_utc',
      flag: '--allowed-trading-hours-utc',
      unit: 'hours',
      expected: 'UTC hours such as 5-17',
      verify: (text) => void parseTradingHours(text),
      default: '5-17',
      description: '5-17 means 5 <= hour < 17 at the close of the candle',
    }),
    textSetting({
      key: 'apply_seasonality_to_symbols',
      flag: '--apply-seasonality-to-symbols',
      unit: 'symbols',
      expected: 'symbols separated by commas',
      mayBeEmpty: true,
      verify: requireSymbols,
      default: '',
      description: 'Only for these symbols, A,B (default: every symbol)',
    }),
  ],
  build: (values) =>
    seasonalityFilter({
      hours: values.allowed_trading_hours_utc,
      symbols: values.apply_seasonality_to_symbols,
    }),
  summary: (values) => `hours ${values.allowed_trading_hours_utc} UTC`,
  normal: ({ allowed_trading_hours_utc: hours, ...others }) => {
    const [start = '', end = ''] = hours.split('-');
    return { ...others, allowed_trading_hours_utc: `${Number(start)}-${Number(end)}` };
  },
  // For other symbols, or for all hours, it lets everything through; one that acts acts whatever its list says.
  effective: (values, symbol) => {
    const symbols = parseSymbolList(values.apply_seasonality_to_symbols ?? '');
    const isForSymbol = symbols.length === 0 || symbols.includes(symbol);
    const acts = isForSymbol && values.allowed_trading_hours_utc !== '0-24';
    return acts ? { ...values, apply_seasonality_to_symbols: '' } : undefined;
  },
  grid: seasonalityGrid,
});

function requireSymbols(list: string): void {
  for (const word of list.split(',').filter(Boolean)) {
    try {
      parseSymbol(word.trim());
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const message = error.message.replace(/^symbol /, 'apply_seasonality_to_symbols ');
      throw new UsageError(message, { cause: error });
    }
  }
}

export interface SeasonalityFilterOptions {
  /** For example `5-17` or `22-4`, UTC. */
  readonly hours: string | TradingHours;
  /** Comma-separated or a list; empty = every symbol. Default empty. */
  readonly symbols?: string | readonly string[];
}

/**
 * Returns the filter that allows entries only at certain hours of the decision time, `openTime + Δ` (S-12).
 *
 * @param options - Hours, and the symbols that they apply to; another symbol is not filtered.
 * @throws {UsageError} If the hours are not `start-end` with start 0-23, end 0-24 and start other than end; from `mask()`, if no
 *   decision time of the timeframe lies in them.
 */
export function seasonalityFilter(options: SeasonalityFilterOptions): EntryFilter {
  const hours =
    typeof options.hours === 'string' ? parseTradingHours(options.hours) : options.hours;
  requireHours(hours, formatHours(hours));
  const symbols = parseSymbolList(options.symbols ?? []);
  return {
    name: 'seasonality',
    warmUp: 0,
    mask(candles: CandleSeries): Uint8Array {
      if (symbols.length > 0 && !symbols.includes(candles.symbol.trim().toUpperCase())) {
        return new Uint8Array(candles.length).fill(BOTH_ALLOWED);
      }
      const length = timeframeMs(candles.timeframe);
      requireDecisionTime(hours, candles);
      const { openTime } = candles;
      const mask = new Uint8Array(openTime.length);
      for (let i = 0; i < mask.length; i++) {
        if (includesTime(hours, openTime[i]! + length)) mask[i] = BOTH_ALLOWED;
      }
      return mask;
    },
  };
}

/** A day candle is decided at midnight only: hours 5-17 would silently forbid every trade. */
function requireDecisionTime(hours: TradingHours, { timeframe }: CandleSeries): void {
  const length = timeframeMs(timeframe);
  for (let time = 0; time < DAY_MS; time += length) {
    if (includesTime(hours, time)) return;
  }
  throw new UsageError(
    `Trading hours "${formatHours(hours)}": no ${timeframe} candle closes in them (UTC); widen them or use a shorter interval`,
  );
}

import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import { type Market, parseTimeframe } from '../domain/index.js';
import {
  type EngineRules,
  entrySizeOf,
  type Manage,
  type ManageView,
  parseProfitTargets,
  parseScaleOut,
  type TradeColumns,
} from '../semantics/index.js';
import { type EngineInput, LONG_ALLOWED, SHORT_ALLOWED } from './engine.js';
import type { GoldenResult, GoldenRow } from './golden-cases.contract.js';
import {
  alignedColumns,
  type Expression,
  evaluate,
  type SeriesCase,
} from './series-cases.contract.js';

/** Columns of a strategy, one value per candle; `null` is NaN. */
interface ColumnsCase {
  readonly kind: 'columns';
  readonly enter: number[];
  readonly exit?: number[];
  readonly stopDistance?: Cell[];
  readonly targetDistance?: Cell[];
  readonly size?: Cell[];
}

/** A strategy of expressions, with series of its own. */
interface ExpressionsCase {
  readonly kind: 'expressions';
  readonly series: SeriesCase;
  readonly let: readonly [string, Expression][];
  readonly enter: Expression;
}

type Cell = number | null | 'Infinity';

/** Keys as on the page, in `test/golden/later-cases.json`. */
export interface LaterCase extends Record<string, unknown> {
  readonly symbol: string;
  readonly timeframe: string;
  readonly market?: Market;
  readonly candles: number[][];
  readonly strategy?: ColumnsCase | ExpressionsCase;
  readonly series?: SeriesCase;
  readonly align?: Record<string, Expression>;
  readonly manage?: Record<'exit' | 'stop' | 'target', Expression | undefined>;
}

/** Trades and metrics, columns of a series, or a refusal. */
export type LaterExpected =
  | GoldenResult
  | { readonly columns: Record<string, (number | null)[]> }
  | { readonly error: true };

export type LaterRow = GoldenRow<LaterCase, LaterExpected>;

/** A case has a key that no engine knows yet. */
export class UnknownRuleError extends Error {
  override readonly name = 'UnknownRuleError';
}

const BPS = 10_000;

/** Numbers of the rules by their keys. */
const NUMBERS = {
  stop_loss_pct: 'stopLoss',
  take_profit_pct: 'takeProfit',
  trailing_stop_loss_pct: 'trailingStop',
  stop_loss_atr: 'stopLossAtr',
  take_profit_atr: 'takeProfitAtr',
  trailing_stop_atr: 'trailingStopAtr',
  exit_atr_period: 'exitAtrPeriod',
  trailing_activation_pct: 'trailingActivation',
  break_even_pct: 'breakEven',
  break_even_offset_pct: 'breakEvenOffset',
  max_candles_held: 'maxCandlesHeld',
  exit_min_profit_pct: 'exitMinProfit',
  cooldown_candles: 'cooldownCandles',
  max_cumulative_loss: 'maxCumulativeLoss',
} as const satisfies Record<string, keyof EngineRules>;

const KNOWN_KEYS = new Set([
  ...Object.keys(NUMBERS),
  ...['symbol', 'market', 'timeframe', 'candles', 'strategy', 'manage', 'series', 'align'],
  ...['initial_balance', 'units', 'equity_fraction', 'risk_fraction', 'leverage', 'direction'],
  ...['commission_bps', 'slippage_bps', 'allow_overdraft', 'exit_on_neutral', 're_entry'],
  ...['profit_targets', 'scale_out'],
]);

/**
 * Returns what an engine is given for a case.
 *
 * @param one - Of the file.
 * @throws {UnknownRuleError} If it needs a rule that no engine knows.
 * @throws {UsageError} If its rules contradict each other.
 */
export function laterInput(one: LaterCase): EngineInput {
  requireKnownKeys(one);
  const candles = baseCandles(one);
  const { strategy } = one;
  const columns = strategy?.kind === 'columns' ? strategy : undefined;
  const signals =
    strategy?.kind === 'expressions' ? expressionSignals(strategy, candles) : columns!.enter;
  return {
    candles,
    period: { from: 0, to: candles.length },
    signals: Int8Array.from(signals),
    exits: columns?.exit && Uint8Array.from(columns.exit),
    columns: columns && tradeColumns(columns),
    manage: one.manage && manageOf(one.manage, candles),
    entryMask: new Uint8Array(candles.length).fill(LONG_ALLOWED | SHORT_ALLOWED),
    rules: laterRules(one),
  };
}

/**
 * Returns the aligned columns of a case, as a file has them.
 *
 * @param one - With `series` and `align`.
 * @throws {UsageError} If a series is refused.
 */
export function laterColumns(one: LaterCase): Record<string, (number | null)[]> {
  const candles = baseCandles(one);
  const columns = alignedColumns(candles, one.series!, one.align!);
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [
      name,
      Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
    ]),
  );
}

function requireKnownKeys(one: LaterCase): void {
  for (const [key, value] of Object.entries(one)) {
    // Off is what every run without the rule is.
    if (KNOWN_KEYS.has(key) || (key === 'maintenance_margin_rate' && value === 0)) continue;
    throw new UnknownRuleError(key);
  }
}

function baseCandles(one: LaterCase): CandleSeries {
  const { symbol, market = 'spot' } = one;
  const timeframe = parseTimeframe(one.timeframe === '24h' ? '1d' : one.timeframe);
  return candleSeriesFromRows({ symbol, market, timeframe }, one.candles);
}

function laterRules(one: LaterCase): EngineRules {
  const number = (key: string): number | undefined => one[key] as number | undefined;
  const rules: Record<string, unknown> = {
    market: one.market,
    direction: one.direction ?? 'both',
    initialBalance: number('initial_balance') ?? 10_000,
    size: entrySizeOf({
      units: number('units'),
      equityFraction: number('equity_fraction'),
      riskFraction: number('risk_fraction'),
    }),
    leverage: number('leverage') ?? 1,
    allowOverdraft: one.allow_overdraft ?? false,
    commissionRate: number('commission_bps')! / BPS,
    slippageRate: number('slippage_bps')! / BPS,
    exitOnNeutral: one.exit_on_neutral ?? false,
    reEntry: one.re_entry === 'new_signal' ? 'new-signal' : 'immediate',
  };
  for (const [key, name] of Object.entries(NUMBERS)) {
    if (one[key] !== undefined) rules[name] = one[key];
  }
  if (one.profit_targets !== undefined) {
    rules.profitTargets = parseProfitTargets(one.profit_targets as string);
  }
  if (one.scale_out !== undefined) rules.scaleOut = parseScaleOut(one.scale_out as string);
  return rules as unknown as EngineRules;
}

function tradeColumns({ stopDistance, targetDistance, size }: ColumnsCase): TradeColumns {
  const column = (cells: Cell[] | undefined): Float64Array | undefined =>
    cells && Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
  return {
    stopDistance: column(stopDistance),
    targetDistance: column(targetDistance),
    size: column(size),
  };
}

function expressionSignals(strategy: ExpressionsCase, candles: CandleSeries): number[] {
  const columns = alignedColumns(candles, strategy.series, Object.fromEntries(strategy.let));
  return Array.from({ length: candles.length }, (_, i) => {
    const signal = evaluate(
      strategy.enter,
      (name) => columns[name]?.[i] ?? cellOf(candles, name, i),
    );
    return Number.isNaN(signal) ? 0 : signal;
  });
}

function manageOf(manage: NonNullable<LaterCase['manage']>, candles: CandleSeries): Manage {
  return (view) => {
    const value = (expression: Expression | undefined): number =>
      expression === undefined
        ? Number.NaN
        : evaluate(expression, (name) =>
            name in view ? view[name as keyof ManageView] : cellOf(candles, name, view.i),
          );
    return {
      exit: value(manage.exit) > 0,
      stop: value(manage.stop),
      target: value(manage.target),
    };
  };
}

function cellOf(candles: CandleSeries, name: string, i: number): number {
  return candles[name as 'close'][i]!;
}

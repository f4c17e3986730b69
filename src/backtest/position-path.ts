import type { ExitReason, Trade } from '../domain/index.js';
import { atr } from '../indicators/index.js';
import {
  balanceAfterEntry,
  balanceAfterExit,
  bookExitFill,
  candleFills,
  commissionOf,
  completeCandle,
  type PositionLevels as EffectiveLevels,
  EXIT_ATR_PERIOD,
  entryTerms,
  type LevelRules,
  levelRulesOf,
  levelsOf,
  manageView,
  noStop,
  type OpenPosition,
  openPosition,
  partQuantity,
  renewRuin,
  ruinLevel,
  type SideSign,
  setManagedLevels,
  stopsByName,
  tighterStop,
  usesAtr,
} from '../semantics/index.js';
import type { EngineInput, EngineResult } from './engine.js';

/** What a run held in one candle. A level that does not exist is infinite, as `noStop()` says. */
export interface CandlePosition {
  /** At the close: +1 long, -1 short, 0 flat. */
  readonly position: SideSign | 0;
  /** Levels in force inside the candle, also when the position ended there; `undefined` when nothing was held. */
  readonly levels: PositionLevels | undefined;
  /** What ended positions in this candle, in order: two when one was turned and then stopped. */
  readonly exits: readonly ExitReason[];
}

/** Prices, quote per base. */
export interface PositionLevels {
  readonly entryPrice: number;
  /** The tightest of all that are called stop-loss, and break-even (S-71, S-73). */
  readonly stopLoss: number;
  readonly trailingStop: number;
  /** The nearest (S-71). */
  readonly takeProfit: number;
  readonly liquidation: number;
}

/** What of a finished run the walk needs. */
type PathInput = Pick<EngineInput, 'candles' | 'period' | 'rules' | 'columns' | 'manage'> & {
  readonly run: Pick<EngineResult, 'trades'>;
};

const FLAT: CandlePosition = { position: 0, levels: undefined, exits: [] };

/** An open trade on its way through the candles. */
interface Walk {
  readonly trade: Trade;
  readonly position: OpenPosition;
  /** Levels of the candle that comes. */
  levels: EffectiveLevels;
  balance: number;
}

/** What the trades of a run share. */
interface PathRules {
  readonly input: PathInput;
  readonly levelRules: LevelRules;
  readonly exitAtr: Float64Array | undefined;
}

/**
 * Walks through the period of a finished run and says what was held in each candle, with the levels that the engine used:
 * the same functions of `semantics/`, in the same order.
 *
 * @param result - Of `runBacktest()`.
 * @returns One value per candle of the period, in order.
 */
export function* positionPath(result: PathInput): Generator<CandlePosition> {
  const { period, run, rules } = result;
  const shared = pathRules(result);
  let next = 0;
  let open: Walk | undefined;
  for (let i = period.from; i < period.to; i++) {
    const exits: ExitReason[] = [];
    let levels = open && shownLevels(open, shared);
    const end = (): void => {
      if (open?.trade.exitIndex !== i) return;
      exits.push(open.trade.exitReason);
      open = undefined;
    };
    // A trade that ends at this open makes room for one that begins there.
    end();
    const trade = run.trades[next];
    if (open === undefined && trade?.entryIndex === i) {
      open = enter(shared, trade, run.trades[next - 1]?.balance ?? rules.initialBalance);
      levels = shownLevels(open, shared);
      next++;
      end();
    }
    if (open !== undefined) liveThrough(open, i, shared);
    yield levels === undefined ? FLAT : { position: open?.position.side ?? 0, levels, exits };
  }
}

function pathRules(input: PathInput): PathRules {
  const { candles, rules, columns, manage } = input;
  return {
    input,
    levelRules: levelRulesOf(rules, {
      stopDistance: columns?.stopDistance !== undefined,
      targetDistance: columns?.targetDistance !== undefined,
      manage: manage !== undefined,
    }),
    exitAtr: usesAtr(rules) ? atr(candles, rules.exitAtrPeriod ?? EXIT_ATR_PERIOD) : undefined,
  };
}

function enter({ input, levelRules, exitAtr }: PathRules, trade: Trade, before: number): Walk {
  const { rules, columns } = input;
  const { entryPrice, entryIndex, units } = trade;
  const side = trade.side === 'long' ? 1 : -1;
  const entryCommission = commissionOf(entryPrice, units, rules.commissionRate);
  const balance = balanceAfterEntry(before, entryCommission);
  const { distances } = entryTerms(rules, columns, exitAtr, entryIndex - 1)!;
  const position = openPosition(
    { side, entryIndex, entryPrice, units, entryCommission, distances },
    rules.allowOverdraft ? noStop(side) : ruinLevel(entryPrice, side, balance, units),
  );
  return { trade, position, levels: levelsOf(position, levelRules), balance };
}

/** A candle that the trade outlives: parts leave, the peak rises, the strategy manages. */
function liveThrough(walk: Walk, i: number, { input, levelRules }: PathRules): void {
  const { position, levels: before } = walk;
  const { candles, rules, manage, period } = input;
  const [open, high, low] = [candles.open[i]!, candles.high[i]!, candles.low[i]!];
  const { parts } = candleFills(position, before, rules, open, high, low);
  for (const price of parts) {
    const quantity = partQuantity(rules, position.scaleOuts, position.units);
    const commission = commissionOf(price, quantity, rules.commissionRate);
    const gross = bookExitFill(position, price, quantity, commission);
    walk.balance = balanceAfterExit(walk.balance, gross, commission);
    position.scaleOuts++;
  }
  if (parts.length > 0) renewRuin(position, walk.balance, rules.allowOverdraft);
  completeCandle(position, high, low);
  walk.levels = levelsOf(position, levelRules, before);
  if (manage === undefined || i === period.to - 1) return;
  const wish = manage(manageView(position, walk.levels, i, candles.close[i]!));
  if (wish === undefined || wish.exit === true || !setManagedLevels(position, wish)) return;
  walk.levels = levelsOf(position, levelRules, before);
}

function shownLevels({ position, levels }: Walk, { levelRules }: PathRules): PositionLevels {
  const { side, entryPrice } = position;
  const stops = stopsByName(position, levelRules);
  return {
    entryPrice,
    stopLoss: tighterStop(side, stops['stop-loss'], stops['break-even']),
    trailingStop: stops['trailing-stop'],
    takeProfit: levels.target,
    liquidation: stops.liquidation,
  };
}

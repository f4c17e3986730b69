import type { ExitReason, Trade } from '../domain/index.js';
import {
  balanceAfterEntry,
  commissionOf,
  hasGained,
  noStop,
  noTakeProfit,
  raisePeak,
  ruinLevel,
  type SideSign,
  stopLossLevel,
  takeProfitLevel,
  tighterStop,
  trailingStopLevel,
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
  /** The tighter of stop-loss and break-even (S-73). */
  readonly stopLoss: number;
  readonly trailingStop: number;
  readonly takeProfit: number;
  readonly liquidation: number;
}

/** What of a finished run the walk needs. */
type PathInput = Pick<EngineInput, 'candles' | 'period' | 'rules'> & {
  readonly run: Pick<EngineResult, 'trades'>;
};

const FLAT: CandlePosition = { position: 0, levels: undefined, exits: [] };

/** An open trade on its way through the candles. */
interface Walk {
  readonly trade: Trade;
  readonly side: SideSign;
  readonly fixed: Omit<PositionLevels, 'trailingStop'>;
  peak: number;
  closesHeld: number;
}

/**
 * Walks through the period of a finished run and says what was held in each candle, with the levels that the engine used:
 * the same functions of `semantics/`, in the same order.
 *
 * @param result - Of `runBacktest()`.
 * @returns One value per candle of the period, in order.
 */
export function* positionPath(result: PathInput): Generator<CandlePosition> {
  const { candles, period, rules, run } = result;
  let next = 0;
  let open: Walk | undefined;
  for (let i = period.from; i < period.to; i++) {
    const exits: ExitReason[] = [];
    let levels = open && levelsOf(open, result);
    const end = (): void => {
      if (open?.trade.exitIndex !== i) return;
      exits.push(open.trade.exitReason);
      open = undefined;
    };
    // A trade that ends at this open makes room for one that begins there.
    end();
    if (open === undefined && run.trades[next]?.entryIndex === i) {
      open = enter(
        result,
        run.trades[next]!,
        run.trades[next - 1]?.balance ?? rules.initialBalance,
      );
      levels = levelsOf(open, result);
      next++;
      end();
    }
    if (open !== undefined) {
      open.peak = raisePeak(open.peak, open.side, candles.high[i]!, candles.low[i]!);
      open.closesHeld++;
    }
    yield levels === undefined ? FLAT : { position: open?.side ?? 0, levels, exits };
  }
}

function enter({ rules }: PathInput, trade: Trade, balanceBefore: number): Walk {
  const { entryPrice, units } = trade;
  const side = trade.side === 'long' ? 1 : -1;
  const commission = commissionOf(entryPrice, units, rules.commissionRate);
  const balance = balanceAfterEntry(balanceBefore, commission);
  const { stopLoss, takeProfit, allowOverdraft } = rules;
  return {
    trade,
    side,
    fixed: {
      entryPrice,
      stopLoss: stopLoss === undefined ? noStop(side) : stopLossLevel(entryPrice, side, stopLoss),
      takeProfit:
        takeProfit === undefined
          ? noTakeProfit(side)
          : takeProfitLevel(entryPrice, side, takeProfit),
      liquidation: allowOverdraft ? noStop(side) : ruinLevel(entryPrice, side, balance, units),
    },
    peak: entryPrice,
    closesHeld: 0,
  };
}

function levelsOf(walk: Walk, { rules }: PathInput): PositionLevels {
  const { fixed, peak, side, closesHeld } = walk;
  const { entryPrice } = fixed;
  const { trailingStop, trailingActivation, breakEven, breakEvenOffset = 0 } = rules;
  const position = { side, entryPrice, peak, closesHeld };
  const isTrailing =
    trailingStop !== undefined &&
    (trailingActivation === undefined || hasGained(position, trailingActivation));
  const isEven = breakEven !== undefined && hasGained(position, breakEven);
  return {
    ...fixed,
    stopLoss: isEven
      ? tighterStop(side, fixed.stopLoss, takeProfitLevel(entryPrice, side, breakEvenOffset))
      : fixed.stopLoss,
    trailingStop: isTrailing ? trailingStopLevel(peak, side, trailingStop) : noStop(side),
  };
}

import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  multiplyDecimals,
  trimDecimal,
} from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import { instrumentViolations } from '../../exchange/ports/instrument.js';
import { marketFillPrice, type SideSign, type TradeRules } from '../../semantics/index.js';
import { entryQuantity, lowestStopPrice } from './entry-size.js';
import { levelsOfEntry } from './levels.js';
import { stopRequest } from './protection.js';
import { assessRisk, type QuantityOrder, sellableOf } from './risk.js';
import type { RiskLimits } from './settings.js';
import { fractionText, sizeAdvice } from './size-advice.js';
import { type SizeBound, type SizeFacts, type SizeRefusal, sizeBounds } from './size-bounds.js';
import { entryText, moneyText, refusalWords, violationWords } from './size-words.js';

/** What an entry would be made with now. */
export interface EntryFacts {
  readonly rules: TradeRules;
  readonly limits: RiskLimits;
  readonly instrument: InstrumentRules;
  readonly side: SideSign;
  /** That an order of this side meets; quote per base. */
  readonly price: Decimal;
  /** Of the bot; quote. */
  readonly balance: Decimal;
  /** Free quote balance of the account, on USD-M the margin available. */
  readonly quoteFree: Decimal;
  /** At which the account stands; 1 on spot. */
  readonly leverage: number;
  /** USD-M: the largest position at that leverage, quote; 0 without a bound. */
  readonly bracketNotional: Decimal;
}

/** The entry that a bot would send now, and whether such an entry can be sent at all. */
export interface EntryOutlook {
  readonly order: QuantityOrder;
  /** The stop-loss or trailing stop that would rest for it; `undefined` without one, and where the instrument takes none. */
  readonly stop: QuantityOrder | undefined;
  /** Size in words. */
  readonly sizeText: string;
  /** Why it cannot be sent, with the number that would fit; `undefined` if it can. */
  readonly problem: string | undefined;
}

/**
 * Looks at the entry that a bot would send at the present price, with the sizes and checks of trading itself.
 *
 * @param facts - Rules, instrument, price and money.
 */
export function entryOutlook(facts: EntryFacts): EntryOutlook {
  const { rules, instrument, side, price, balance } = facts;
  const quantity = entryQuantity(rules, instrument, { side, price, balance });
  const order: QuantityOrder = {
    type: 'market',
    symbol: instrument.symbol,
    side: side > 0 ? 'buy' : 'sell',
    clientOrderId: 'wus-test-entry',
    quantity,
  };
  const stop = stopOf(facts, quantity);
  return {
    order,
    stop,
    sizeText: entryText(quantity, price, instrument),
    problem: sizeProblem(order, facts) ?? (stop && stopProblem(stop, facts)),
  };
}

function sizeFacts(facts: EntryFacts): SizeFacts {
  const { rules, price, balance } = facts;
  return {
    ...facts,
    decisionPrice: undefined,
    stopPrice: lowestStopPrice(rules, price),
    commissionRate: rules.commissionRate,
    entriesInLastHour: 0,
    ownLeverage: rules.leverage,
    ownFunds: rules.allowOverdraft ? Number.POSITIVE_INFINITY : decimalToNumber(balance),
  };
}

function sizeProblem(order: QuantityOrder, facts: EntryFacts): string | undefined {
  const { quantity } = order;
  const { rules, price, instrument } = facts;
  const size = sizeFacts(facts);
  const bounds = sizeBounds(size);
  const { least, most } = bounds;
  const result = assessRisk({ leg: 'entry', order }, size);
  const refusal = 'refusal' in result ? result.refusal : undefined;
  const isSmall = least === undefined || quantity < least.quantity;
  const isLarge = most !== undefined && quantity > most.quantity;
  // Too small for several rules: the first names it best. Too large: the tightest.
  const broken = isSmall
    ? (refusal ?? least?.refusal)
    : isLarge
      ? reasonOfMost(most, quantity, size)
      : refusal;
  if (broken === undefined) return undefined;
  const why = refusalWords(broken, quantity, size);
  if (!isSmall && !isLarge) return why;
  const option =
    'units' in rules.size
      ? `--units ${trimDecimal(decimalFromNumber(rules.size.units))}`
      : `--equity-fraction ${fractionText(rules.size.equityFraction)}`;
  const what = entryText(quantity, price, instrument);
  const advice = sizeAdvice(bounds, { ...facts, size, quantity });
  return isSmall
    ? `${option} is too small (${what}): ${why}; ${advice}`
    : `${why} (${option} is ${what}); ${advice}`;
}

/** What is not even free on the account is said before what the bot may call its own. */
function reasonOfMost(most: SizeBound, quantity: Decimal, size: SizeFacts): SizeRefusal {
  if (most.refusal !== 'beyond-own-balance') return most.refusal;
  const free = sizeBounds({ ...size, ownFunds: Number.POSITIVE_INFINITY }).most;
  const isUnfunded = free?.refusal === 'insufficient-balance' && quantity > free.quantity;
  return isUnfunded ? free.refusal : most.refusal;
}

/** The stop as it would be placed after a fill at the expected price. */
function stopOf(facts: EntryFacts, quantity: Decimal): QuantityOrder | undefined {
  const { rules, instrument, side, price, balance } = facts;
  const isSpot = instrument.market === 'spot';
  const entryPrice = marketFillPrice(decimalToNumber(price), side, rules.slippageRate);
  const entry = { side, entryPrice, quantity, peak: null };
  const { stop } = levelsOfEntry(entry, rules, instrument.tickSize, balance);
  // Where equity is zero no stop was asked for: the bot watches a level that cannot rest.
  const isWanted = stop !== undefined && stop.reason !== 'liquidation';
  if (!isWanted || quantity <= 0n) return undefined;
  return stopRequest(instrument, side, {
    symbol: instrument.symbol,
    side: side > 0 ? 'sell' : 'buy',
    clientOrderId: 'wus-test-stop',
    triggerPrice: stop.price,
    quantity: isSpot ? sellableOf(quantity, sizeFacts(facts)) : quantity,
    ...(!isSpot && { reduceOnly: true }),
  });
}

/** A stop that is too large for one order rests in parts; whatever else is against it keeps it from resting. */
function stopProblem(stop: QuantityOrder, { instrument }: EntryFacts): string | undefined {
  if (!('triggerPrice' in stop)) return undefined;
  const { triggerPrice, quantity } = stop;
  const isLarge = quantity > instrument.quantityMin;
  const violation = instrumentViolations(instrument, stop, triggerPrice).find(
    (one) => one !== 'status' && !(isLarge && (one === 'quantity-range' || one === 'notional')),
  );
  if (violation === undefined) return undefined;
  const worth = decimalToNumber(multiplyDecimals(triggerPrice, quantity));
  const at = moneyText(decimalToNumber(triggerPrice), instrument.quoteAsset);
  return `its stop at ${at} would be refused: ${violationWords(violation, instrument, worth)}; use another stop`;
}

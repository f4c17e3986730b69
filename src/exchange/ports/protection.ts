import type { Decimal } from '../../domain/index.js';
import type { Broker } from './broker.js';
import { ExchangeError, RequestRefused } from './errors.js';
import type { InstrumentRules } from './instrument.js';
import type { OrderReport, OrderRequest, OrderSide, TriggerSource } from './order.js';

/** Exits that shall rest on the exchange for an open position; at least one. */
export interface ProtectionRequest {
  readonly symbol: string;
  /** Side of the exits: `sell` protects a long position. */
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly stopLoss?: {
    readonly clientOrderId: string;
    readonly triggerPrice: Decimal;
    /** Worst price, for instruments that take no stop without one; quote per base. */
    readonly limitPrice: Decimal;
  };
  /** Rests as a limit order: it fills at its price or better. */
  readonly takeProfit?: { readonly clientOrderId: string; readonly price: Decimal };
  /** Client id of the pair, where the exchange links the two. */
  readonly listClientOrderId: string;
  /** USD-M only; default `last`. */
  readonly triggeredBy?: TriggerSource;
}

/** What rests now, and what does not. */
export interface ProtectionReport {
  readonly legs: readonly OrderReport[];
  /** Whether a fill of one leg ends the other; else the caller cancels it. */
  readonly isLinked: boolean;
  /** The take-profit that could not be placed although the stop rests. */
  readonly failed?: { readonly clientOrderId: string; readonly error: ExchangeError };
}

/**
 * Places the exits of a position so that they work while nobody is connected. Spot: a stop, or an OCO pair. USD-M:
 * reduce-only orders, which cannot open a position when both are met. The stop goes first: if it fails nothing is
 * placed and the error is thrown; if only the take-profit fails the report says so.
 *
 * @param broker - Of the market of the position.
 * @param rules - Rules of the symbol.
 * @param request - The exits.
 * @throws {RequestRefused} `malformed` if there is no exit or the instrument takes no stop; else as `Broker.place`.
 */
export async function placeProtection(
  broker: Broker,
  rules: InstrumentRules,
  request: ProtectionRequest,
): Promise<ProtectionReport> {
  const { stopLoss, takeProfit } = request;
  if (stopLoss !== undefined && takeProfit !== undefined && rules.ocoAllowed) {
    return { legs: await placePair(broker, rules, request), isLinked: true };
  }
  if (stopLoss !== undefined && takeProfit !== undefined && rules.market === 'spot') {
    throw new RequestRefused('malformed', `${request.symbol} takes no pair of exits (OCO)`);
  }
  const stop = stopLoss && (await broker.place(stopOrder(rules, request)));
  if (takeProfit === undefined) {
    if (stop !== undefined) return { legs: [stop], isLinked: false };
    throw new RequestRefused('malformed', 'A protection needs a stop or a take-profit');
  }
  try {
    const profit = await broker.place(profitOrder(rules, request, takeProfit));
    return { legs: stop === undefined ? [profit] : [stop, profit], isLinked: false };
  } catch (error) {
    if (stop === undefined || !(error instanceof ExchangeError)) throw error;
    const failed = { clientOrderId: takeProfit.clientOrderId, error };
    return { legs: [stop], isLinked: false, failed };
  }
}

function placePair(
  broker: Broker,
  rules: InstrumentRules,
  { symbol, side, quantity, listClientOrderId, stopLoss, takeProfit }: ProtectionRequest,
): Promise<readonly OrderReport[]> {
  const { clientOrderId, triggerPrice, limitPrice } = stopLoss!;
  const price = takesMarketStop(rules) ? {} : { price: limitPrice };
  return broker.placeOCO({
    symbol,
    side,
    quantity,
    listClientOrderId,
    takeProfit: takeProfit!,
    stopLoss: { clientOrderId, triggerPrice, ...price },
  });
}

function stopOrder(rules: InstrumentRules, request: ProtectionRequest): OrderRequest {
  const { clientOrderId, triggerPrice, limitPrice } = request.stopLoss!;
  const { triggeredBy } = request;
  const stop = {
    ...exit(rules, request),
    clientOrderId,
    triggerPrice,
    ...(triggeredBy === undefined ? {} : { triggeredBy }),
  };
  if (takesMarketStop(rules)) return { ...stop, type: 'stop-loss' };
  if (rules.orderTypes.includes('stop-loss-limit')) {
    return { ...stop, type: 'stop-loss-limit', price: limitPrice };
  }
  throw new RequestRefused('malformed', `${request.symbol} takes no stop orders`);
}

function profitOrder(
  rules: InstrumentRules,
  request: ProtectionRequest,
  takeProfit: NonNullable<ProtectionRequest['takeProfit']>,
): OrderRequest {
  return { ...exit(rules, request), ...takeProfit, type: 'limit' };
}

function exit(
  rules: InstrumentRules,
  { symbol, side, quantity }: ProtectionRequest,
): Pick<OrderRequest, 'symbol' | 'side' | 'reduceOnly'> & { readonly quantity: Decimal } {
  return { symbol, side, quantity, ...(rules.market === 'usdm' ? { reduceOnly: true } : {}) };
}

function takesMarketStop(rules: InstrumentRules): boolean {
  return rules.orderTypes.includes('stop-loss');
}

import {
  DECIMAL_ONE,
  type Decimal,
  divideDecimals,
  maxDecimal,
  minDecimal,
  multiplyDecimals,
} from '../../domain/index.js';
import { signOf, type UsdmOrder } from './usdm-order.js';
import type { PositionState, UsdmState } from './usdm-state.js';
import { bracketOf, type UsdmSymbol } from './usdm-symbol.js';

/** Margin of one symbol: its position and its open orders; all in quote. */
export interface SymbolMargin {
  /** Position at the mark price; signed. */
  readonly notional: Decimal;
  readonly unrealized: Decimal;
  readonly positionInitial: Decimal;
  readonly openOrderInitial: Decimal;
  readonly maintenance: Decimal;
}

/** Margin of everything that one asset backs. */
export interface AccountMargin {
  readonly wallet: Decimal;
  /** Wallet without the parts that back isolated positions. */
  readonly crossWallet: Decimal;
  readonly unrealized: Decimal;
  readonly crossUnrealized: Decimal;
  readonly positionInitial: Decimal;
  readonly openOrderInitial: Decimal;
  readonly maintenance: Decimal;
  readonly crossMaintenance: Decimal;
  /** What new orders may bind; below 0 when the open ones bind more than there is. */
  readonly available: Decimal;
}

/** The position of a symbol; an empty one where there is none. */
export function positionOf(state: UsdmState, symbol: string): PositionState {
  return (
    state.positions[symbol] ?? {
      symbol,
      quantity: 0n,
      cost: 0n,
      realized: 0n,
      isolatedWallet: 0n,
      updateTime: 0,
    }
  );
}

export function entryPrice({ quantity, cost }: PositionState): Decimal {
  return quantity === 0n ? 0n : divideDecimals(cost, quantity, 'nearest');
}

/**
 * Returns the margin of a symbol. Orders and position bind what the larger of "all buys filled" and "all sells
 * filled" would need; orders that only reduce bind nothing.
 *
 * @param state - The account.
 * @param symbol - The symbol.
 * @param openOrders - Its open orders.
 */
export function symbolMargin(
  state: UsdmState,
  symbol: string,
  openOrders: readonly Pick<
    UsdmOrder,
    'side' | 'price' | 'quantity' | 'executedQuantity' | 'reduceOnly'
  >[],
): SymbolMargin {
  const rules = state.symbols[symbol]!;
  const mark = state.marks[symbol]?.price ?? 0n;
  const { quantity, cost } = positionOf(state, symbol);
  const notional = multiplyDecimals(mark, quantity);
  const bound = { BUY: 0n, SELL: 0n };
  for (const order of openOrders) {
    if (order.reduceOnly) continue;
    const price = order.side === 'SELL' ? maxDecimal(order.price, mark) : order.price || mark;
    bound[order.side] += multiplyDecimals(price, order.quantity - order.executedQuantity);
  }
  const leverage = BigInt(state.configs[symbol]!.leverage);
  const exposure = maxDecimal(abs(notional + bound.BUY), abs(notional - bound.SELL));
  const positionInitial = abs(notional) / leverage;
  return {
    notional,
    unrealized: notional - cost,
    positionInitial,
    openOrderInitial: exposure / leverage - positionInitial,
    maintenance: maintenanceMargin(rules, abs(notional)),
  };
}

/**
 * Returns the margin of all that an asset backs.
 *
 * @param state - The account.
 * @param asset - Margin asset.
 * @param openOrders - Open orders by symbol.
 */
export function accountMargin(
  state: UsdmState,
  asset: string,
  openOrders: (symbol: string) => readonly UsdmOrder[],
): AccountMargin {
  const wallet = state.wallets[asset] ?? 0n;
  const total = {
    wallet,
    crossWallet: wallet,
    unrealized: 0n,
    crossUnrealized: 0n,
    positionInitial: 0n,
    openOrderInitial: 0n,
    maintenance: 0n,
    crossMaintenance: 0n,
  };
  let crossInitial = 0n;
  for (const { symbol, marginAsset } of Object.values(state.symbols)) {
    if (marginAsset !== asset) continue;
    const margin = symbolMargin(state, symbol, openOrders(symbol));
    const isCross = state.configs[symbol]!.marginType === 'cross';
    total.unrealized += margin.unrealized;
    total.positionInitial += margin.positionInitial;
    total.openOrderInitial += margin.openOrderInitial;
    total.maintenance += margin.maintenance;
    crossInitial += margin.openOrderInitial;
    if (isCross) {
      total.crossUnrealized += margin.unrealized;
      total.crossMaintenance += margin.maintenance;
      crossInitial += margin.positionInitial;
    } else {
      total.crossWallet -= positionOf(state, symbol).isolatedWallet;
    }
  }
  return { ...total, available: total.crossWallet + total.crossUnrealized - crossInitial };
}

/** Least margin of a position of this size; quote. */
export function maintenanceMargin(rules: UsdmSymbol, notional: Decimal): Decimal {
  const { maintenanceRate, deduction } = bracketOf(rules, notional);
  return multiplyDecimals(notional, maintenanceRate) - deduction;
}

/**
 * Returns the mark price at which a position has just its maintenance margin, all other positions as they are:
 * from `backing + quantity × price − cost = |quantity| × price × rate − deduction`.
 *
 * @param rules - Rules of the symbol.
 * @param position - Signed quantity and cost.
 * @param backing - What backs it beside its own profit: the isolated wallet, or the cross wallet with the profits
 *   less the maintenance margins of the others; quote.
 * @returns `undefined` where no price does it.
 */
export function liquidationPrice(
  rules: UsdmSymbol,
  { quantity, cost }: Pick<PositionState, 'quantity' | 'cost'>,
  backing: Decimal,
): Decimal | undefined {
  if (quantity === 0n) return undefined;
  const size = abs(quantity);
  for (const { notionalFloor, notionalCap, maintenanceRate, deduction } of rules.brackets) {
    const perPrice = quantity - multiplyDecimals(size, maintenanceRate);
    if (perPrice === 0n) continue;
    const price = ((cost - backing - deduction) * DECIMAL_ONE) / perPrice;
    const notional = multiplyDecimals(size, price);
    if (price > 0n && notional >= notionalFloor && notional <= notionalCap) return price;
  }
  return undefined;
}

/** What backs a position beside its own profit; see `liquidationPrice`. */
export function backingOf(
  state: UsdmState,
  symbol: string,
  openOrders: (symbol: string) => readonly UsdmOrder[],
): Decimal {
  const position = positionOf(state, symbol);
  if (state.configs[symbol]!.marginType === 'isolated') return position.isolatedWallet;
  const account = accountMargin(state, state.symbols[symbol]!.marginAsset, openOrders);
  const own = symbolMargin(state, symbol, []);
  const othersUnrealized = account.crossUnrealized - own.unrealized;
  const othersMaintenance = account.crossMaintenance - own.maintenance;
  return account.crossWallet + othersUnrealized - othersMaintenance;
}

/**
 * Returns how much of an order may fill without opening or enlarging a position; base.
 *
 * @param position - Signed quantity.
 * @param side - Side of the order.
 */
export function reducibleQuantity(
  { quantity }: Pick<PositionState, 'quantity'>,
  side: 'BUY' | 'SELL',
): Decimal {
  return quantity * signOf(side) < 0n ? abs(quantity) : 0n;
}

/** A fill as the position sees it. */
export interface PositionFill {
  readonly side: 'BUY' | 'SELL';
  readonly quantity: Decimal;
  readonly notional: Decimal;
}

/**
 * Applies a fill to a position: first it reduces, what is left opens.
 *
 * @param position - Changed in place.
 * @param fill - The fill.
 * @param leverage - For the margin that an isolated position takes with it; `undefined` with cross margin.
 * @returns Profit realised, before commission; quote.
 */
export function applyFill(
  position: PositionState,
  fill: PositionFill,
  leverage: number | undefined,
): Decimal {
  const sign = signOf(fill.side);
  const reducible = reducibleQuantity(position, fill.side);
  const reduced = minDecimal(fill.quantity, reducible);
  let realized = 0n;
  let openedNotional = fill.notional;
  if (reduced > 0n) {
    const reducedNotional = (fill.notional * reduced) / fill.quantity;
    const costPart = (position.cost * reduced) / reducible;
    realized = -sign * reducedNotional - costPart;
    position.cost -= costPart;
    position.isolatedWallet -= (position.isolatedWallet * reduced) / reducible;
    openedNotional -= reducedNotional;
  }
  position.quantity += sign * fill.quantity;
  position.cost += sign * openedNotional;
  if (leverage !== undefined) position.isolatedWallet += openedNotional / BigInt(leverage);
  position.realized += realized;
  return realized;
}

export const abs = (value: Decimal): Decimal => (value < 0n ? -value : value);

import { type Decimal, multiplyDecimals, roundToStep } from '../../domain/index.js';
import { remember } from './order-table.js';
import { usdmRefusals } from './refusal.js';
import type { Payload } from './spot-payloads.js';
import {
  type AccountMargin,
  abs,
  accountMargin,
  applyFill,
  backingOf,
  liquidationPrice,
  type PositionFill,
  positionOf,
  symbolMargin,
} from './usdm-margin.js';
import { signOf, type UsdmOrder, type UsdmOrderTerms } from './usdm-order.js';
import { type AccountChange, accountUpdate, marginCall } from './usdm-payloads.js';
import type { IncomeType, PositionState, UsdmState } from './usdm-state.js';
import { notionalMaxAt } from './usdm-symbol.js';

/** A position is warned of when its backing is less than this many times its maintenance margin. */
const WARNING_FACTOR_TENTHS = 12n;

/** Wallets, positions and their margin: the money side of the simulated USD-M exchange. */
export class UsdmAccount {
  readonly #state: UsdmState;
  readonly #openOrders: (symbol: string) => readonly UsdmOrder[];
  readonly #report: (event: Payload) => void;
  readonly #touchedAssets = new Set<string>();
  readonly #touchedSymbols = new Set<string>();

  constructor(
    state: UsdmState,
    openOrders: (symbol: string) => readonly UsdmOrder[],
    report: (event: Payload) => void,
  ) {
    this.#state = state;
    this.#openOrders = openOrders;
    this.#report = report;
  }

  margin(asset: string): AccountMargin {
    return accountMargin(this.#state, asset, this.#openOrders);
  }

  /** Whether more margin is bound than there is. */
  isOverdrawn(asset: string): boolean {
    return this.margin(asset).available < 0n;
  }

  /**
   * An order needs the margin that it adds, and what it loses at once against the mark price.
   *
   * @param order - With the worst price at which it would fill.
   * @throws {Refusal} -2019 or -2027.
   */
  requireMargin(order: Pick<UsdmOrderTerms, 'symbol' | 'side' | 'price' | 'quantity'>): void {
    const { symbol, price } = order;
    const rules = this.#state.symbols[symbol]!;
    const open = this.#openOrders(symbol);
    const before = symbolMargin(this.#state, symbol, open);
    const added = { ...order, reduceOnly: false, executedQuantity: 0n };
    const after = symbolMargin(this.#state, symbol, [...open, added]);
    const { leverage } = this.#state.configs[symbol]!;
    const exposure = (after.positionInitial + after.openOrderInitial) * BigInt(leverage);
    if (exposure > notionalMaxAt(rules, leverage) && exposure > abs(before.notional)) {
      throw usdmRefusals.positionTooLarge();
    }
    const increase = after.openOrderInitial - before.openOrderInitial;
    if (increase <= 0n) return;
    const distance = (price - this.#state.marks[symbol]!.price) * signOf(order.side);
    const loss = distance > 0n ? multiplyDecimals(distance, order.quantity) : 0n;
    if (increase + loss > this.margin(rules.marginAsset).available) {
      throw usdmRefusals.insufficientMargin();
    }
  }

  /** Changes a wallet and notes why. */
  book(
    type: IncomeType,
    entry: { asset: string; amount: Decimal; symbol?: string; tradeId?: number },
  ): void {
    const { asset, amount, symbol = '', tradeId } = entry;
    if (amount === 0n) return;
    this.#state.wallets[asset] = (this.#state.wallets[asset] ?? 0n) + amount;
    this.#touchedAssets.add(asset);
    remember(this.#state.income, {
      id: this.#state.nextIncomeId++,
      symbol,
      type,
      asset,
      amount,
      time: this.#state.time,
      tradeId: tradeId === undefined ? '' : String(tradeId),
    });
  }

  /** Applies a fill to position and wallet; returns the profit realised before commission. */
  applyFill(
    symbol: string,
    fill: PositionFill & { readonly commission: Decimal; readonly tradeId: number },
  ): Decimal {
    const position = this.#position(symbol);
    const { leverage, marginType } = this.#state.configs[symbol]!;
    const realized = applyFill(position, fill, marginType === 'isolated' ? leverage : undefined);
    position.updateTime = this.#state.time;
    const asset = this.#asset(symbol);
    const { tradeId } = fill;
    this.book('REALIZED_PNL', { asset, amount: realized, symbol, tradeId });
    this.book('COMMISSION', { asset, amount: -fill.commission, symbol, tradeId });
    this.#touchedAssets.add(asset);
    this.#touchedSymbols.add(symbol);
    return realized;
  }

  /** Pays (negative) or receives funding; only isolated positions change by it. */
  payFunding(symbol: string, amount: Decimal): void {
    const asset = this.#asset(symbol);
    this.book('FUNDING_FEE', { asset, amount, symbol });
    if (this.#state.configs[symbol]!.marginType === 'isolated') {
      this.#position(symbol).isolatedWallet += amount;
      this.#touchedSymbols.add(symbol);
    }
    this.flush('FUNDING_FEE', { change: amount, symbol });
  }

  /**
   * After a forced close: the insurance fund pays what goes beyond the backing of the position.
   *
   * @param symbol - Symbol that was closed.
   * @param isolatedWallet - What backed the position if its margin was isolated.
   */
  insure(symbol: string, isolatedWallet: Decimal): void {
    const asset = this.#asset(symbol);
    const isIsolated = this.#state.configs[symbol]!.marginType === 'isolated';
    const uncovered = this.#crossPositions(asset).length > 0 ? 0n : -this.margin(asset).crossWallet;
    const missing = isIsolated ? this.#lostBy(symbol) - isolatedWallet : uncovered;
    if (missing > 0n) this.book('INSURANCE_CLEAR', { asset, amount: missing, symbol });
  }

  /** Symbols whose backing has fallen to the maintenance margin: isolated ones, and crossed ones until it suffices. */
  *failing(): Generator<string> {
    for (const { symbol, quantity, isolatedWallet } of Object.values(this.#state.positions)) {
      if (quantity === 0n || this.#state.configs[symbol]!.marginType === 'cross') continue;
      const { unrealized, maintenance } = symbolMargin(this.#state, symbol, []);
      if (isolatedWallet + unrealized <= maintenance) yield symbol;
    }
    for (const asset of Object.keys(this.#state.wallets)) {
      for (let worst = this.#worstOf(asset); worst !== undefined; worst = this.#worstOf(asset)) {
        yield worst;
      }
    }
  }

  /** Warns once when the backing comes close to the maintenance margin. */
  warn(): void {
    for (const asset of Object.keys(this.#state.wallets)) {
      const { crossWallet, crossUnrealized, crossMaintenance } = this.margin(asset);
      const backing = crossWallet + crossUnrealized;
      const isClose =
        crossMaintenance > 0n && backing * 10n < crossMaintenance * WARNING_FACTOR_TENTHS;
      const isWarned = this.#state.warnedAssets.includes(asset);
      if (isClose === isWarned) continue;
      this.#state.warnedAssets = isClose
        ? [...this.#state.warnedAssets, asset]
        : this.#state.warnedAssets.filter((name) => name !== asset);
      if (!isClose) continue;
      const positions = this.#crossPositions(asset).map(({ symbol }) => ({
        symbol,
        margin: symbolMargin(this.#state, symbol, []),
      }));
      this.#report(marginCall(this.#state, crossWallet, positions));
    }
  }

  liquidationPrice(symbol: string): Decimal | undefined {
    const position = positionOf(this.#state, symbol);
    if (position.quantity === 0n) return undefined;
    const backing = backingOf(this.#state, symbol, this.#openOrders);
    return liquidationPrice(this.#state.symbols[symbol]!, position, backing);
  }

  /** The first price on the grid at which a liquidation price is surely reached. */
  beyond(symbol: string, price: Decimal): Decimal {
    const { tickSize } = this.#state.symbols[symbol]!;
    const isLong = positionOf(this.#state, symbol).quantity > 0n;
    return roundToStep(price, tickSize, isLong ? 'down' : 'up');
  }

  /** Reports what changed since the last flush. */
  flush(
    reason: AccountChange['reason'],
    { change = 0n, symbol }: { readonly change?: Decimal; readonly symbol?: string } = {},
  ): void {
    if (this.#touchedAssets.size + this.#touchedSymbols.size === 0) return;
    const assets = [...this.#touchedAssets].sort();
    const positions = [...this.#touchedSymbols].sort();
    this.#report(
      accountUpdate(this.#state, {
        reason,
        assets: assets.map((asset) => ({ asset, margin: this.margin(asset), change })),
        positions: positions.map((name) => ({
          symbol: name,
          margin: symbolMargin(this.#state, name, []),
        })),
        ...(symbol === undefined ? {} : { symbol }),
      }),
    );
    this.#touchedAssets.clear();
    this.#touchedSymbols.clear();
  }

  /** The crossed position that binds most, if the wallet no longer bears them all. */
  #worstOf(asset: string): string | undefined {
    const { crossWallet, crossUnrealized, crossMaintenance } = this.margin(asset);
    if (crossMaintenance === 0n || crossWallet + crossUnrealized > crossMaintenance) {
      return undefined;
    }
    const needs = (symbol: string): Decimal => symbolMargin(this.#state, symbol, []).maintenance;
    return this.#crossPositions(asset)
      .map(({ symbol }) => symbol)
      .reduce<string | undefined>(
        (worst, symbol) => (worst === undefined || needs(symbol) > needs(worst) ? symbol : worst),
        undefined,
      );
  }

  #crossPositions(asset: string): PositionState[] {
    return Object.values(this.#state.positions).filter(
      ({ symbol, quantity }) =>
        quantity !== 0n &&
        this.#asset(symbol) === asset &&
        this.#state.configs[symbol]!.marginType === 'cross',
    );
  }

  /** What the latest trade of a symbol took from the wallet, commission included. */
  #lostBy(symbol: string): Decimal {
    const trade = this.#state.trades.findLast((entry) => entry.symbol === symbol);
    return trade === undefined ? 0n : trade.commission - trade.realizedPnl;
  }

  #position(symbol: string): PositionState {
    const position = positionOf(this.#state, symbol);
    this.#state.positions[symbol] = position;
    return position;
  }

  #asset(symbol: string): string {
    return this.#state.symbols[symbol]!.marginAsset;
  }
}

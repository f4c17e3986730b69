import {
  type Decimal,
  formatDecimal,
  maxDecimal,
  minDecimal,
  multiplyDecimals,
} from '../../domain/index.js';
import { refusals } from './refusal.js';
import { isLimitType, isOpen, type SpotOrder, type SpotOrderTerms } from './spot-order.js';
import { accountPositionEvent, type Payload } from './spot-payloads.js';
import type { Balance, SpotState } from './spot-state.js';

/** Balances, and what open orders bind of them: the money side of the simulated spot exchange. */
export class SpotAccount {
  readonly #state: SpotState;
  readonly #report: (event: Payload) => void;
  readonly #touchedAssets = new Set<string>();

  constructor(state: SpotState, report: (event: Payload) => void) {
    this.#state = state;
    this.#report = report;
  }

  /**
   * Adds to a free balance, or takes from it, from outside.
   *
   * @throws {Refusal} -2010 if there is not enough.
   */
  transfer(asset: string, amount: Decimal): void {
    const balance = this.#balance(asset);
    if (balance.free + amount < 0n) throw refusals.insufficientBalance();
    balance.free += amount;
    const { time } = this.#state;
    this.#report({ e: 'balanceUpdate', E: time, a: asset, d: formatDecimal(amount), T: time });
    this.#touchedAssets.add(asset);
    this.flush();
  }

  /** Changes a free balance by what an order received or paid. */
  credit(asset: string, amount: Decimal): void {
    if (amount === 0n) return;
    this.#balance(asset).free += amount;
    this.#touchedAssets.add(asset);
  }

  /** @throws {Refusal} -2010 if less is free than an order must spend. */
  requireFree(order: Pick<SpotOrderTerms, 'symbol' | 'side'>, amount: Decimal): void {
    if (this.#balance(this.#spentAsset(order)).free < amount) throw refusals.insufficientBalance();
  }

  /**
   * Binds what open orders still need, and frees the rest.
   *
   * @param order - One of them.
   * @param group - All orders that bind together: the legs of its list, or the order alone.
   */
  lock(order: SpotOrder, group: readonly SpotOrder[]): void {
    const key = lockKey(order);
    const asset = this.#spentAsset(order);
    const balance = this.#balance(asset);
    const held = this.#state.locks[key]?.amount ?? 0n;
    const required = group
      .filter(isOpen)
      .map((member) => requiredLock(member, member.quantity - member.executedQuantity))
      .reduce(maxDecimal, 0n);
    // An order whose price ran away may need more than there is: it keeps what it has.
    const target = minDecimal(required, held + balance.free);
    if (target === held) return;
    balance.free += held - target;
    balance.locked += target - held;
    if (target === 0n) delete this.#state.locks[key];
    else this.#state.locks[key] = { asset, amount: target };
    this.#touchedAssets.add(asset);
  }

  /** Pays from what the order has bound, then from the free balance; returns whether there was enough. */
  pay(order: SpotOrder, amount: Decimal): boolean {
    const key = lockKey(order);
    const asset = this.#spentAsset(order);
    const balance = this.#balance(asset);
    const lock = this.#state.locks[key];
    const fromLock = minDecimal(lock?.amount ?? 0n, amount);
    if (balance.free < amount - fromLock) return false;
    balance.free -= amount - fromLock;
    balance.locked -= fromLock;
    if (lock !== undefined) {
      lock.amount -= fromLock;
      if (lock.amount === 0n) delete this.#state.locks[key];
    }
    this.#touchedAssets.add(asset);
    return true;
  }

  /** Reports what changed since the last flush. */
  flush(): void {
    if (this.#touchedAssets.size === 0) return;
    this.#state.updateTime = this.#state.time;
    this.#report(accountPositionEvent(this.#state, this.#touchedAssets));
    this.#touchedAssets.clear();
  }

  #spentAsset({ symbol, side }: Pick<SpotOrderTerms, 'symbol' | 'side'>): string {
    const { quoteAsset, baseAsset } = this.#state.symbols[symbol]!;
    return side === 'BUY' ? quoteAsset : baseAsset;
  }

  #balance(asset: string): Balance {
    this.#state.balances[asset] ??= { free: 0n, locked: 0n };
    return this.#state.balances[asset];
  }
}

/** Amount that an order binds for a quantity: base of what sells, quote of what buys; a market order binds none. */
export function requiredLock(
  order: Pick<SpotOrderTerms, 'side' | 'type' | 'price' | 'stopPrice'>,
  quantity: Decimal,
): Decimal {
  if (order.side === 'SELL') return quantity;
  if (order.type === 'MARKET') return 0n;
  const price = isLimitType(order.type) ? order.price : order.stopPrice;
  return multiplyDecimals(price, quantity, 'up');
}

function lockKey({ orderId, orderListId }: SpotOrder): string {
  return orderListId < 0 ? `${orderId}` : `L${orderListId}`;
}

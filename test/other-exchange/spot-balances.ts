import type { Exact } from '../exact.js';
import { eight } from './spot-order.js';

/** What the account holds of each asset, free and bound by open orders. */
export class Balances {
  readonly #free = new Map<string, Exact>();
  readonly #locked = new Map<string, Exact>();

  constructor(start: Iterable<readonly [string, Exact]>) {
    for (const [asset, amount] of start) this.#free.set(asset, amount);
  }

  free(asset: string): Exact {
    return this.#free.get(asset) ?? 0n;
  }

  locked(asset: string): Exact {
    return this.#locked.get(asset) ?? 0n;
  }

  add(asset: string, amount: Exact): void {
    this.#free.set(asset, this.free(asset) + amount);
  }

  /** Moves free money to locked money; back when negative. */
  lock(asset: string, amount: Exact): void {
    this.#free.set(asset, this.free(asset) - amount);
    this.#locked.set(asset, this.locked(asset) + amount);
  }

  get assets(): string[] {
    return [...new Set([...this.#free.keys(), ...this.#locked.keys()])];
  }

  rows(omitsZeros: boolean): { asset: string; free: string; locked: string }[] {
    return this.assets
      .filter((asset) => !omitsZeros || this.free(asset) + this.locked(asset) !== 0n)
      .map((asset) => ({
        asset,
        free: eight(this.free(asset)),
        locked: eight(this.locked(asset)),
      }));
  }

  /** Only the assets that an order touched. */
  event(assets: Iterable<string>, time: number): Record<string, unknown> {
    const rows = [...new Set(assets)].map((a) => ({
      ...{ a, f: eight(this.free(a)), l: eight(this.locked(a)) },
    }));
    return { e: 'outboundAccountPosition', E: time, u: time, B: rows };
  }
}

import type { Parameters } from './parameters.js';

/** An endpoint. */
export interface Route {
  /** `key`: only names the key (listen keys of USD-M). */
  readonly security: 'none' | 'key' | 'signed';
  readonly weight: number | ((query: Readonly<Record<string, string>>) => number);
  /** What it counts as an order. */
  readonly orders?: number;
  /** Reads from a replica, which may lag behind. */
  readonly lags?: boolean;
  readonly run: (parameters: Parameters) => unknown;
}

/** By `METHOD path`. */
export type Routes = Readonly<Record<string, Route>>;

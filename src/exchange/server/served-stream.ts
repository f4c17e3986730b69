import type { Payload, PricePoint } from '../simulated/index.js';
import type { KlineInterval } from './replay-market.js';

/** Makes the frame of a stream after a new price; `undefined` where the price says nothing to it. */
export type FrameMaker = (symbol: string, point: PricePoint, time: number) => unknown;

/** The candles of a stream. */
export interface KlineStream {
  readonly interval: KlineInterval;
  /** How far its days begin before those of UTC, ms. */
  readonly offsetMs: number;
  /** Members that say which event it is. */
  readonly head: Payload;
  /** Whether the candle names its symbol. */
  readonly namesSymbol: boolean;
}

/** A stream that is served. */
export interface ServedStream {
  /** Its symbol; `undefined` for all. */
  readonly symbol: string | undefined;
  /** What it sends: candles, frames after each price, or what is given to it when something happens. */
  readonly content: KlineStream | FrameMaker | 'events';
  /** Lets go of what it keeps when its last subscriber leaves. */
  readonly close?: () => void;
}

/** The streams of a market: what a name stands for, or `undefined` where nothing is served under it. */
export type StreamCatalogue = (name: string) => ServedStream | undefined;

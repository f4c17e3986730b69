import { type Decimal, decimalFromNumber, roundToStep } from '../../domain/index.js';

/** A moment of the replayed market. */
export interface PricePoint {
  /** Instant, ms UTC. */
  readonly time: number;
  readonly price: Decimal;
  /** Quantity traded since the point before; base. */
  readonly quantity: Decimal;
  /** The price was not traded through on the way here: the open of a candle. */
  readonly isJump: boolean;
}

/** What a path is made of. */
export interface PathCandle {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Returns the path that the replayed market takes through a candle: open, then low and high when it rose, high
 * and low when it fell, then close, at 0, 1/4, 3/4 and the end of its time. Between the points the price moves
 * without gaps, so that every level on the way is traded. The quantity is spread evenly.
 *
 * @param candle - Prices on the tick grid, as all recorded ones are.
 * @param durationMs - Length of the candle, ms.
 * @param tickSize - Grid that the prices are put on.
 */
export function candlePath(
  candle: PathCandle,
  durationMs: number,
  tickSize: Decimal,
): readonly PricePoint[] {
  const price = (value: number): Decimal =>
    roundToStep(decimalFromNumber(value), tickSize, 'nearest') || tickSize;
  const rises = candle.close >= candle.open;
  const quantity = decimalFromNumber(candle.volume) / 4n;
  const { openTime } = candle;
  return [
    { time: openTime, price: price(candle.open), quantity, isJump: true },
    {
      time: openTime + Math.floor(durationMs / 4),
      price: price(rises ? candle.low : candle.high),
      quantity,
      isJump: false,
    },
    {
      time: openTime + Math.floor((durationMs * 3) / 4),
      price: price(rises ? candle.high : candle.low),
      quantity,
      isJump: false,
    },
    { time: openTime + durationMs - 1, price: price(candle.close), quantity, isJump: false },
  ];
}

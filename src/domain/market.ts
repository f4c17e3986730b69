/** Where an instrument trades: Binance spot or USD-M perpetual futures. */
export type Market = 'spot' | 'usdm';

export const MARKETS: readonly Market[] = ['spot', 'usdm'];

/** Side of a position. */
export type PositionSide = 'long' | 'short';

/** Which sides a run may take (S-25). */
export type Direction = 'both' | 'long' | 'short';

export const DIRECTIONS: readonly Direction[] = ['both', 'long', 'short'];

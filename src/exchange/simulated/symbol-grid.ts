const QUOTE_ASSETS = ['USDT', 'USDC', 'FDUSD', 'TUSD', 'BUSD', 'BTC', 'ETH', 'BNB', 'EUR', 'TRY'];

/** Returns the two assets of a symbol; an unknown quote is taken for USDT. */
export function splitSymbol(symbol: string): { baseAsset: string; quoteAsset: string } {
  const quoteAsset =
    QUOTE_ASSETS.find((asset) => symbol.endsWith(asset) && symbol.length > asset.length) ?? 'USDT';
  const baseAsset = symbol.endsWith(quoteAsset) ? symbol.slice(0, -quoteAsset.length) : symbol;
  return { baseAsset, quoteAsset };
}

/**
 * Returns tick, step, largest order and largest market order for a symbol that nobody knows: about five significant
 * digits of price, and a step worth about a cent.
 *
 * @param price - Some price of it; quote per base.
 */
export function gridFor(price: number): readonly [string, string, string, string] {
  const magnitude = Math.floor(Math.log10(Math.max(price, 1e-6)));
  const tick = 10 ** Math.max(-8, Math.min(-1, magnitude - 4));
  const step = 10 ** Math.max(-5, Math.min(0, -magnitude - 1));
  return [tick.toFixed(8), step.toFixed(8), '9000000', '1000000'];
}

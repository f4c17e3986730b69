const QUOTE_ASSETS = ['USDT', 'USDC', 'FDUSD', 'TUSD', 'BUSD', 'BTC', 'ETH', 'BNB', 'EUR', 'TRY'];
/** About what quotes are worth in dollars, and their smallest order; all others are taken for dollars. */
const QUOTES: Readonly<Record<string, { readonly dollars: number; readonly minNotional: string }>> =
  {
    BTC: { dollars: 60_000, minNotional: '0.0001' },
    ETH: { dollars: 3_000, minNotional: '0.001' },
    BNB: { dollars: 600, minNotional: '0.01' },
    TRY: { dollars: 0.03, minNotional: '100' },
  };
const DOLLARS = { dollars: 1, minNotional: '5' };
/** Most base that an order may have; below a price of one dollar they grow, so that they are worth as much. */
const QUANTITY_MAX = 9_000_000;
const MARKET_QUANTITY_MAX = 1_000_000;

/** Returns the two assets of a symbol; an unknown quote is taken for USDT. */
export function splitSymbol(symbol: string): { baseAsset: string; quoteAsset: string } {
  const quoteAsset =
    QUOTE_ASSETS.find((asset) => symbol.endsWith(asset) && symbol.length > asset.length) ?? 'USDT';
  const baseAsset = symbol.endsWith(quoteAsset) ? symbol.slice(0, -quoteAsset.length) : symbol;
  return { baseAsset, quoteAsset };
}

/** Smallest order of a symbol that nobody knows; quote. */
export function minNotionalFor(symbol: string): string {
  return quoteOf(symbol).minNotional;
}

/**
 * Returns tick, step, largest order and largest market order for a symbol that nobody knows: about five significant
 * digits of price, a step worth about a cent, and orders that may be worth millions whatever the price.
 *
 * @param price - Some price of it; quote per base.
 * @param symbol - Tells what the quote is worth; default: dollars.
 */
export function gridFor(price: number, symbol = ''): readonly [string, string, string, string] {
  const magnitude = magnitudeOf(price);
  const tick = 10 ** Math.max(-8, Math.min(-1, magnitude - 4));
  const worth = Math.max(price, 1e-8) * quoteOf(symbol).dollars;
  const step = 10 ** Math.max(-5, Math.min(0, -magnitudeOf(worth) - 1));
  const scale = Math.max(1, 1 / worth);
  const most = (quantity: number): string => Math.ceil(quantity * scale).toFixed(0);
  return [tick.toFixed(8), step.toFixed(8), most(QUANTITY_MAX), most(MARKET_QUANTITY_MAX)];
}

function magnitudeOf(price: number): number {
  return Math.floor(Math.log10(Math.max(price, 1e-8)));
}

function quoteOf(symbol: string): (typeof QUOTES)[string] {
  return (symbol === '' ? undefined : QUOTES[splitSymbol(symbol).quoteAsset]) ?? DOLLARS;
}

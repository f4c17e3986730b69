const QUOTE_ASSETS = [
  'USDT',
  'USDC',
  'FDUSD',
  'TUSD',
  'BUSD',
  'DAI',
  'USD',
  'BTC',
  'ETH',
  'BNB',
  'EUR',
  'TRY',
];

/**
 * Returns the asset in which an instrument is priced, as far as its symbol tells.
 *
 * @param symbol - For example `BTCUSDT`.
 * @returns For example `USDT`; `quote` when unknown.
 */
export function quoteAsset(symbol: string): string {
  return (
    QUOTE_ASSETS.find((asset) => symbol.endsWith(asset) && symbol.length > asset.length) ?? 'quote'
  );
}

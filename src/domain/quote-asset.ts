/** Assets that prices are counted in, the most usual first. */
export const QUOTE_ASSETS: readonly string[] = (
  'USDT USDC FDUSD USD USD1 BUSD TUSD USDP USDS DAI AEUR EURI EUR GBP TRY BRL JPY AUD RUB UAH MXN ' +
  'ARS ZAR PLN RON CZK COP NGN IDR IDRT BIDR KRW VAI RLUSD XUSD BFUSD BTC XBT ETH BNB SOL TRX XRP DOGE DOT'
).split(' ');

/** Longer names first: `BTCTUSD` is priced in TUSD, not in USD. */
const LONGEST_FIRST = [...QUOTE_ASSETS].sort((a, b) => b.length - a.length);

/**
 * Returns the asset in which an instrument is priced, as far as its symbol tells.
 *
 * @param symbol - For example `BTCUSDT`, or `BTCUSDT_250926` for a delivery future.
 * @returns For example `USDT`; `quote` when unknown.
 */
export function quoteAsset(symbol: string): string {
  const pair = symbol.replace(/_\d{6}$/, '');
  return (
    LONGEST_FIRST.find((asset) => pair.endsWith(asset) && pair.length > asset.length) ?? 'quote'
  );
}

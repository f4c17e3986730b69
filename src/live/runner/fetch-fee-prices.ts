import { type Decimal, decimal } from '../../domain/index.js';
import type { AssetBalance, CandleSource, InstrumentRules } from '../../exchange/index.js';

/** Coins that Binance takes commissions in where the account holds them. */
const FEE_ASSETS = ['BNB'];
const MINUTE_MS = 60_000;
/** A coin that was not traded for longer has no price. */
const PRICE_AGE_MS_MAX = 30 * MINUTE_MS;

/**
 * Fetches the prices of coins on the account that commissions may be taken in.
 *
 * @param source - Candles of the market.
 * @param options - Instrument of the bot, what the account holds, and the time of the exchange, ms UTC.
 * @returns Quote of the instrument per unit; base and quote themselves are left out.
 * @throws {ExchangeError} If a request failed.
 */
export async function fetchFeePrices(
  source: Pick<CandleSource, 'candles'>,
  {
    rules,
    balances,
    now,
  }: {
    readonly rules: Pick<InstrumentRules, 'baseAsset' | 'quoteAsset'>;
    readonly balances: readonly AssetBalance[];
    readonly now: number;
  },
): Promise<Readonly<Record<string, Decimal>>> {
  const isHeld = ({ asset, free, locked }: AssetBalance): boolean =>
    FEE_ASSETS.includes(asset) &&
    free + locked > 0n &&
    asset !== rules.baseAsset &&
    asset !== rules.quoteAsset;
  const prices: Record<string, Decimal> = {};
  for (const { asset } of balances.filter(isHeld)) {
    const rows = await source.candles({
      symbol: asset + rules.quoteAsset,
      timeframe: '1m',
      startTime: now - PRICE_AGE_MS_MAX,
      endTime: now,
    });
    const close = rows.at(-1)?.close;
    if (close !== undefined && Number(close) > 0) prices[asset] = decimal(close);
  }
  return prices;
}

import { expect, test } from 'vitest';
import { readCandlePath } from './candle-path.js';

test.each([
  ['data/usdm/1m/BTCUSDT_1m_2025-05.csv.gz', 'BTCUSDT', '1m', 'usdm'],
  ['data/spot/1h/ETHUSDT_1h.csv', 'ETHUSDT', '1h', 'spot'],
  ['BTCUSDT-1h-2024-12.csv', 'BTCUSDT', '1h', undefined],
  ['futures/um/daily/BTCUSDT-1m-2024-12-01.csv', 'BTCUSDT', '1m', 'usdm'],
  ['SOL_USDT-1h.json.gz', 'SOLUSDT', '1h', undefined],
  ['futures/SOL_USDT_USDT-1h-futures.json', 'SOLUSDT', '1h', 'usdm'],
  ['Binance_ADAUSDT_1h.csv', 'ADAUSDT', '1h', undefined],
  ['1000PEPEUSDT_5m.csv', '1000PEPEUSDT', '5m', undefined],
  ['BTCUSDT_240329-1h.csv', 'BTCUSDT_240329', '1h', 'usdm'],
  ['/x/spot/4h/prices.csv', undefined, '4h', 'spot'],
  ['BTCUSDT_1M.csv', undefined, undefined, undefined],
  ['candles.csv', undefined, undefined, undefined],
])('readCandlePath(%s)', (path, symbol, timeframe, market) => {
  expect(readCandlePath(path)).toEqual({ symbol, timeframe, market });
});

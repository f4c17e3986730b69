"""Writes the small candle files of this folder as pandas does (pandas 3.1, pyarrow 26): python make-files.py"""

import pandas as pd

rows = [(i, 100 + i, 102 + i, 99 + i, 101 + i, 5.5 + i) for i in range(24)]
frame = pd.DataFrame(rows, columns=['date', 'open', 'high', 'low', 'close', 'volume']).astype(
    {name: 'float64' for name in ['open', 'high', 'low', 'close', 'volume']}
)
frame['date'] = pd.date_range('2024-01-01', periods=24, freq='1h', tz='UTC')
frame.to_feather('BTC_USDT-1h.feather', compression='lz4')  # as freqtrade writes it
frame.to_feather('BTC_USDT-1h-zstd.feather', compression='zstd')
frame.to_feather('BTC_USDT-1h-plain.feather', compression='uncompressed')
for codec in ['snappy', 'zstd', 'gzip']:
    frame.set_index('date').to_parquet(f'BTCUSDT_1h_{codec}.parquet', compression=codec)

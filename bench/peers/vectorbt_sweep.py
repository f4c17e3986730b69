"""vectorbt on a few SMA pairs without stops: next-open fills, one unit, always in the market.

Use: vectorbt_sweep.py candles.bin workload.txt   (prints CPU milliseconds per combination, then trades of the first one)
"""

import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt

from sweep_input import read_candles, read_workload, sma

SAMPLE = 10


def measure(candles, money, pair):
    _, opens, _, _, closes = candles
    fast, slow = (sma(closes, int(period)) for period in pair)
    index = pd.to_datetime(candles[0], unit="ms")
    difference = fast - slow
    tie = 1e-10 * np.maximum(np.abs(fast), np.abs(slow))
    above = np.concatenate(([False], (difference > tie)[:-1]))
    below = np.concatenate(([False], (difference < -tie)[:-1]))
    portfolio = vbt.Portfolio.from_signals(
        pd.Series(closes, index),
        entries=pd.Series(above, index),
        short_entries=pd.Series(below, index),
        price=pd.Series(opens, index),
        size=money[1],
        fees=money[3],
        init_cash=money[0],
        freq="1min",
    )
    trades = portfolio.trades
    return (
        trades.count(),
        portfolio.total_profit(),
        trades.win_rate(),
        trades.profit_factor(),
        portfolio.max_drawdown(),
        portfolio.sharpe_ratio(),
    )


def main():
    candles = read_candles(sys.argv[1])
    money, _, pairs = read_workload(sys.argv[2])
    sample = pairs[:: max(1, len(pairs) // SAMPLE)][:SAMPLE]
    first = measure(candles, money, pairs[0])
    before = time.process_time()
    for pair in sample:
        measure(candles, money, pair)
    print(f"{1000 * (time.process_time() - before) / len(sample):.3f} {first[0]} {float(first[1])!r}")


main()

"""vectorbt on a few SMA pairs with stop-loss and take-profit: next-open fills, one unit, in the market whenever no stop has just hit.

Use: vectorbt_sweep.py candles.bin workload.txt results.bin
Prints CPU milliseconds per combination; the results are rows of (row of the workload, trades, net profit).
"""

import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt
from vectorbt.portfolio.enums import StopEntryPrice, StopExitPrice

from sweep_input import read_candles, read_workload, sma, write_results

SAMPLE = 10


def measure(candles, money, rule, pair):
    _, opens, highs, lows, closes = candles
    fast, slow = (sma(closes, int(period)) for period in pair)
    index = pd.to_datetime(candles[0], unit="ms")
    difference = fast - slow
    tie = 1e-10 * np.maximum(np.abs(fast), np.abs(slow))
    above = np.concatenate(([False], (difference > tie)[:-1]))
    below = np.concatenate(([False], (difference < -tie)[:-1]))
    stops = {}
    if rule[0] > 0 or rule[1] > 0:
        stops = {
            "open": pd.Series(opens, index),
            "high": pd.Series(highs, index),
            "low": pd.Series(lows, index),
            "sl_stop": rule[0] or np.nan,
            "tp_stop": rule[1] or np.nan,
            "stop_entry_price": StopEntryPrice.Price,
            "stop_exit_price": StopExitPrice.StopLimit,
        }
    portfolio = vbt.Portfolio.from_signals(
        pd.Series(closes, index),
        entries=pd.Series(above, index),
        short_entries=pd.Series(below, index),
        price=pd.Series(opens, index),
        size=money[1],
        fees=money[3],
        init_cash=money[0],
        freq="1min",
        **stops,
    )
    trades = portfolio.trades
    # The last position is left open here; elsewhere it is closed at the last close, for a commission.
    open_units = abs(portfolio.assets().iloc[-1])
    return (
        trades.count(),
        portfolio.total_profit() - open_units * closes[-1] * money[3],
        trades.win_rate(),
        trades.profit_factor(),
        portfolio.max_drawdown(),
        portfolio.sharpe_ratio(),
    )


def main():
    candles = read_candles(sys.argv[1])
    money, rules, pairs = read_workload(sys.argv[2])
    # A trailing stop beside a stop-loss cannot be said here.
    usable = [
        row for row in range(len(pairs) * len(rules)) if rules[row % len(rules)][2] == 0
    ]
    sample = [usable[int((k + 0.5) * len(usable) / SAMPLE)] for k in range(SAMPLE)]

    def one(row):
        return measure(candles, money, rules[row % len(rules)], pairs[row // len(rules)])

    # Compiling is not counted.
    one(sample[0])
    before = time.process_time()
    results = [(row, *one(row)[:2]) for row in sample]
    print(f"{1000 * (time.process_time() - before) / len(sample):.3f}")
    write_results(sys.argv[3], results)


main()

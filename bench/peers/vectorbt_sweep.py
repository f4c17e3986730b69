"""vectorbt on SMA pairs with stop-loss and take-profit: next-open fills, one unit, in the market whenever no stop has just hit.

Combinations are columns of one portfolio, as vectorbt wants it. Several numbers of columns are tried, because more of them share the work
of pandas but leave the cache; the median round of the best number counts.

Use: vectorbt_sweep.py candles.bin workload.txt results.bin
Prints CPU milliseconds per combination and how many went together; the results are rows of (row of the workload, trades, net profit).
"""

import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt
from vectorbt.portfolio.enums import StopEntryPrice, StopExitPrice

from sweep_input import read_candles, read_workload, sma, write_results

BATCH_SIZES = (1, 2, 4, 8)
SAMPLE = 8
ROUNDS = 5


def crosses(averages, pair):
    """Whether the fast average was above, and below, at the close before each candle."""
    fast, slow = (averages[int(period)] for period in pair)
    difference = fast - slow
    tie = 1e-10 * np.maximum(np.abs(fast), np.abs(slow))
    above, below = np.zeros((2, fast.size), bool)
    above[1:] = (difference > tie)[:-1]
    below[1:] = (difference < -tie)[:-1]
    return above, below


def measure(candles, averages, money, rules, pairs):
    """Trades and net profit of combinations, a pair and a rule each; the other metrics are asked for and left."""
    times, opens, highs, lows, closes = candles
    index = pd.to_datetime(times, unit="ms")
    # Combinations of one pair share its columns.
    distinct = pairs[:1] if len({tuple(pair) for pair in pairs}) == 1 else pairs
    above, below = np.stack([crosses(averages, pair) for pair in distinct], axis=2)
    stops = {}
    if rules.any():
        stops = {
            "open": opens[:, None],
            "high": highs[:, None],
            "low": lows[:, None],
            "sl_stop": np.where(rules[:, 0] > 0, rules[:, 0], np.nan)[None, :],
            "tp_stop": np.where(rules[:, 1] > 0, rules[:, 1], np.nan)[None, :],
            "stop_entry_price": StopEntryPrice.Price,
            "stop_exit_price": StopExitPrice.StopLimit,
        }
    portfolio = vbt.Portfolio.from_signals(
        pd.DataFrame(closes[:, None], index),
        entries=above,
        short_entries=below,
        price=opens[:, None],
        size=money[1],
        fees=money[3],
        init_cash=money[0],
        freq="1min",
        **stops,
    )
    trades = portfolio.trades
    # The last position is left open here; elsewhere it is closed at the last close, for a commission.
    open_units = np.abs(np.asarray(portfolio.assets())[-1])
    profit = np.asarray(portfolio.total_profit()) - open_units * closes[-1] * money[3]
    trades.win_rate()
    trades.profit_factor()
    portfolio.max_drawdown()
    portfolio.sharpe_ratio()
    return np.atleast_1d(np.asarray(trades.count())), np.atleast_1d(profit)


def batches(size, pairs, rules):
    """Rows of combinations that go together, evenly over the workload; a trailing stop beside a stop-loss cannot be said here."""
    usable = np.flatnonzero(rules[:, 2] == 0)
    # Every pair with its rules, or all pairs when there is one rule.
    groups = np.arange(len(pairs))[:, None] * len(rules) + usable
    if len(usable) == 1:
        groups = groups.reshape(1, -1)
    size = min(size, groups.shape[1])
    count = max(1, SAMPLE // size)
    for k in range(count):
        group = groups[int((k + 0.5) * len(groups) / count)]
        yield group[((np.arange(size) * count + k + 0.5) * len(group) / (size * count)).astype(int)]


def main():
    candles = read_candles(sys.argv[1])
    money, rules, pairs = read_workload(sys.argv[2])
    best = None
    for size in BATCH_SIZES:
        parts = list(batches(size, pairs, rules))
        rows = np.concatenate(parts)
        # A whole sweep computes an average once for many combinations: not counted.
        periods = np.unique(pairs[rows // len(rules)])
        averages = {int(period): sma(candles[4], int(period)) for period in periods}

        def sweep():
            return [
                measure(candles, averages, money, rules[part % len(rules)], pairs[part // len(rules)])
                for part in parts
            ]

        # Compiling is not counted.
        found = sweep()
        rounds = []
        for _ in range(ROUNDS):
            before = time.process_time()
            sweep()
            rounds.append(1000 * (time.process_time() - before) / rows.size)
        milliseconds = float(np.median(rounds))
        if best is None or milliseconds < best[0]:
            trades, profits = (np.concatenate(column) for column in zip(*found))
            best = milliseconds, size, np.column_stack([rows, trades, profits])
    print(f"{best[0]:.3f} {best[1]}")
    write_results(sys.argv[3], best[2])


main()

"""The candles and workloads that bench/engines.ts writes for its peers; the format is that of bench/sweep.c."""

import numpy as np


def read_candles(path):
    """Returns open time, open, high, low, close."""
    data = np.fromfile(path, dtype=np.float64)
    length = int(data[0])
    return data[1:].reshape(5, length)


def read_workload(path):
    """Returns money settings, rules (stop-loss, take-profit, trailing stop; 0 = none) and SMA pairs."""
    with open(path, encoding="utf8") as file:
        lines = [[float(word) for word in line.split()] for line in file]
    money = lines[0]
    rule_count = int(money[5])
    rules = np.array(lines[1 : 1 + rule_count])
    groups = np.array(lines[1 + rule_count :])
    if groups[:, 0].any():
        raise SystemExit("only workloads of SMA pairs are measured here")
    return money, rules, groups[:, 1:3].astype(np.int64)


def sma(close, period):
    """Rolling mean, NaN before it is defined."""
    sums = np.concatenate(([0.0], np.cumsum(close)))
    means = np.full(close.size, np.nan)
    means[period - 1 :] = (sums[period:] - sums[:-period]) / period
    return means


def write_results(path, results):
    """Writes rows of (row of the workload, trades, net profit)."""
    np.array(results, dtype=np.float64).tofile(path)

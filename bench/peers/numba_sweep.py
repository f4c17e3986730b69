"""A numba loop over the candles per combination: the counterpart of bench/sweep.c, for SMA pairs with fixed units.

Use: numba_sweep.py candles.bin workload.txt results.bin
Prints CPU milliseconds per combination; the results are rows of (row of the workload, trades, net profit).
"""

import math
import sys
import time

import numpy as np
from numba import njit

from sweep_input import read_candles, read_workload, sma, write_results


@njit
def compare(a, b):
    signals = np.zeros(a.size, np.int8)
    for i in range(a.size):
        difference = a[i] - b[i]
        tie = 1e-10 * max(abs(a[i]), abs(b[i]))
        if difference > tie:
            signals[i] = 1
        elif difference < -tie:
            signals[i] = -1
    return signals


@njit
def run(opens, highs, lows, closes, days, signals, rules, balance, units, rate):
    last = opens.size - 1
    start = peak = before = balance
    drawdown = wins = winning = losing = total = squares = 0.0
    trades = day_count = 0
    side = want = 0
    leave = False
    entry = fee = stop_loss = take_profit = best = 0.0
    for i in range(opens.size):
        price = np.nan
        if leave:
            price = opens[i]
        for part in range(2):
            if part == 1:
                price = np.nan
                if want != 0:
                    side = want
                    entry = opens[i]
                    fee = entry * units * rate
                    balance -= fee
                    stop_loss = entry * (1 - side * rules[0]) if rules[0] > 0 else -side * math.inf
                    take_profit = entry * (1 + side * rules[1]) if rules[1] > 0 else side * math.inf
                    best = entry
                if side != 0:
                    stop = stop_loss
                    if rules[2] > 0:
                        trailing = best * (1 - side * rules[2])
                        stop = max(stop, trailing) if side > 0 else min(stop, trailing)
                    worst = lows[i] if side > 0 else highs[i]
                    good = highs[i] if side > 0 else lows[i]
                    if side * opens[i] <= side * stop:
                        price = opens[i]
                    elif side * opens[i] >= side * take_profit:
                        price = opens[i]
                    elif side * worst <= side * stop:
                        price = stop
                    elif side * good >= side * take_profit:
                        price = take_profit
                    elif i == last:
                        price = closes[i]
                    elif side * good > side * best:
                        best = good
            if not math.isnan(price) and side != 0:
                out = price * units * rate
                gross = side * (price - entry) * units
                net = gross - (fee + out)
                balance += gross - out
                trades += 1
                if net > 0:
                    wins += 1
                    winning += net
                else:
                    losing += net
                side = 0
        equity = balance + side * (closes[i] - entry) * units
        if equity > peak:
            peak = equity
        elif peak - equity > drawdown * peak:
            drawdown = (peak - equity) / peak
        if i == last or days[i + 1] != days[i]:
            change = equity / before - 1
            total += change
            squares += change * change
            day_count += 1
            before = equity
        signal = signals[i]
        leave = side != 0 and signal == -side
        want = signal if (side == 0 or leave) else 0
    return trades, balance - start, wins, winning, losing, drawdown, total, squares, day_count


def sweep(candles, days, money, rules, pairs):
    _, opens, highs, lows, closes = candles
    columns = {int(period): sma(closes, int(period)) for period in np.unique(pairs)}
    results = []
    for fast, slow in pairs:
        signals = compare(columns[int(fast)], columns[int(slow)])
        for one in rules:
            result = run(opens, highs, lows, closes, days, signals, one, money[0], money[1], money[3])
            results.append((len(results), *result[:2]))
    return results


def main():
    candles = read_candles(sys.argv[1])
    money, rules, pairs = read_workload(sys.argv[2])
    days = (candles[0] // 864e5).astype(np.int64)
    # Compiling is not counted.
    sweep(candles, days, money, rules[:1], pairs[:1])
    before = time.process_time()
    results = sweep(candles, days, money, rules, pairs)
    print(f"{1000 * (time.process_time() - before) / len(results):.3f}")
    write_results(sys.argv[3], results)


main()

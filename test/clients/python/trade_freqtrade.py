"""freqtrade in live mode, as a program of its own; its books are its own database, written out at the end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import ccxt
from addresses import ccxt_settings, point_ccxt
from ledger import Ledger

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    ledger = Ledger()
    base = ledger.symbol.removesuffix("USDT")
    folder = os.path.dirname(os.path.abspath(ledger.path))
    database = os.path.join(folder, "freqtrade.sqlite")
    config = os.path.join(folder, "freqtrade.json")
    with open(config, "w") as file:
        json.dump(configuration(ledger, f"{base}/USDT", database), file)
    command = [os.path.join(os.path.dirname(sys.executable), "freqtrade"), "trade"]
    command += ["--config", config, "--userdir", os.path.join(folder, "freqtrade")]
    command += ["--strategy", "InAndOut", "--strategy-path", HERE, "--logfile", f"{ledger.path}.log"]
    os.makedirs(os.path.join(folder, "freqtrade"), exist_ok=True)
    bot = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not ledger.is_over() and bot.poll() is None:
        ledger.wait(1)
    if bot.poll() is not None:
        ledger.trouble("freqtrade", ValueError(f"it ended with {bot.returncode}"))
    bot.send_signal(signal.SIGINT)
    try:
        bot.wait(30)
    except subprocess.TimeoutExpired:
        bot.kill()
        bot.wait()
    if ledger.is_stopped:
        # Stopped before its time: another one goes on with the same database.
        return
    book(ledger, database)
    finish(ledger, base)


def configuration(ledger, pair, database):
    return {
        "dry_run": False,
        "trading_mode": "spot",
        "max_open_trades": 1,
        "stake_currency": "USDT",
        "stake_amount": 60,
        "db_url": f"sqlite:///{database}",
        "exchange": {
            "name": "binance",
            "key": ledger.key,
            "secret": ledger.secret,
            "pair_whitelist": [pair],
            "pair_blacklist": [],
            "ccxt_config": ccxt_settings(ledger.exchange),
        },
        "entry_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
        "exit_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 2},
        "initial_state": "running",
    }


def book(ledger, database):
    """Every order that the bot believes in, with what it believes was executed of it."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT order_id, filled, ft_order_side FROM orders").fetchall()
    for order_id, filled, _side in rows:
        ledger.order("spot", order_id, filled or 0)


def finish(ledger, base):
    """Sells what a trade that was still open holds, by a client of its own."""
    client = point_ccxt(ccxt.binance({"apiKey": ledger.key, "secret": ledger.secret}), ledger.exchange)
    symbol = f"{base}/USDT"
    for _ in range(30):
        try:
            client.load_markets()
            for order in client.fetch_open_orders(symbol):
                client.cancel_order(order["id"], symbol)
            held = client.fetch_balance().get(base, {}).get("free") or 0
            if held * client.fetch_ticker(symbol)["last"] > 6:
                amount = float(client.amount_to_precision(symbol, held))
                client.create_order(symbol, "market", "sell", amount)
            for row in client.fetch_my_trades(symbol, limit=1000):
                fill = (row["id"], row["order"], row["side"], row["price"], row["amount"])
                ledger.fill("spot", *fill, row["fee"]["cost"], row["fee"]["currency"])
            coins = client.fetch_balance().get(base, {}).get("total") or 0
            ledger.end(coins, 0, len(client.fetch_open_orders(symbol)))
            return
        except ccxt.NetworkError as error:
            ledger.outage(error)
            time.sleep(1)
    raise SystemExit("the exchange did not come back")


main()

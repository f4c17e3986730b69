"""ccxt of Python with default options: spot and USD-M by REST, until its time is over."""

import time

import ccxt
from addresses import point_ccxt
from ledger import Ledger

MONEY = {"spot": 60, "usdm": 150}


def main():
    ledger = Ledger()
    client = point_ccxt(ccxt.binance({"apiKey": ledger.key, "secret": ledger.secret}), ledger.exchange)
    base = ledger.symbol.removesuffix("USDT")
    symbols = {"spot": f"{base}/USDT", "usdm": f"{base}/USDT:USDT"}
    rounds = 0
    while not ledger.is_over():
        try:
            client.load_markets()
            for market, symbol in symbols.items():
                trade(client, ledger, market, symbol)
            sync(client, ledger, symbols)
            rounds += 1
            if rounds % 5 == 1:
                look_around(client, ledger, symbols)
        except ccxt.NetworkError as error:
            ledger.outage(error)
        except ccxt.BaseError as error:
            ledger.trouble(f"round {rounds}", error)
        ledger.wait(6)
    finish(client, ledger, base, symbols)


def trade(client, ledger, market, symbol):
    """In with a market order, a limit order that rests and is changed and cancelled, out with a limit order."""
    last = client.fetch_ticker(symbol)["last"]
    amount = float(client.amount_to_precision(symbol, MONEY[market] / last))
    bought = client.create_order(symbol, "market", "buy", amount)
    ledger.order(market, bought["id"], client.fetch_order(bought["id"], symbol)["filled"])
    far = float(client.price_to_precision(symbol, last * 0.97))
    resting = client.create_order(symbol, "limit", "buy", amount, far)
    if resting["id"] not in [order["id"] for order in client.fetch_open_orders(symbol)]:
        ledger.trouble("open orders", ValueError(f"{resting['id']} is not among them"))
    nearer = float(client.price_to_precision(symbol, last * 0.98))
    changed = client.edit_order(resting["id"], symbol, "limit", "buy", amount, nearer)
    client.cancel_order(changed["id"], symbol)
    ledger.order(market, changed["id"], client.fetch_order(changed["id"], symbol)["filled"])
    held = holding(client, market, symbol)
    if held * last > 60 if market == "usdm" else held * last > 6:
        through = float(client.price_to_precision(symbol, last * 0.99))
        out = float(client.amount_to_precision(symbol, held))
        more = {"reduceOnly": True} if market == "usdm" else {}
        sold = client.create_order(symbol, "limit", "sell", out, through, more)
        ledger.order(market, sold["id"], client.fetch_order(sold["id"], symbol)["filled"])


def holding(client, market, symbol):
    if market == "spot":
        return client.fetch_balance().get(symbol.split("/")[0], {}).get("free") or 0
    positions = client.fetch_positions([symbol])
    return sum(row["contracts"] for row in positions if row["side"] == "long")


def sync(client, ledger, symbols):
    for market, symbol in symbols.items():
        for row in client.fetch_my_trades(symbol, limit=1000):
            fee = row["fee"] or {"cost": 0, "currency": ""}
            fill = (row["id"], row["order"], row["side"], row["price"], row["amount"])
            ledger.fill(market, *fill, fee["cost"], fee["currency"])


def look_around(client, ledger, symbols):
    """What a bot reads beside its orders."""
    for market, symbol in symbols.items():
        ledger.read("candles", len(client.fetch_ohlcv(symbol, "1m", limit=100)))
        ledger.read("book", client.fetch_order_book(symbol, 5)["bids"][0])
        ledger.read("tickers", len(client.fetch_tickers([symbol])))
        ledger.read("orders", len(client.fetch_orders(symbol)))
    ledger.read("status", client.fetch_status()["status"])
    ledger.read("fees", client.fetch_trading_fee(symbols["spot"]))
    ledger.read("funding rate", client.fetch_funding_rate(symbols["usdm"])["fundingRate"])
    ledger.read("tiers", len(client.fetch_leverage_tiers([symbols["usdm"]])))


def finish(client, ledger, base, symbols):
    """Closes everything and books the rest; tried until the exchange is there."""
    for attempt in range(30):
        try:
            for market, symbol in symbols.items():
                for order in client.fetch_open_orders(symbol):
                    client.cancel_order(order["id"], symbol)
                held = holding(client, market, symbol)
                last = client.fetch_ticker(symbol)["last"]
                if held > 0 and (market == "usdm" or held * last > 6):
                    more = {"reduceOnly": True} if market == "usdm" else {}
                    out = float(client.amount_to_precision(symbol, held))
                    client.create_order(symbol, "market", "sell", out, None, more)
            sync(client, ledger, symbols)
            coins = client.fetch_balance().get(base, {}).get("total") or 0
            open_orders = sum(len(client.fetch_open_orders(symbol)) for symbol in symbols.values())
            ledger.end(coins, holding(client, "usdm", symbols["usdm"]), open_orders)
            return
        except ccxt.NetworkError as error:
            ledger.outage(error)
            time.sleep(1)
    raise SystemExit("the exchange did not come back")


main()

"""python-binance: orders by REST, its own fills by user data sockets of both markets as well."""

import asyncio
import threading
import time

import requests
from addresses import point_python_binance
from binance import AsyncClient, BinanceSocketManager, Client
from binance.exceptions import BinanceAPIException, BinanceRequestException
from binance.helpers import round_step_size
from ledger import Ledger

OUTAGES = (requests.exceptions.RequestException, BinanceRequestException, ConnectionError)


def main():
    ledger = Ledger()
    point_python_binance(ledger.exchange)
    threading.Thread(target=listen, args=(ledger,), daemon=True).start()
    client = None
    rules = {}
    while not ledger.is_over():
        try:
            if client is None:
                client = Client(ledger.key, ledger.secret)
                rules = read_rules(client, ledger.symbol)
            trade_spot(client, ledger, rules["spot"])
            trade_usdm(client, ledger, rules["usdm"])
            sync(client, ledger)
            look_around(client, ledger)
        except OUTAGES as error:
            ledger.outage(error)
        except BinanceAPIException as error:
            ledger.trouble("round", error)
        ledger.wait(6)
    finish(ledger)


def read_rules(client, symbol):
    spot = client.get_symbol_info(symbol)
    rows = client.futures_exchange_info()["symbols"]
    usdm = next(row for row in rows if row["symbol"] == symbol)
    return {"spot": grid(spot), "usdm": grid(usdm)}


def grid(row):
    filters = {entry["filterType"]: entry for entry in row["filters"]}
    return {
        "tick": float(filters["PRICE_FILTER"]["tickSize"]),
        "step": float(filters["LOT_SIZE"]["stepSize"]),
    }


def text(value):
    return f"{value:.8f}".rstrip("0").rstrip(".")


def trade_spot(client, ledger, rules):
    symbol = ledger.symbol
    last = float(client.get_symbol_ticker(symbol=symbol)["price"])
    bought = client.order_market_buy(symbol=symbol, quoteOrderQty="40")
    ledger.order("spot", bought["orderId"], bought["executedQty"])
    quantity = round_step_size(float(bought["executedQty"]) * 0.998, rules["step"])
    pair = client.create_oco_order(
        symbol=symbol,
        side="SELL",
        quantity=text(quantity),
        aboveType="LIMIT_MAKER",
        abovePrice=text(round_step_size(last * 1.03, rules["tick"])),
        belowType="STOP_LOSS_LIMIT",
        belowStopPrice=text(round_step_size(last * 0.97, rules["tick"])),
        belowPrice=text(round_step_size(last * 0.96, rules["tick"])),
        belowTimeInForce="GTC",
    )
    legs = {order["orderId"] for order in pair["orders"]}
    resting = {order["orderId"] for order in client.get_open_orders(symbol=symbol)}
    if not legs <= resting:
        ledger.trouble("pair", ValueError(f"{legs} rest, listed are {resting}"))
    client.cancel_order(symbol=symbol, orderId=min(legs))
    sold = client.order_limit_sell(
        symbol=symbol,
        quantity=text(quantity),
        price=text(round_step_size(last * 0.99, rules["tick"])),
    )
    executed = client.get_order(symbol=symbol, orderId=sold["orderId"])["executedQty"]
    ledger.order("spot", sold["orderId"], executed)


def trade_usdm(client, ledger, rules):
    symbol = ledger.symbol
    last = float(client.futures_symbol_ticker(symbol=symbol)["price"])
    quantity = text(round_step_size(150 / last, rules["step"]))
    entry = {"symbol": symbol, "type": "MARKET", "quantity": quantity}
    sold = client.futures_create_order(side="SELL", newOrderRespType="RESULT", **entry)
    ledger.order("usdm", sold["orderId"], sold["executedQty"])
    stop = client.futures_create_order(
        symbol=symbol,
        side="BUY",
        type="STOP_MARKET",
        triggerPrice=text(round_step_size(last * 1.03, rules["tick"])),
        closePosition="true",
    )
    client.futures_cancel_algo_order(symbol=symbol, algoId=stop["algoId"])
    bought = client.futures_create_order(
        side="BUY", reduceOnly="true", newOrderRespType="RESULT", **entry
    )
    ledger.order("usdm", bought["orderId"], bought["executedQty"])


def sync(client, ledger):
    for row in client.get_my_trades(symbol=ledger.symbol, limit=1000):
        side = "BUY" if row["isBuyer"] else "SELL"
        paid = (row["commission"], row["commissionAsset"])
        ledger.fill("spot", row["id"], row["orderId"], side, row["price"], row["qty"], *paid)
    for row in client.futures_account_trades(symbol=ledger.symbol, limit=1000):
        paid = (row["commission"], row["commissionAsset"])
        order = (row["id"], row["orderId"], row["side"], row["price"], row["qty"])
        ledger.fill("usdm", *order, *paid)


def look_around(client, ledger):
    ledger.read("status", client.get_system_status())
    ledger.read("candles", len(client.get_klines(symbol=ledger.symbol, interval="1m")))
    ledger.read("account", client.get_account()["canTrade"])
    ledger.read("leverage", client.futures_change_leverage(symbol=ledger.symbol, leverage=10))
    ledger.read("balances", len(client.futures_account_balance()))


def finish(ledger):
    for _ in range(30):
        try:
            client = Client(ledger.key, ledger.secret)
            rules = read_rules(client, ledger.symbol)
            close_all(client, ledger, rules)
            sync(client, ledger)
            base = ledger.symbol.removesuffix("USDT")
            balance = client.get_asset_balance(asset=base) or {"free": 0, "locked": 0}
            open_orders = client.get_open_orders(symbol=ledger.symbol)
            open_orders += client.futures_get_open_orders(symbol=ledger.symbol)
            coins = float(balance["free"]) + float(balance["locked"])
            ledger.end(text(coins), position(client, ledger.symbol), len(open_orders))
            return
        except OUTAGES as error:
            ledger.outage(error)
            time.sleep(1)
    raise SystemExit("the exchange did not come back")


def close_all(client, ledger, rules):
    symbol = ledger.symbol
    for order in client.get_open_orders(symbol=symbol):
        try:
            client.cancel_order(symbol=symbol, orderId=order["orderId"])
        except BinanceAPIException as error:
            # The other order of a pair goes with the first.
            if error.code != -2011:
                raise
    client.futures_cancel_all_open_orders(symbol=symbol)
    last = float(client.get_symbol_ticker(symbol=symbol)["price"])
    free = float((client.get_asset_balance(asset=symbol.removesuffix("USDT")) or {"free": 0})["free"])
    quantity = int(free / rules["spot"]["step"] + 1e-9) * rules["spot"]["step"]
    if quantity * last > 6:
        client.order_market_sell(symbol=symbol, quantity=text(quantity))
    held = position(client, symbol)
    if held != 0:
        side = "SELL" if held > 0 else "BUY"
        order = {"symbol": symbol, "side": side, "type": "MARKET", "reduceOnly": "true"}
        client.futures_create_order(quantity=text(abs(held)), **order)


def position(client, symbol):
    rows = client.futures_position_information(symbol=symbol)
    return sum(float(row["positionAmt"]) for row in rows)


def listen(ledger):
    asyncio.run(listen_until_the_end(ledger))


async def listen_until_the_end(ledger):
    while not ledger.is_over():
        tasks = []
        try:
            client = await AsyncClient.create(ledger.key, ledger.secret)
            manager = BinanceSocketManager(client)
            followed = [
                (manager.user_socket(), spot_event),
                (manager.futures_user_socket(), usdm_event),
                (manager.kline_socket(ledger.symbol), None),
            ]
            tasks = [asyncio.ensure_future(follow(ledger, *one)) for one in followed]
            await asyncio.gather(*tasks)
        except Exception as error:  # whatever a cut connection makes of it
            ledger.outage(error)
            await asyncio.sleep(1)
        finally:
            for task in tasks:
                task.cancel()


async def follow(ledger, socket, book):
    """Follows a socket until it says that it was cut: user data then stays silent, so all are opened anew.

    It is left and not closed: closing one that is about to connect again never ends.
    """
    stream = await socket.__aenter__()
    while not ledger.is_over():
        try:
            message = await asyncio.wait_for(stream.recv(), 2)
        except asyncio.TimeoutError:
            continue
        if message and message.get("e") == "error":
            raise ConnectionError(message)
        if book is None:
            ledger.read("stream", message.get("e"))
            book = nothing
        elif message:
            book(ledger, message)


def nothing(_ledger, _message):
    pass


def spot_event(ledger, message):
    if message.get("e") != "executionReport" or message["x"] != "TRADE":
        return
    if message["s"] == ledger.symbol:
        order = (message["t"], message["i"], message["S"], message["L"], message["l"])
        ledger.fill("spot", *order, message["n"], message["N"], source="stream")


def usdm_event(ledger, message):
    order = message.get("o", {})
    if message.get("e") != "ORDER_TRADE_UPDATE" or order["x"] != "TRADE":
        return
    if order["s"] == ledger.symbol:
        fill = (order["t"], order["i"], order["S"], order["L"], order["l"])
        ledger.fill("usdm", *fill, order["n"], order["N"], source="stream")


main()

"""The books of a client: what it knows of its orders and fills, one JSON document a line, kept over restarts."""

import json
import os
import signal
import time


class Ledger:
    def __init__(self):
        self.path = os.environ["BOOK"]
        self.symbol = os.environ["SYMBOL"]
        self.exchange = os.environ["EXCHANGE"]
        self.key = os.environ["API_KEY"]
        self.secret = os.environ["API_SECRET"]
        self.end_time = float(os.environ["END_TIME"]) / 1000
        self.is_stopped = False
        self._parent = os.getppid()
        self._fills = set()
        if os.path.exists(self.path):
            with open(self.path) as file:
                for line in file:
                    entry = _read(line)
                    if entry.get("kind") == "fill":
                        self._fills.add((entry["market"], entry["trade"]))
        self._file = open(self.path, "a", buffering=1)
        self._write("start", {})
        signal.signal(signal.SIGTERM, self._stop)

    def is_over(self):
        # Who is left alone by the test that started it has nobody to trade for.
        is_alone = os.getppid() != self._parent
        return self.is_stopped or is_alone or time.time() >= self.end_time

    def wait(self, seconds):
        until = min(time.time() + seconds, self.end_time)
        while time.time() < until and not self.is_over():
            time.sleep(0.1)

    def order(self, market, order_id, executed):
        self._write("order", {"market": market, "order": int(order_id), "executed": str(executed)})

    def fill(self, market, trade, order, side, price, quantity, fee, fee_asset, source="rest"):
        """Books an execution once, however often it is read."""
        key = (market, int(trade))
        entry = {
            "market": market,
            "trade": int(trade),
            "order": int(order),
            "side": side.upper(),
            "price": str(price),
            "quantity": str(quantity),
            "fee": str(fee),
            "feeAsset": fee_asset,
            "source": source,
        }
        if source == "rest" and key in self._fills:
            return
        if source == "rest":
            self._fills.add(key)
        self._write("fill" if source == "rest" else "event", entry)

    def trouble(self, what, error):
        self._write("trouble", {"what": what, "error": f"{type(error).__name__}: {error}"[:600]})

    def outage(self, error):
        self._write("outage", {"error": f"{type(error).__name__}: {error}"[:200]})

    def read(self, what, value):
        """Notes that something was read that the client may need: balances, candles, rules."""
        self._write("read", {"what": what, "value": str(value)[:200]})

    def end(self, base, position, open_orders):
        self._write(
            "end",
            {"base": str(base), "position": str(position), "openOrders": int(open_orders)},
        )

    def _write(self, kind, entry):
        self._file.write(json.dumps({"kind": kind, "at": int(time.time() * 1000), **entry}) + "\n")

    def _stop(self, *_):
        self.is_stopped = True


def _read(line):
    try:
        return json.loads(line)
    except ValueError:
        # Cut off by a kill: the next read of the exchange brings it again.
        return {}

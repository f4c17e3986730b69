"""nautilus_trader: a live node on spot; its books are the fills that its engine tells the strategy."""

import asyncio
from decimal import Decimal

from addresses import nautilus_data_addresses, nautilus_exec_addresses
from ledger import Ledger
from nautilus_trader.adapters.binance import BINANCE
from nautilus_trader.adapters.binance import BinanceAccountType
from nautilus_trader.adapters.binance import BinanceDataClientConfig
from nautilus_trader.adapters.binance import BinanceExecClientConfig
from nautilus_trader.adapters.binance import BinanceInstrumentProviderConfig
from nautilus_trader.adapters.binance import BinanceLiveDataClientFactory
from nautilus_trader.adapters.binance import BinanceLiveExecClientFactory
from nautilus_trader.config import LiveExecEngineConfig, LoggingConfig, StrategyConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide, TimeInForce
from nautilus_trader.model.identifiers import InstrumentId, TraderId
from nautilus_trader.trading.strategy import Strategy

MONEY = 60


class InAndOutConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    every_seconds: int = 6


class InAndOut(Strategy):
    """Buys at the market, sells by a limit order through the book, and cancels one that rests, in turn."""

    def __init__(self, config, ledger):
        super().__init__(config)
        self.ledger = ledger
        self.bid = None
        self.resting = None
        self.turn = 0

    def on_start(self):
        from datetime import timedelta

        self.instrument = self.cache.instrument(self.config.instrument_id)
        self.subscribe_quote_ticks(self.config.instrument_id)
        self.subscribe_trade_ticks(self.config.instrument_id)
        seconds = timedelta(seconds=self.config.every_seconds)
        self.clock.set_timer("turn", interval=seconds, callback=self.on_turn)

    def on_quote_tick(self, tick):
        if self.bid is None:
            self.ledger.read("quote", tick.bid_price)
        self.bid = tick.bid_price.as_double()

    def on_turn(self, _event):
        if self.bid is None or self.ledger.is_over():
            return
        self.turn += 1
        if self.turn % 3 == 1:
            self.buy()
        elif self.turn % 3 == 2:
            self.rest()
        else:
            self.sell()

    def buy(self):
        quantity = self.instrument.make_qty(MONEY / self.bid)
        order = self.order_factory.market(self.instrument.id, OrderSide.BUY, quantity)
        self.submit_order(order)

    def rest(self):
        self.resting = self.order_factory.limit(
            self.instrument.id,
            OrderSide.BUY,
            self.instrument.make_qty(MONEY / self.bid),
            self.instrument.make_price(self.bid * 0.97),
        )
        self.submit_order(self.resting)

    def sell(self):
        for order in self.cache.orders_open(instrument_id=self.instrument.id):
            self.cancel_order(order)
        step = self.instrument.size_increment.as_decimal()
        whole = Decimal(str(self.free())) // step * step
        if float(whole) * self.bid < 6:
            return
        quantity = self.instrument.make_qty(whole)
        price = self.instrument.make_price(self.bid * 0.99)
        order = self.order_factory.limit(
            self.instrument.id, OrderSide.SELL, quantity, price, time_in_force=TimeInForce.GTC
        )
        self.submit_order(order)

    def free(self):
        account = self.portfolio.account(self.instrument.id.venue)
        balance = account.balance_free(self.instrument.base_currency)
        return 0.0 if balance is None else balance.as_double()

    def on_order_filled(self, event):
        side = "BUY" if event.order_side == OrderSide.BUY else "SELL"
        fee = event.commission
        order = (event.trade_id.value, event.venue_order_id.value, side)
        amounts = (event.last_px, event.last_qty, fee.as_decimal(), fee.currency.code)
        self.ledger.fill("spot", *order, *amounts)

    def on_order_rejected(self, event):
        # Its word for an order that the exchange was asked for and never got.
        if event.reason == "UNKNOWN":
            self.ledger.outage(ValueError(event.reason))
        else:
            self.ledger.trouble("order", ValueError(event.reason))

    def on_order_cancel_rejected(self, event):
        self.ledger.trouble("cancel", ValueError(event.reason))


def main():
    ledger = Ledger()
    instrument_id = InstrumentId.from_str(f"{ledger.symbol}.{BINANCE}")
    provider = BinanceInstrumentProviderConfig(load_ids=frozenset([instrument_id]))
    common = {
        "api_key": ledger.key,
        "api_secret": ledger.secret,
        "account_type": BinanceAccountType.SPOT,
        "instrument_provider": provider,
    }
    config = TradingNodeConfig(
        trader_id=TraderId("CLIENT-001"),
        logging=LoggingConfig(
            log_level="INFO", log_level_file="INFO", log_directory=f"{ledger.path}.logs"
        ),
        exec_engine=LiveExecEngineConfig(
            reconciliation=True,
            # The account is shared: only its own instrument is this node's business.
            reconciliation_instrument_ids=[instrument_id],
        ),
        data_clients={
            BINANCE: BinanceDataClientConfig(**common, **nautilus_data_addresses(ledger.exchange)),
        },
        exec_clients={
            BINANCE: BinanceExecClientConfig(**common, **nautilus_exec_addresses(ledger.exchange)),
        },
        timeout_connection=30.0,
        timeout_reconciliation=20.0,
        timeout_portfolio=20.0,
        timeout_disconnection=10.0,
        timeout_post_stop=3.0,
    )
    node = TradingNode(config=config)
    # What it finds of its instrument after a restart is its own.
    settings = InAndOutConfig(instrument_id=instrument_id, external_order_claims=[instrument_id])
    strategy = InAndOut(settings, ledger)
    node.trader.add_strategy(strategy)
    node.add_data_client_factory(BINANCE, BinanceLiveDataClientFactory)
    node.add_exec_client_factory(BINANCE, BinanceLiveExecClientFactory)
    node.build()

    async def run():
        task = asyncio.ensure_future(node.run_async())
        while not ledger.is_over() and not task.done():
            await asyncio.sleep(0.5)
        if ledger.is_stopped:
            # Stopped before its time: another one goes on.
            await node.stop_async()
            await task
            return
        for order in strategy.cache.orders_open(instrument_id=instrument_id):
            strategy.cancel_order(order)
        await asyncio.sleep(2)
        held = strategy.free()
        if strategy.bid is not None and held * strategy.bid > 6:
            strategy.sell()
            await asyncio.sleep(3)
        open_orders = strategy.cache.orders_open_count(instrument_id=instrument_id)
        account = strategy.portfolio.account(instrument_id.venue)
        total = account.balance_total(strategy.instrument.base_currency)
        ledger.end(0 if total is None else total.as_decimal(), 0, open_orders)
        await node.stop_async()
        await task

    loop = node.get_event_loop()
    loop.run_until_complete(run())
    node.dispose()


main()

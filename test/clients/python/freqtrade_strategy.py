"""A strategy of freqtrade that trades for the sake of trading: in at one closed candle, out at the next."""

from datetime import datetime

from freqtrade.strategy import IStrategy
from pandas import DataFrame


class InAndOut(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1m"
    minimal_roi = {"0": 10.0}
    stoploss = -0.05
    startup_candle_count = 20
    process_only_new_candles = True
    use_exit_signal = True
    order_types = {
        "entry": "market",
        "exit": "market",
        "stoploss": "limit",
        "stoploss_on_exchange": True,
        "stoploss_on_exchange_interval": 60,
    }

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["exit_long"] = 0
        return dataframe

    def custom_exit(self, pair: str, trade, current_time: datetime, *_args, **_more):
        open_seconds = (current_time - trade.open_date_utc).total_seconds()
        return "held long enough" if open_seconds > 45 else None

"""How each client of Python is pointed at a local exchange: its table of addresses, and nothing else."""

from urllib.parse import urlsplit


def point_ccxt(client, exchange):
    """Points every address of a ccxt client to `host:port`."""
    client.urls["api"] = _redirected(client.urls["api"], exchange)
    return client


def ccxt_settings(exchange):
    """The same as settings, for programs that make the client themselves, as freqtrade does; with streams."""
    import ccxt.pro

    return {"urls": {"api": _redirected(ccxt.pro.binance().describe()["urls"]["api"], exchange)}}


def point_python_binance(exchange):
    """Points python-binance to `host:port`; before a client is made."""
    from binance import AsyncClient, BinanceSocketManager, Client

    for client in (Client, AsyncClient):
        client.API_URL = f"http://{exchange}/api"
        client.MARGIN_API_URL = f"http://{exchange}/sapi"
        client.FUTURES_URL = f"http://{exchange}/fapi"
        client.FUTURES_DATA_URL = f"http://{exchange}/futures/data"
        client.FUTURES_COIN_URL = f"http://{exchange}/dapi"
        client.WS_API_URL = f"ws://{exchange}/ws-api/v3"
        client.WS_FUTURES_URL = f"ws://{exchange}/ws-fapi/v1"
    BinanceSocketManager.STREAM_URL = f"ws://{exchange}/"
    BinanceSocketManager.FSTREAM_URL = f"ws://{exchange}/"


def nautilus_data_addresses(exchange):
    """Addresses of a data client of nautilus_trader."""
    return {"base_url_http": f"http://{exchange}", "base_url_ws": f"ws://{exchange}"}


def nautilus_exec_addresses(exchange):
    """Addresses of a spot execution client of nautilus_trader."""
    return {"base_url_http": f"http://{exchange}", "base_url_ws": f"ws://{exchange}/ws-api/v3"}


def _redirected(urls, exchange):
    if isinstance(urls, dict):
        return {name: _redirected(url, exchange) for name, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    scheme = "ws" if urls.startswith("ws") else "http"
    address = urlsplit(urls)
    # By "/stream" in the address, else that of the host, ccxt knows what comes from spot.
    mark = "/stream" if address.netloc.startswith("stream.") else ""
    return f"{scheme}://{exchange}{address.path.rstrip('/')}{mark}"

package main

import (
	"github.com/adshao/go-binance/v2"
	"github.com/adshao/go-binance/v2/futures"
)

// pointAt points go-binance to a local exchange at host:port: its table of addresses, and nothing else.
func pointAt(exchange string) {
	binance.BaseAPIMainURL = "http://" + exchange
	binance.BaseWsMainURL = "ws://" + exchange + "/ws"
	binance.BaseCombinedMainURL = "ws://" + exchange + "/stream?streams="
	binance.BaseWsApiMainURL = "ws://" + exchange + "/ws-api/v3"
	futures.BaseApiMainUrl = "http://" + exchange
	// Streams of USD-M have classes; this client has one address, and its own fills matter most.
	futures.BaseWsMainUrl = "ws://" + exchange + "/private/ws"
	futures.BaseWsApiMainURL = "ws://" + exchange + "/ws-fapi/v1"
}

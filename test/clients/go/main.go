// Command wus-clients trades on a local exchange with go-binance: orders by REST, its own fills by sockets as well.
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/adshao/go-binance/v2"
	"github.com/adshao/go-binance/v2/common"
	"github.com/adshao/go-binance/v2/futures"
)

var ctx = context.Background()

type grid struct{ tick, step float64 }

type trader struct {
	*ledger
	spot        *binance.Client
	usdm        *futures.Client
	spotGrid    grid
	usdmGrid    grid
	isPrepared  bool
	key, secret string
}

func main() {
	pointAt(os.Getenv("EXCHANGE"))
	key, secret := os.Getenv("API_KEY"), os.Getenv("API_SECRET")
	t := &trader{ledger: openLedger(), key: key, secret: secret}
	t.spot = binance.NewClient(key, secret)
	t.usdm = futures.NewClient(key, secret)
	go t.listen(t.followSpot)
	go t.listen(t.followUsdm)
	for !t.isOver() {
		t.note("round", t.round())
		t.wait(6 * time.Second)
	}
	for range 30 {
		err := t.finish()
		if err == nil {
			return
		}
		t.note("end", err)
		time.Sleep(time.Second)
	}
	os.Exit(1)
}

// note tells refusals of the exchange, which are trouble, from a wire that is down for a while.
func (t *trader) note(what string, err error) {
	var refusal *common.APIError
	switch {
	case err == nil:
	case errors.As(err, &refusal) && refusal.Code != 0:
		t.trouble(what, err)
	default:
		t.outage(err)
	}
}

func (t *trader) round() error {
	return firstError(t.prepare, t.tradeSpot, t.tradeUsdm, t.sync, t.lookAround)
}

func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (t *trader) prepare() error {
	if t.isPrepared {
		return nil
	}
	spot, err := t.spot.NewExchangeInfoService().Symbol(t.symbol).Do(ctx)
	if err != nil {
		return err
	}
	row := spot.Symbols[0]
	t.spotGrid = grid{number(row.PriceFilter().TickSize), number(row.LotSizeFilter().StepSize)}
	usdm, err := t.usdm.NewExchangeInfoService().Do(ctx)
	if err != nil {
		return err
	}
	for _, row := range usdm.Symbols {
		if row.Symbol == t.symbol {
			t.usdmGrid = grid{number(row.PriceFilter().TickSize), number(row.LotSizeFilter().StepSize)}
		}
	}
	if _, err := t.usdm.NewChangeLeverageService().Symbol(t.symbol).Leverage(5).Do(ctx); err != nil {
		return err
	}
	t.isPrepared = true
	return nil
}

// tradeSpot goes in with a market order, lets an order rest and cancels it, and goes out through the book.
func (t *trader) tradeSpot() error {
	last, err := t.lastPrice()
	if err != nil {
		return err
	}
	quantity := floor(60/last, t.spotGrid.step)
	bought, err := t.spot.NewCreateOrderService().Symbol(t.symbol).Side(binance.SideTypeBuy).
		Type(binance.OrderTypeMarket).Quantity(quantity).Do(ctx)
	if err != nil {
		return err
	}
	t.order("spot", bought.OrderID, bought.ExecutedQuantity)
	resting, err := t.spot.NewCreateOrderService().Symbol(t.symbol).Side(binance.SideTypeBuy).
		Type(binance.OrderTypeLimit).TimeInForce(binance.TimeInForceTypeGTC).Quantity(quantity).
		Price(floor(last*0.97, t.spotGrid.tick)).Do(ctx)
	if err != nil {
		return err
	}
	if _, err := t.spot.NewCancelOrderService().Symbol(t.symbol).OrderID(resting.OrderID).Do(ctx); err != nil {
		return err
	}
	free, err := t.coins(false)
	if err != nil {
		return err
	}
	sold, err := t.spot.NewCreateOrderService().Symbol(t.symbol).Side(binance.SideTypeSell).
		Type(binance.OrderTypeLimit).TimeInForce(binance.TimeInForceTypeGTC).
		Quantity(floor(free, t.spotGrid.step)).Price(floor(last*0.99, t.spotGrid.tick)).Do(ctx)
	if err != nil {
		return err
	}
	seen, err := t.spot.NewGetOrderService().Symbol(t.symbol).OrderID(sold.OrderID).Do(ctx)
	if err != nil {
		return err
	}
	t.order("spot", seen.OrderID, seen.ExecutedQuantity)
	return nil
}

func (t *trader) tradeUsdm() error {
	last, err := t.lastPrice()
	if err != nil {
		return err
	}
	quantity := floor(150/last, t.usdmGrid.step)
	for _, leg := range []struct {
		side       futures.SideType
		reduceOnly bool
	}{{futures.SideTypeSell, false}, {futures.SideTypeBuy, true}} {
		order, err := t.usdm.NewCreateOrderService().Symbol(t.symbol).Side(leg.side).
			Type(futures.OrderTypeMarket).Quantity(quantity).ReduceOnly(leg.reduceOnly).
			NewOrderResponseType(futures.NewOrderRespTypeRESULT).Do(ctx)
		if err != nil {
			return err
		}
		t.order("usdm", order.OrderID, order.ExecutedQuantity)
	}
	resting, err := t.usdm.NewCreateOrderService().Symbol(t.symbol).Side(futures.SideTypeBuy).
		Type(futures.OrderTypeLimit).TimeInForce(futures.TimeInForceTypeGTC).Quantity(quantity).
		Price(floor(last*0.97, t.usdmGrid.tick)).
		NewOrderResponseType(futures.NewOrderRespTypeACK).Do(ctx)
	if err != nil {
		return err
	}
	_, err = t.usdm.NewCancelOrderService().Symbol(t.symbol).OrderID(resting.OrderID).Do(ctx)
	return err
}

func (t *trader) sync() error {
	trades, err := t.spot.NewListTradesService().Symbol(t.symbol).Limit(1000).Do(ctx)
	if err != nil {
		return err
	}
	for _, row := range trades {
		side := "SELL"
		if row.IsBuyer {
			side = "BUY"
		}
		t.book(fill{"spot", row.ID, row.OrderID, side, row.Price, row.Quantity, row.Commission, row.CommissionAsset, "rest"})
	}
	rows, err := t.usdm.NewListAccountTradeService().Symbol(t.symbol).Limit(1000).Do(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		t.book(fill{"usdm", row.ID, row.OrderID, string(row.Side), row.Price, row.Quantity, row.Commission, row.CommissionAsset, "rest"})
	}
	return nil
}

func (t *trader) lookAround() error {
	candles, err := t.spot.NewKlinesService().Symbol(t.symbol).Interval("1m").Do(ctx)
	if err != nil {
		return err
	}
	t.read("candles", len(candles))
	balances, err := t.usdm.NewGetBalanceService().Do(ctx)
	if err != nil {
		return err
	}
	t.read("balances", len(balances))
	account, err := t.usdm.NewGetAccountService().Do(ctx)
	if err != nil {
		return err
	}
	t.read("account", account.TotalWalletBalance)
	return nil
}

// finish closes everything and books the rest.
func (t *trader) finish() error {
	return firstError(t.prepare, t.cancelAll, t.closeSpot, t.closeUsdm, t.sync, t.report)
}

func (t *trader) cancelAll() error {
	open, err := t.spot.NewListOpenOrdersService().Symbol(t.symbol).Do(ctx)
	if err != nil {
		return err
	}
	for _, order := range open {
		if _, err := t.spot.NewCancelOrderService().Symbol(t.symbol).OrderID(order.OrderID).Do(ctx); err != nil {
			return err
		}
	}
	return t.usdm.NewCancelAllOpenOrdersService().Symbol(t.symbol).Do(ctx)
}

func (t *trader) closeSpot() error {
	last, err := t.lastPrice()
	if err != nil {
		return err
	}
	free, err := t.coins(false)
	if err != nil {
		return err
	}
	quantity := floor(free, t.spotGrid.step)
	if number(quantity)*last < 6 {
		return nil
	}
	_, err = t.spot.NewCreateOrderService().Symbol(t.symbol).Side(binance.SideTypeSell).
		Type(binance.OrderTypeMarket).Quantity(quantity).Do(ctx)
	return err
}

func (t *trader) closeUsdm() error {
	held, err := t.position()
	if err != nil || held == 0 {
		return err
	}
	side := futures.SideTypeSell
	if held < 0 {
		side = futures.SideTypeBuy
	}
	_, err = t.usdm.NewCreateOrderService().Symbol(t.symbol).Side(side).Type(futures.OrderTypeMarket).
		Quantity(floor(math.Abs(held), t.usdmGrid.step)).ReduceOnly(true).
		NewOrderResponseType(futures.NewOrderRespTypeRESULT).Do(ctx)
	return err
}

func (t *trader) report() error {
	coins, err := t.coins(true)
	if err != nil {
		return err
	}
	held, err := t.position()
	if err != nil {
		return err
	}
	open, err := t.spot.NewListOpenOrdersService().Symbol(t.symbol).Do(ctx)
	if err != nil {
		return err
	}
	t.write("end", map[string]any{
		"base": fmt.Sprint(coins), "position": fmt.Sprint(held), "openOrders": len(open),
	})
	return nil
}

func (t *trader) coins(withLocked bool) (float64, error) {
	account, err := t.spot.NewGetAccountService().Do(ctx)
	if err != nil {
		return 0, err
	}
	for _, balance := range account.Balances {
		if balance.Asset != t.base {
			continue
		}
		if withLocked {
			return number(balance.Free) + number(balance.Locked), nil
		}
		return number(balance.Free), nil
	}
	return 0, nil
}

func (t *trader) position() (float64, error) {
	rows, err := t.usdm.NewGetPositionRiskService().Symbol(t.symbol).Do(ctx)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, row := range rows {
		sum += number(row.PositionAmt)
	}
	return sum, nil
}

func (t *trader) lastPrice() (float64, error) {
	prices, err := t.spot.NewListPricesService().Symbol(t.symbol).Do(ctx)
	if err != nil {
		return 0, err
	}
	return number(prices[0].Price), nil
}

// listen follows a stream until the end, again whenever it is cut.
func (t *trader) listen(follow func() (chan struct{}, error)) {
	for !t.isOver() {
		done, err := follow()
		if err != nil {
			t.note("stream", err)
		} else {
			<-done
		}
		time.Sleep(time.Second)
	}
}

func (t *trader) followSpot() (chan struct{}, error) {
	done, _, err := binance.WsUserDataServeSignature(t.key, t.secret, "HMAC", 0, func(event *binance.WsUserDataEvent) {
		o := event.OrderUpdate
		if event.Event == binance.UserDataEventTypeExecutionReport && o.ExecutionType == "TRADE" && o.Symbol == t.symbol {
			t.book(fill{"spot", o.TradeId, o.Id, o.Side, o.LatestPrice, o.LatestVolume, o.FeeCost, o.FeeAsset, "stream"})
		}
	}, t.outage)
	return done, err
}

func (t *trader) followUsdm() (chan struct{}, error) {
	listenKey, err := t.usdm.NewStartUserStreamService().Do(ctx)
	if err != nil {
		return nil, err
	}
	done, _, err := futures.WsUserDataServe(listenKey, func(event *futures.WsUserDataEvent) {
		o := event.OrderTradeUpdate
		if event.Event == futures.UserDataEventTypeOrderTradeUpdate && o.ExecutionType == "TRADE" && o.Symbol == t.symbol {
			t.book(fill{"usdm", o.TradeID, o.ID, string(o.Side), o.LastFilledPrice, o.LastFilledQty, o.Commission, o.CommissionAsset, "stream"})
		}
	}, func(err error) {
		// Events of later years are unknown to this client.
		if !strings.HasPrefix(err.Error(), "unexpected event type") {
			t.outage(err)
		}
	})
	return done, err
}

func number(text string) float64 {
	value, _ := strconv.ParseFloat(text, 64)
	return value
}

// floor rounds down to a grid and prints without an exponent.
func floor(value, step float64) string {
	places := int(math.Max(0, math.Round(-math.Log10(step))))
	return strconv.FormatFloat(math.Floor(value/step+1e-9)*step, 'f', places, 64)
}

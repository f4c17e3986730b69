package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ledger is what the client knows of its orders and fills, one JSON document a line, kept over restarts.
type ledger struct {
	symbol, base string
	file         *os.File
	endTime      time.Time
	parent       int
	isStopped    atomic.Bool
	mutex        sync.Mutex
	known        map[string]bool
}

type fill struct {
	Market   string `json:"market"`
	Trade    int64  `json:"trade"`
	Order    int64  `json:"order"`
	Side     string `json:"side"`
	Price    string `json:"price"`
	Quantity string `json:"quantity"`
	Fee      string `json:"fee"`
	FeeAsset string `json:"feeAsset"`
	Source   string `json:"source"`
}

func openLedger() *ledger {
	path := os.Getenv("BOOK")
	end, _ := strconv.ParseInt(os.Getenv("END_TIME"), 10, 64)
	symbol := os.Getenv("SYMBOL")
	book := &ledger{
		symbol:  symbol,
		base:    strings.TrimSuffix(symbol, "USDT"),
		endTime: time.UnixMilli(end),
		parent:  os.Getppid(),
		known:   knownFills(path),
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	book.file = file
	book.write("start", map[string]any{})
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM)
	go func() {
		<-stopped
		book.isStopped.Store(true)
	}()
	return book
}

func knownFills(path string) map[string]bool {
	known := map[string]bool{}
	file, err := os.Open(path)
	if err != nil {
		return known
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var entry struct {
			Kind string `json:"kind"`
			fill
		}
		// A line that a kill cut off is read again from the exchange.
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Kind == "fill" {
			known[entry.key()] = true
		}
	}
	return known
}

func (f fill) key() string { return fmt.Sprintf("%s %d", f.Market, f.Trade) }

func (l *ledger) isOver() bool {
	// Who is left alone by the test that started it has nobody to trade for.
	return l.isStopped.Load() || os.Getppid() != l.parent || time.Now().After(l.endTime)
}

func (l *ledger) wait(duration time.Duration) {
	for end := time.Now().Add(duration); time.Now().Before(end) && !l.isOver(); {
		time.Sleep(100 * time.Millisecond)
	}
}

// book notes an execution: once if it was asked for, every time if it came by itself.
func (l *ledger) book(f fill) {
	kind := "event"
	if f.Source == "rest" {
		l.mutex.Lock()
		isKnown := l.known[f.key()]
		l.known[f.key()] = true
		l.mutex.Unlock()
		if isKnown {
			return
		}
		kind = "fill"
	}
	l.write(kind, f)
}

func (l *ledger) order(market string, id int64, executed string) {
	l.write("order", map[string]any{"market": market, "order": id, "executed": executed})
}

func (l *ledger) read(what string, value any) {
	l.write("read", map[string]any{"what": what, "value": fmt.Sprint(value)})
}

func (l *ledger) trouble(what string, err error) {
	l.write("trouble", map[string]any{"what": what, "error": err.Error()})
}

func (l *ledger) outage(err error) {
	l.write("outage", map[string]any{"error": err.Error()})
}

func (l *ledger) write(kind string, entry any) {
	text, _ := json.Marshal(entry)
	var members map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	_ = decoder.Decode(&members)
	members["kind"] = kind
	members["at"] = time.Now().UnixMilli()
	line, _ := json.Marshal(members)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	_, _ = l.file.Write(append(line, '\n'))
}

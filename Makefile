# Every target checks the Node version first.
NODE_OK := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.stdout.write(a>20||(a===20&&b>=19)?"yes":"no")' 2>/dev/null)
ifneq ($(NODE_OK),yes)
$(error Node 20.19 or newer is needed (found: $(shell node -v 2>/dev/null || echo none)); install it from https://nodejs.org and run make again)
endif

SHELL := bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: $(shell sed -nE 's/^([a-z.-]+):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{split($$1, name, ":"); printf "  %-27s %s\n", name[1], $$2}'

node_modules/.installed: package.json package-lock.json
	@echo 'Installing the dependencies …'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

install: node_modules/.installed ## Install the exact dependencies

dist/.built: node_modules/.installed $(shell find src -name '*.ts' 2>/dev/null) tsconfig.json tsconfig.build.json src/report/client/tsconfig.json bundle.js
	@echo 'Compiling …'
	@npm run --silent build
	@touch $@

build: dist/.built ## Compile src/ to dist/

demo: build ## Install, build, then the whole way from candles to verdicts, with reports (OPEN=1 opens their list)
	@node bin/wus.js demo $(if $(OPEN),--open)

# Only root may install; without a browser the tests that need one say that they are skipped.
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	    && { timeout 60 apt-get update -qq && timeout 150 apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1; \
	  command -v chromium >/dev/null || echo 'WARNING: no Chromium found: tests that need a browser are SKIPPED; install the package chromium to run them'; }

# Two parts at a time: one that reads the sources, one that runs them. The caches know what has not changed.
check: install ## Quick look after a change: format, types, lint rules, folders, unit tests (a minute; make lint and make test see all)
	@$(MAKE) --no-print-directory -j2 --output-sync check.sources check.units

check.sources:
	@biome check .
	@tsc -p tsconfig.json --incremental --tsBuildInfoFile node_modules/.cache/tsc.tsbuildinfo
	@eslint . --cache --cache-location node_modules/.cache/eslint
	@depcruise src --config .dependency-cruiser.cjs
	@knip

check.units:
	@NO_COLOR=1 vitest run --project unit --maxWorkers 100%

test: build chromium ## All tests but the long ones (at most 10 minutes)
	NO_COLOR=1 vitest run

# Binance clients of others, with a lock file of their own: only this target installs them.
test/clients/node_modules/.installed: test/clients/package.json test/clients/package-lock.json
	cd test/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test-clients: build test/clients/node_modules/.installed ## Drive the local exchange with ccxt and other Binance clients
	tsc -p test/clients/tsconfig.json
	NO_COLOR=1 vitest run --config test/clients/vitest.config.ts

# Each in an environment of its own: their needs exclude each other. What is missing is said, its part is skipped.
test/clients/python/.venv/.installed: test/clients/python/requirements.txt
	@$(call python-clients,.venv,requirements.txt,11)

test/clients/python/.venv-nautilus/.installed: test/clients/python/requirements-nautilus.txt
	@$(call python-clients,.venv-nautilus,requirements-nautilus.txt,12)

# $(call python-clients,environment,requirements,least minor version of Python 3)
define python-clients
cd test/clients/python; for python in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14 $(HOME)/.pyenv/versions/3.1*/bin/python; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, $(3)))' 2>/dev/null || continue; \
  echo "Installing test/clients/python/$(2) …"; \
  "$$python" -m venv $(1) && $(1)/bin/pip install --quiet --disable-pip-version-check -r $(2) && touch $(1)/.installed && exit 0; \
  break; \
done; echo 'WARNING: test/clients/python/$(2) cannot be installed (it needs Python 3.$(3)): its clients are SKIPPED'
endef

# CLIENT_MINUTES of wall time: other people's trading programs side by side on `wus exchange`, which stops and comes back.
test-clients-long: build test/clients/node_modules/.installed test/clients/python/.venv/.installed test/clients/python/.venv-nautilus/.installed ## Let ccxt, freqtrade, nautilus_trader … trade at the local exchange for an hour (CLIENT_MINUTES)
	@command -v go >/dev/null || [ -x /usr/local/go/bin/go ] || echo 'WARNING: no Go: go-binance is SKIPPED'
	CLIENT_MINUTES=$(or $(CLIENT_MINUTES),60) NO_COLOR=1 vitest run --config test/clients/vitest.config.ts --silent=false side-by-side

test-long: build chromium test-clients ## The long tests: big markets, many seeds, other clients
	NO_COLOR=1 WUS_LONG_TESTS=1 vitest run

# What can differ between Nodes: language and library (unit), how commands and strategy files are loaded (start),
# what the pages show (pages). `make test` runs everything on the Node that is here; PARTS=all does so on the others.
NODES ?= 22 24
PARTS ?= unit start pages
node_unit = --project unit
node_start = --project slow test/e2e/cli-start test/e2e/cli-examples test/e2e/program test/e2e/completion \
  test/e2e/new-strategy test/e2e/trace-file test/e2e/watch src/plugins/load-strategy
node_pages = --project slow test/e2e/docs-commands test/pages test/library-docs test/docs
node_all =

test-nodes: build chromium ## What can differ between Nodes, on Node 22 and 24 (NODES=22 PARTS="unit start pages", or all)
	$(if $(filter-out unit start pages all,$(PARTS)),$(error PARTS are unit, start, pages and all, not $(PARTS)))
	@for major in $(NODES); do $(foreach part,$(PARTS),\
	  echo "== Node $$major, $(part)"; \
	  NO_COLOR=1 npx -y node@$$major node_modules/vitest/vitest.mjs run $(node_$(part)) || exit 1;) \
	done

# As a user gets it: packed, installed with its dependencies in an empty folder, and every page run from there.
test-package: build ## Pack the package, install it elsewhere, run the README and the how-tos from it
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
	  && npm pack --ignore-scripts --silent --pack-destination "$$folder" >/dev/null \
	  && (cd "$$folder" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund ./*.tgz) \
	  && WUS_PACKAGE="$$folder" NO_COLOR=1 vitest run --project slow test/e2e/docs-commands test/pages/library-page

lint: install ## Check format, types, lint rules, folder dependencies, unused exports
	biome check .
	tsc -p tsconfig.json
	eslint .
	depcruise src --config .dependency-cruiser.cjs
	knip

docs: build ## Write docs/reference (commands, metrics, library) from the program
	NO_COLOR=1 vitest run test/docs.test.ts test/library-docs.test.ts --update

format: install ## Format the code
	biome check --write .

calibrate: build ## Judge planted markets, write docs/reference/calibration.md (10 minutes; RESUME=1 goes on with a stopped run, SEED=1 plants other markets)
	$(if $(call yes,$(RESUME)),,@rm -rf dist-calibration/rows$(if $(SEED),-$(SEED)))
	tsc -p tsconfig.calibration.json
	$(if $(SEED),WUS_CALIBRATE_SEED=$(SEED) )node dist-calibration/test/calibration/calibrate.js

bench: build ## Measure speed and memory in 15 minutes, write bench/RESULTS.md (ONLY="import start-up" runs some)
	tsc -p tsconfig.bench.json
	node dist-bench/bench/lib/run-all.js $(ONLY)

bench-peers: ## Install the Python peers of the benchmark (numba, vectorbt) into bench/peers/.venv (PYTHON=python3.11)
	$(or $(PYTHON),python3) -m venv bench/peers/.venv
	bench/peers/.venv/bin/pip install --quiet --disable-pip-version-check -r bench/peers/requirements.txt

bench-full: build ## The same with a million combinations to their end, writes bench/RESULTS-full.md (an hour)
	tsc -p tsconfig.bench.json
	WUS_BENCH_FULL=1 node dist-bench/bench/lib/run-all.js $(ONLY)

# --- Optimization. Example: make optimize STRATEGY=RSIReversion SYMBOL=ETHUSDT INTERVAL=1h SAVE_DETAILS=1
STRATEGY ?= MACross
SYMBOL ?= BTCUSDT
INTERVAL ?= 1h
CONFIG ?= config/optimize_params.yaml
BEST_PARAMS_FILE ?= config/best_params.yaml
# "1", "true" and "yes" are yes.
yes = $(filter 1 true yes True YES,$(1))
# $(call flag,--name,value): nothing without a value.
flag = $(if $(strip $(2)),$(1) "$(strip $(2))")
OPTIMIZE_COMMON = $(call flag,--market,$(MARKET)) $(call flag,--data-dir,$(DATA_DIR)) \
  $(call flag,--commission,$(COMMISSION)) $(call flag,--balance,$(BALANCE)) $(call flag,--metric,$(METRIC)) \
  $(call flag,--config,$(CONFIG)) $(call flag,--output-config,$(BEST_PARAMS_FILE)) \
  $(if $(call yes,$(SAVE_DETAILS)),--save-details) $(if $(call yes,$(RESUME)),--resume) \
  $(if $(call yes,$(APPLY_ATR_FILTER)),--apply-atr-filter) \
  $(if $(call yes,$(APPLY_SEASONALITY_FILTER)),--apply-seasonality-filter) $(OPTIMIZE_ARGS)

optimize: build ## Best settings of STRATEGY on SYMBOL (INTERVAL START_DATE END_DATE METRIC PROCESSES SAVE_DETAILS RESUME …)
	@node bin/wus.js optimize --strategy "$(STRATEGY)" --symbol "$(SYMBOL)" --interval "$(INTERVAL)" \
	  $(call flag,--start,$(START_DATE)) $(call flag,--end,$(END_DATE)) \
	  $(call flag,--details-file,$(DETAILS_FILE)) $(call flag,--processes,$(PROCESSES)) $(OPTIMIZE_COMMON)

# A batch writes a details file per pair: one name for all of them would be overwritten.
no_details_file = $(if $(strip $(DETAILS_FILE)),$(error DETAILS_FILE names the details of one optimization (make optimize); \
  a batch writes a file per pair: give SAVE_DETAILS=1, and RESUME=1 to go on with them))

optimize-batch: build ## All STRATEGIES on all SYMBOLS, PROCESSES optimizations at a time
	$(no_details_file)
	@node bin/wus.js optimize-batch --interval "$(INTERVAL)" \
	  $(if $(STRATEGIES),--strategies $(STRATEGIES)) $(if $(SYMBOLS),--symbols $(SYMBOLS)) \
	  $(call flag,--start,$(START_DATE)) $(call flag,--end,$(END_DATE)) \
	  $(call flag,--processes,$(PROCESSES)) $(OPTIMIZE_COMMON)

TSO_STRATEGIES ?= $(STRATEGIES)
TSO_SYMBOLS ?= $(SYMBOLS)
TSO_INTERVAL ?= $(INTERVAL)
TSO_START_DATE ?= $(START_DATE)
TSO_END_DATE ?= $(END_DATE)
TSO_PROCESSES ?= $(PROCESSES)
TSO_ARGS ?=

trigger-threaded-optimizer: build ## Pairs one after another, each on TSO_PROCESSES threads (TSO_STRATEGIES TSO_SYMBOLS …)
	$(no_details_file)
	@node bin/wus.js optimize-batch --processes 1 $(call flag,--workers,$(TSO_PROCESSES)) --interval "$(TSO_INTERVAL)" \
	  $(if $(TSO_STRATEGIES),--strategies $(TSO_STRATEGIES)) $(if $(TSO_SYMBOLS),--symbols $(TSO_SYMBOLS)) \
	  $(call flag,--start,$(TSO_START_DATE)) $(call flag,--end,$(TSO_END_DATE)) $(OPTIMIZE_COMMON) $(TSO_ARGS)

FETCH_PROCESSES ?= 4

fetch-data: build ## Fetch candles: FETCH_ARGS="--symbols BTCUSDT --interval 1h --start 2020-01-01" FETCH_PROCESSES=4
	@node bin/wus.js fetch-data --processes $(FETCH_PROCESSES) $(FETCH_ARGS)

exchange: build ## Run the local exchange: EXCHANGE_ARGS="--speed 60"
	@node bin/wus.js exchange $(EXCHANGE_ARGS)

# --- Paper trading: Binance's prices, or a SYNTHETIC market on this machine where Binance is out of reach.
TRADER_INTERVAL ?= 1m
trader: build ## Paper-trade STRATEGY on SYMBOL: TRADER_ARGS="--interval 15m --stop-loss 0.02" (wus trader --help)
	@node bin/wus.js trader --strategy "$(STRATEGY)" --symbol "$(SYMBOL)" --interval "$(TRADER_INTERVAL)" \
	  --market-data auto $(TRADER_ARGS); code=$$?; [ $$code -eq 130 ] || exit $$code

# --- Forward tests. Example: make forward-test STRATEGY=RSIReversion SYMBOL=ETHUSDT FWD_START_DATE=2023-01-01
FWD_START_DATE ?=
FWD_END_DATE ?=
FWD_ARGS ?=
FORWARD_COMMON = $(call flag,--data-dir,$(DATA_DIR)) $(call flag,--commission,$(COMMISSION)) $(call flag,--balance,$(BALANCE)) \
  $(call flag,--param-config,$(BEST_PARAMS_FILE)) $(call flag,--start,$(FWD_START_DATE)) $(call flag,--end,$(FWD_END_DATE)) \
  $(if $(call yes,$(APPLY_ATR_FILTER)),--apply-atr-filter) \
  $(if $(call yes,$(APPLY_SEASONALITY_FILTER)),--apply-seasonality-filter) $(FWD_ARGS)

forward-test: build ## Optimized STRATEGY on unseen candles of SYMBOL (FWD_START_DATE FWD_END_DATE FWD_ARGS)
	@node bin/wus.js forward-test --strategy "$(STRATEGY)" --symbol "$(SYMBOL)" --interval "$(INTERVAL)" \
	  $(call flag,--market,$(MARKET)) $(FORWARD_COMMON)

forward-test-batch: build ## Every optimized pair (STRATEGIES SYMBOLS FWD_START_DATE FWD_END_DATE FWD_ARGS)
	@node bin/wus.js forward-test-batch $(if $(STRATEGIES),--strategies $(STRATEGIES)) \
	  $(if $(SYMBOLS),--symbols $(SYMBOLS)) $(FORWARD_COMMON)

# --- Analysis. Example: make analyze-trades ANALYZE_ARGS="results/forward_test/trades"
analyze-trades: build ## What the trade logs tell (ANALYZE_ARGS: files, folders, options; default: all under results/)
	@node bin/wus.js analyze-trades $(ANALYZE_ARGS)

analyze-details: build ## Heat maps, slices, filters of saved optimization details (ANALYZE_ARGS="--metric sharpe_ratio")
	@node bin/wus.js analyze-trades --details $(ANALYZE_ARGS)

# --- Walk-forward. Example: make walk-forward STRATEGY=RSIReversion SYMBOL=ETHUSDT WF_ARGS="--train 365d --test 90d --anchored"
walk-forward: build ## Optimize STRATEGY on rolling windows of SYMBOL, test each on what follows (INTERVAL START_DATE END_DATE WF_ARGS …)
	@node bin/wus.js walk-forward --strategy "$(STRATEGY)" --symbol "$(SYMBOL)" --interval "$(INTERVAL)" \
	  $(call flag,--start,$(START_DATE)) $(call flag,--end,$(END_DATE)) $(call flag,--market,$(MARKET)) \
	  $(call flag,--data-dir,$(DATA_DIR)) $(call flag,--config,$(CONFIG)) $(call flag,--metric,$(METRIC)) \
	  $(call flag,--processes,$(PROCESSES)) $(WF_ARGS)

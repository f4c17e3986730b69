# Every target checks the Node version first.
NODE_OK := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.stdout.write(a>20||(a===20&&b>=19)?"yes":"no")' 2>/dev/null)
ifneq ($(NODE_OK),yes)
$(error Node 20.19 or newer is needed (found: $(shell node -v 2>/dev/null || echo none)); install it from https://nodejs.org and run make again)
endif

.DEFAULT_GOAL := help
.PHONY: help install build test test-long lint format

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

install: node_modules/.installed ## Install the exact dependencies

dist/.built: node_modules/.installed $(shell find src -name '*.ts' 2>/dev/null) tsconfig.json tsconfig.build.json
	npx tsc -p tsconfig.build.json
	@touch $@

build: dist/.built ## Compile src/ to dist/

test: build ## All tests but the long ones (at most 10 minutes)
	npx vitest run

lint: install ## Format check, lint with types, dependency rules, unused exports
	npx biome check .
	npx tsc -p tsconfig.json
	npx eslint .
	npx depcruise src --config .dependency-cruiser.cjs
	npx knip

format: install ## Format the code
	npx biome check --write .

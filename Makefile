# One command an intent. CI runs `make test`, the same as everybody.
export CARGO_TARGET_DIR := $(CURDIR)/target
export CARGO_TERM_PROGRESS_WHEN ?= auto

FANGGE := target/release/fangge
STAMPS := target/stamps
PAGE_SOURCES := $(shell find frontend geodata/src geodata/Cargo.toml style tools/pack tools/page Cargo.toml Cargo.lock \
	\( -name node_modules -o -name dist \) -prune -o -type f -not -name '*.png' -print 2>/dev/null)
SERVER_SOURCES := $(shell find backend geodata/src geodata/Cargo.toml Cargo.toml Cargo.lock -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run build test lint dev bench setup screenshots clean reset-demo FORCE

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: ## install what is missing, build, start, and print the address
	@tools/setup run
	@$(MAKE) -s --no-print-directory $(STAMPS)/server
	@tools/run

build: ## leave target/release/fangge, with the page inside it
	@tools/setup build
	@$(MAKE) -s --no-print-directory $(STAMPS)/server

test: ## everything that must hold: formatting, lints, unit, API, database and browser tests
	@tools/setup test
	tools/test

lint: ## formatting and lints only
	@tools/setup test
	tools/test lint

dev: ## build quickly, start, and build again whenever a source changes
	@tools/setup run
	@node tools/dev.mjs

bench: ## measure beside the peers: all of it, or ONLY=base/tiles
	@tools/setup bench
	@$(MAKE) -s --no-print-directory $(STAMPS)/server
	@node tests/bench/run.mjs $(ONLY)

setup: ## install everything that any of these needs
	@tools/setup test
	@tools/setup bench

screenshots: ## make the README's pictures again
	@tools/setup test
	@$(MAKE) -s --no-print-directory $(STAMPS)/server
	@node tests/e2e/screenshots.mjs

clean: ## remove what was built; data stay
	rm -rf target frontend/dist frontend/node_modules tests/e2e/node_modules tests/bench/node_modules

reset-demo: ## delete the demonstration's data, after asking
	@tools/reset-demo

# The page is packed first, because the server carries it.
$(STAMPS)/page: $(PAGE_SOURCES) $(if $(wildcard frontend/dist/index.html),,FORCE)
	@tools/page
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/server: $(SERVER_SOURCES) $(STAMPS)/page $(if $(wildcard $(FANGGE)),,FORCE)
	cargo build --release --package fangge
	@touch $@

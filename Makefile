# The two commands are `make demo` and `make test`; `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
PACKAGES := exam_engine item_bank proctoring psychometrics config
CATALOGUES := $(wildcard */translations/*/LC_MESSAGES/*.po)
CLIENT_SOURCES := $(shell find web/src web/scripts web/*.json web/*.ts -type f)

.PHONY: help demo test check unit web bench wheel lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: .build/runtime .build/clients .build/words ## Set up, and run the sample exam (ARGS="--port 8080")
	$(PY) -m exam_engine demo $(ARGS)

test: .build/dev .build/clients .build/words .build/browser ## Set up, check types and style, and run every test
	$(MAKE) --no-print-directory check
	$(PY) -m pytest $(ARGS)

check: .build/dev .build/clients ## Types, style, import arrows, clients' own tests
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	setup/npm.sh run --silent check
	setup/npm.sh run --silent test

web: .build/clients ## Build the browser clients

bench: .build/dev .build/clients .build/words ## Measure saves per second against two others
	$(PY) -m benchmarks.saves

wheel: .build/dev .build/clients .build/words ## Build the wheel; it carries the clients
	rm -rf dist
	$(PY) -m hatchling build -t wheel

lock: .build/dev ## Resolve the dependencies anew
	PATH="$(CURDIR)/.venv/bin:$$PATH" requirements/lock.sh

clean: ## Remove what was built (data stays)
	rm -rf .build .venv dist web/node_modules $(addsuffix /static,exam_engine item_bank proctoring)
	find $(PACKAGES) -name '*.mo' -delete

# Stamps: each stands for something set up, and is made anew when its sources change.
.build/venv: setup/venv.sh
	@mkdir -p .build
	@echo "Making the virtual environment .venv"
	@setup/venv.sh
	@touch $@

.build/runtime: .build/venv requirements/runtime.txt pyproject.toml
	@echo "Installing what the engine needs"
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

.build/dev: .build/runtime requirements/dev.txt
	@echo "Installing what tests and checks need"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.build/node_modules: .build/venv web/package-lock.json web/.npmrc
	@echo "Installing what the browser clients are built with"
	@setup/npm.sh ci --silent --no-progress
	@touch $@

.build/clients: .build/node_modules $(CLIENT_SOURCES) exam_engine/templates/player.html
	@echo "Building the browser clients"
	@setup/npm.sh run --silent build
	@touch $@

.build/words: .build/runtime $(CATALOGUES)
	@$(PY) -m setup.words
	@touch $@

.build/browser: .build/dev tests/services/browser.py
	@$(PY) -m tests.services.browser
	@touch $@

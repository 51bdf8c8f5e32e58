# Everything starts from a machine with Python 3.11 and Debian's packages; see scripts/bootstrap.py.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := @$(PYTHON) scripts/bootstrap.py
COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --no-emit-find-links \
	--no-emit-index-url --no-emit-trusted-host --strip-extras
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= var

.DEFAULT_GOAL := help
.PHONY: help setup run test bench lint format types imports migrations messages requirements pictures clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: ## the environment for work on the product
	$(READY) test

run: ## a demo hall on http://127.0.0.1:8000
	$(READY) run
	@$(BIN)/servicehall run --demo --host $(HOST) --port $(PORT) --data $(DATA)

# One run of pytest in five processes: every test on each database, and in three shares what need pass only once.
test: ## all checks and tests
	$(READY) test
	@$(MAKE) --no-print-directory lint types imports migrations
	@$(BIN)/python scripts/messages.py check
	@$(BIN)/pytest $(TESTS) --dist=each \
		--tx=popen//id=sqlite//env:TEST_DATABASE=sqlite//env:TEST_PART=each \
		--tx=popen//id=postgresql//env:TEST_DATABASE=postgresql//env:TEST_PART=each \
		--tx=popen//id=once1//env:TEST_PART=once1 \
		--tx=popen//id=once2//env:TEST_PART=once2 \
		--tx=popen//id=once3//env:TEST_PART=once3

bench: ## the figures, on both databases
	$(READY) test
	@$(BIN)/python -m bench

lint: ## style
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Some files are not formatted: make format"; exit 1; }

format: ## puts files into the house's form
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format --quiet

types: ## types
	@SERVICEHALL_DATA=build/checks $(BIN)/mypy

imports: ## who may import whom
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

migrations: ## no table differs from its migrations
	@$(BIN)/servicehall django --data build/checks makemigrations --check --dry-run

messages: ## collects texts for translation, then builds them
	$(READY) run
	@$(BIN)/python scripts/messages.py extract
	@$(BIN)/python scripts/messages.py compile

requirements: ## pins the newest allowed versions, with hashes
	$(READY) test
	@$(COMPILE) --upgrade requirements/runtime.in --output-file=requirements/runtime.txt
	@$(COMPILE) --upgrade requirements/development.in --output-file=requirements/development.txt
	@$(COMPILE) --upgrade requirements/bench.in --output-file=requirements/bench.txt

pictures: ## the screens' pictures in the documentation, from the running product
	$(READY) test
	@$(BIN)/python -m scripts.pictures

clean: ## removes what was built; keeps data
	rm -rf .venv node_modules build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	find src -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

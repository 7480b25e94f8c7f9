# Thin wrappers around run.py, which does the same on Windows and without make.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help run demo test test-fast test-all lint bench bench-quick words vendor clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## serve the time bank on http://127.0.0.1:8000 (the first start installs what it needs)
	@$(PYTHON) run.py run

demo: ## build the sample community in ./demo-data and serve it
	@$(PYTHON) run.py demo

test: ## lint, types, layers and every test, on SQLite, PostgreSQL and in a browser
	@$(PYTHON) run.py test

test-fast: ## only the tests that need neither PostgreSQL nor a browser
	@$(PYTHON) run.py test-fast

test-all: ## every journey in every way, all troublesome words; what is left out is a failure
	@CI=true TIMEBANK_TEST_ALL=true $(PYTHON) run.py test

lint: ## ruff, mypy and the import rules alone
	@$(PYTHON) run.py lint

bench: ## measure posting beside a raw baseline on the same engine
	@$(PYTHON) run.py bench

bench-quick: ## the same with less work
	@$(PYTHON) run.py bench-quick

words: ## collect the words for translators, update and compile each language
	@$(PYTHON) run.py words

vendor: ## build the vendored style sheets and fonts anew (needs npm)
	@$(PYTHON) run.py vendor

clean: ## remove what was made here: .venv and caches, never a community's data
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

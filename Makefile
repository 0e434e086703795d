# The logic stands in installer/linux/setup.sh and tests/__main__.py.
# DEMO_OUT and KEEP reach the demo through the environment: DEMO_OUT=DIR make demo KEEP=1

PYTHON := .venv/bin/python
ARGS :=

.DEFAULT_GOAL := help
.PHONY: help setup demo bench faults package test check format lint types imports unit lock clean

help: ## say what can be made (this list)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## get everything ready: Debian packages, .venv, Python packages
	@bash installer/linux/setup.sh

demo: setup ## record, send and play two calls; DEMO_OUT=DIR keeps what comes out, KEEP=1 leaves central running
	@$(PYTHON) -m bench.demo

bench: setup ## measure what recording costs and loses; figures in out/bench/; ARGS=--long takes hours
	@$(PYTHON) -m bench $(ARGS)

faults: setup ## kill, cut, fill and lie, and count what is lost; ARGS=--short takes a sample
	@$(PYTHON) -m tests.faults $(ARGS)

package: ## make what IT installs, as far as this machine can, into dist/; PRODUCT=deb makes one
	@bash installer/linux/setup.sh package
	@$(PYTHON) -m installer $(or $(PRODUCT),all) $(ARGS)

test: ## check and test everything
	@bash installer/linux/setup.sh package
	@$(PYTHON) -m tests

check: setup ## everything but the tests
	@$(PYTHON) -m tests format lint types imports

format: setup ## lay the code out
	@$(PYTHON) -m ruff check --quiet --fix --select I .
	@$(PYTHON) -m ruff format .

lint: setup ## look for bad habits
	@$(PYTHON) -m tests lint

types: setup ## check the types, for Linux, Windows and macOS
	@$(PYTHON) -m tests types

imports: setup ## check who imports whom
	@$(PYTHON) -m tests imports

unit: setup ## run the tests alone; ARGS="-k pause" picks some
	@$(PYTHON) -m pytest $(ARGS)

lock: setup ## write requirements.lock anew; ARGS=--upgrade takes newer releases
	@bash installer/linux/lock.sh $(ARGS)

clean: ## remove what was made, .venv included
	rm -rf .venv build dist out *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

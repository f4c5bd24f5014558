# Everything a person types. `make help` lists it.
SHELL := /bin/bash
PYTHON ?= $(or $(shell command -v python3.11),$(shell command -v python3.12),$(shell command -v python3.13),python3)
UV := $(shell command -v uv)
BIN := .venv/bin
INSTALL := $(if $(UV),uv pip install -q --python $(BIN)/python,$(BIN)/python -m pip install -q --disable-pip-version-check)
# A file stays together, for what it sets up; in their order, or the slowest few would end alone.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder
# What could differ on another PostgreSQL or on Redis; the rest passes or fails the same there.
ON_SERVICES := tests/services tests/integration/test_cache_away.py tests/contracts tests/unit/core \
  tests/unit/accounts tests/unit/worker tests/unit/library/test_daily_views.py \
  tests/unit/cli/test_cache.py tests/unit/tmdb/test_bucket.py --ignore=tests/contracts/test_schema.py
SOURCES := src engine client tests benchmarks scripts
export OPENBLAS_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help run demo test test-browser check schemathesis chaos services bench bench-engine docs neural format lock schema clean

help:  ## Show these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: .venv/.run  ## Install, prepare and serve on http://127.0.0.1:8000 (DATA=<a MovieLens folder> for real data)
	@$(BIN)/moviverse serve $(if $(DATA),--data "$(DATA)")

demo: .venv/.client  ## Walk through the API of a running server, checking each step
	@$(BIN)/python scripts/demo.py

test: .venv/.dev  ## Run the whole suite on the embedded PostgreSQL
	$(BIN)/python -m pytest -q -rs $(PARALLEL) -m "not browser" --cov --cov-report=term $(ARGS)

test-browser: .venv/.dev  ## Drive the pages in the distribution's Chromium
	scripts/chromium.sh
	$(BIN)/python -m pytest -q -m browser tests/browser $(ARGS)

schemathesis: .venv/.dev  ## Send 2,000 requests and more, made from the schema, to every operation
	$(BIN)/python -m tests.fuzzing $(ARGS)

chaos: .venv/.dev  ## Let TMDb fail in every way beside a whole site, and judge the answers
	$(BIN)/python -m tests.chaos $(ARGS)

services: .venv/.dev  ## Run what touches database and cache on a system PostgreSQL and Redis, and a site with Celery
	scripts/services.sh $(BIN)/python -m pytest -q $(PARALLEL) $(ON_SERVICES) $(ARGS)

check: .venv/.dev  ## Check format, lint, types, imports, templates, migrations, schema, dependencies
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lint-imports --config client/pyproject.toml
	$(BIN)/djlint src/moviverse/web/templates --check --quiet
	$(BIN)/djlint src/moviverse/web/templates --lint --quiet
	$(BIN)/moviverse manage makemigrations --check --dry-run
	$(BIN)/moviverse schema --check
	$(BIN)/deptry src
	$(BIN)/bandit -q -r src engine/src client/src -c pyproject.toml --severity-level medium

bench: .venv/.dev  ## Measure speed and memory, as ratios in one run
	$(BIN)/python -m benchmarks

bench-engine: .venv/.dev  ## Measure the engine's models beside other libraries, in one run
	$(BIN)/python -m benchmarks.peers

docs: .venv/.dev  ## Write the engine's API pages from its docstrings to var/docs
	$(BIN)/python -W ignore -m pdoc --docformat google --output-directory var/docs moviverse_engine

neural: .venv/.dev  ## Install PyTorch, with which NeuralMF and DeepFM are trained
	$(INSTALL) -e "./engine[neural]"

format: .venv/.dev  ## Format the code and the templates
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	$(BIN)/djlint src/moviverse/web/templates --reformat --quiet || true

schema: .venv/.dev  ## Write openapi.json
	$(BIN)/moviverse schema

lock:  ## Resolve the dependencies anew into requirements*.txt (needs uv)
	scripts/lock.sh

clean:  ## Remove what was installed and built, not the data under var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

$(BIN)/python:
	$(if $(UV),uv venv -q --seed --python $(PYTHON) .venv,$(PYTHON) -m venv .venv)

.venv/.run: requirements.txt pyproject.toml engine/pyproject.toml | $(BIN)/python
	$(INSTALL) -r requirements.txt
	$(INSTALL) --no-deps -e ./engine -e .
	@touch $@

.venv/.client: client/pyproject.toml requirements-dev.txt | .venv/.run
	$(INSTALL) -c requirements-dev.txt -e ./client
	@touch $@

.venv/.dev: .venv/.run .venv/.client requirements-dev.txt
	$(INSTALL) -r requirements-dev.txt
	@touch $@

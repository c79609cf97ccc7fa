# `make demo` and `make test` do everything on a fresh machine. See README.md.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8501
# Ports and folders can be set: make demo PORT=8600, RECSYS_ARTIFACTS=/some/set make demo

.PHONY: demo test lint demo-artifacts evaluation screenshots clean

demo: $(VENV)/.app
	$(BIN)/python -m recsys serve --port $(PORT)

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The embedded set: simulated, trained, published. Recommit it seldom: every version stays in every clone.
demo-artifacts: $(VENV)/.dev
	rm -rf build/newsroom
	$(BIN)/recsys simulate --out build/newsroom
	$(BIN)/recsys train --data build/newsroom --out artifacts/demo
	$(BIN)/recsys verify artifacts/demo

# Fills docs/evaluation.md from benchmarks/results/.
evaluation: $(VENV)/.dev
	$(BIN)/python -m benchmarks.evaluation_page

screenshots: $(VENV)/.dev
	$(BIN)/python -m benchmarks.screenshots

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@ $(VENV)/.app

clean:
	rm -rf $(VENV) build

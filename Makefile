# `make demo` and `make test` do everything on a fresh machine. See README.md; `make check` is for every save.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8501
# Tests run in so many processes.
JOBS ?= auto
# Ports and folders can be set: make demo PORT=8600, RECSYS_ARTIFACTS=/some/set make demo

.PHONY: demo test check lint docs demo-artifacts evaluation screenshots clean

demo: $(VENV)/.app
	$(BIN)/recsys serve --port $(PORT)

# Everything.
test: $(VENV)/.dev lint docs
	$(BIN)/python -m pytest -n $(JOBS)

# What needs neither a browser nor the real log nor Java.
check: $(VENV)/.dev lint
	$(BIN)/python -m pytest -n $(JOBS) -q -m "not browser and not real and not java"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python docs/check_words.py
	$(BIN)/mypy

# The site of the docs, in build/site; a warning is an error.
docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# The set that comes with the repository: simulated, trained, published. Recommit it seldom (CONTRIBUTING.md).
demo-artifacts: $(VENV)/.dev
	rm -rf build/newsroom
	$(BIN)/recsys simulate --out build/newsroom
	$(BIN)/recsys train --data build/newsroom --out artifacts/demo
	$(BIN)/recsys verify artifacts/demo

# Fills the tables of docs/ and README.md from benchmarks/results/.
evaluation: $(VENV)/.dev
	$(BIN)/python -m benchmarks.evaluation_page

screenshots: $(VENV)/.dev
	$(BIN)/python -m benchmarks.screenshots

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@ $(VENV)/.app

clean:
	rm -rf $(VENV) build

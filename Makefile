# `make demo` and `make test` do everything on a fresh machine. See README.md; `make check` is for every save.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8501
# Tests run in so many processes.
JOBS ?= auto
# Ports and folders can be set: make demo PORT=8600, RECSYS_ARTIFACTS=/some/set make demo

.PHONY: demo test check lint docs demo-artifacts figures evaluation screenshots constraints audit clean

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
	$(BIN)/deptry .
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

# Every figure of the docs anew, GLOBO being the folder of the real log: ten hours, resumable; it says so first.
figures: $(VENV)/.dev
	$(BIN)/python -m benchmarks.figures --data $(GLOBO)

# Fills the tables of docs/ and README.md from benchmarks/results/.
evaluation: $(VENV)/.dev
	$(BIN)/python -m benchmarks.evaluation_page

screenshots: $(VENV)/.dev
	$(BIN)/python -m benchmarks.screenshots

# The exact versions of whatever the dependencies need in turn: after a change of requirements.txt or pyproject.toml.
constraints: $(VENV)/.dev
	echo "# What the dependencies need in turn. Made by: make constraints" > constraints.txt
	$(BIN)/python -m pip freeze --exclude-editable | grep -v "^torch==" >> constraints.txt

# Known vulnerabilities of all that is installed, as the Python Packaging Advisory Database has them: needs the internet.
audit: $(VENV)/.dev
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	build/audit/bin/pip-audit -r constraints.txt --no-deps --disable-pip

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt constraints.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: requirements.txt constraints.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/.app

clean:
	rm -rf $(VENV) build

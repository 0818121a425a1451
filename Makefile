.PHONY: demo test test-fast up check bench faults docs lock
.DEFAULT_GOAL := test

PYTHON ?= python3
BIN := .venv/bin

$(BIN)/.ready: requirements/pip.txt requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/pip.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(BIN)/.ready
	$(BIN)/plejeflow demo

up: $(BIN)/.ready
	$(BIN)/plejeflow up

test: $(BIN)/.ready
	$(BIN)/python -m pytest

test-fast: $(BIN)/.ready
	$(BIN)/python -m pytest tests/rules tests/tasks -m "not slow" -k "not postgresql"

check: $(BIN)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(BIN)/.ready
	$(BIN)/python -m tests.bench

faults: $(BIN)/.ready
	$(BIN)/python -m tests.faults --seeds 30

docs: $(BIN)/.ready
	$(BIN)/plejeflow reference > docs/commands.md
	$(BIN)/python -m tests.drawing

lock: $(BIN)/.ready
	echo pip | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 - -o requirements/pip.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-header --python-version 3.11 -c requirements/run.txt --group dev pyproject.toml -o requirements/dev.txt

# Two commands matter: `make replay` and `make test`. Both set everything up first.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= out

.PHONY: replay test lint bench goldens clean

replay: $(READY)
	$(BIN)/newsbeam replay --out $(OUT) --overwrite

test: $(READY)
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks

goldens: $(READY)
	$(BIN)/python -m tests.golden.regenerate

$(READY): pyproject.toml constraints.txt
	bash scripts/setup-venv.sh $(VENV)
	touch $(READY)

clean:
	rm -rf $(VENV) $(OUT) build dist *.egg-info .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

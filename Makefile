# Everything runs in .venv, which the first call sets up. `make help` lists the targets.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help compile test lint types stale campaign campaigns judges bench clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

compile: .venv/product ## Compile pipelines/ into generated/
	$(BIN)/sfdsl compile

test: .venv/dev ## Run the tests; they take every way through pipelines/
	$(BIN)/python -m pytest -n auto -m "not campaign" --sfdsl-cov=pipelines --sfdsl-cov-fail-under=100

lint: .venv/dev ## Lint, and check the formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev ## Check the types
	$(BIN)/mypy

stale: .venv/dev ## Fail if generated/ is not what pipelines/ compile to
	$(BIN)/sfdsl compile --check

campaign: .venv/dev ## Draw thousands of pipelines and expressions instead of hundreds
	SFDSL_EXAMPLES=3000 $(BIN)/python -m pytest -n auto tests/dsl/test_semantics.py tests/test_jsonata_text.py tests/test_jsonata_text_evaluation.py

campaigns: .venv/dev ## Run the long campaigns of simulator, permissions and cost: 45 minutes of processor time
	$(BIN)/python -m pytest -n auto --dist worksteal --durations 15 -m campaign

judges: .venv/dev ## Ask other tools about generated/: cfn-lint, asl-validator, mermaid (the last two from npm)
	tools/judges

bench: .venv/bench ## Measure against other tools; see benchmarks/README.md
	$(BIN)/python benchmarks/run.py

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/product: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/dev: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ .venv/product

.venv/bench: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev,sdk]'
	touch $@

clean: ## Remove what the targets above made, generated/ excepted
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

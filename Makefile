# Everything lives in .venv, made on first use; nothing else is touched.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done; echo python3)
BIN := .venv/bin
READY := .venv/.ready
STAGE ?= dev
PACKAGE := build/$(STAGE)

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage check docs package e2e lock torture bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Make the environment in .venv

$(READY): requirements-dev.txt pyproject.toml .ci/bootstrap.py
	@echo "Setting up .venv (first time only, less than a minute) ..."
	@$(PYTHON) .ci/bootstrap.py
	@touch $@

demo: $(READY) ## Replay a small attack story on the embedded AWS
	@$(BIN)/countermeasure demo

test: $(READY) ## Run the tests
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

coverage: $(READY) ## Run the tests and say which lines none of them reaches; fails below 95 %
	@$(BIN)/python -m pytest -n auto --dist loadgroup --cov --cov-report=term --cov-fail-under=95 $(ARGS)

check: $(READY) ## Lint, types, generated docs current
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m docs.generate --check

docs: $(READY) ## Write the generated docs anew
	@$(BIN)/python -m docs.generate

# Chalice asks for a region, and writes none into the template.
package: export AWS_DEFAULT_REGION ?= us-east-1
package: $(READY) ## Make the CloudFormation template and the zip of STAGE (dev) in build/STAGE
	@$(BIN)/python -m infrastructure --stage $(STAGE)
	@$(BIN)/chalice package --stage $(STAGE) --merge-template .chalice/merge.json $(PACKAGE)
	@$(BIN)/python .ci/precompile.py $(PACKAGE)/deployment.zip
	@ls -l $(PACKAGE)

e2e: $(READY) ## Deploy the package to local AWS emulators, have it answer events there, and follow the guide
	@$(BIN)/python -m e2e

torture: $(READY) ## Crashes, faults, races, storms and hostile input, half an hour of them: what holds, in docs/reliability.md
	@$(BIN)/python -m torture --write $(ARGS)

bench: $(READY) ## Time it beside Cloud Custodian and bare AWS calls, twelve minutes: what holds, in docs/performance.md
	@$(BIN)/python -m bench --write $(ARGS)

lock: $(READY) ## Renew requirements.txt and requirements-dev.txt from the ranges in pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --universal --upgrade --generate-hashes --no-header -q -o requirements.txt
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --upgrade --no-header -q -c requirements.txt -o requirements-dev.txt

clean: ## Remove what was made here
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage build

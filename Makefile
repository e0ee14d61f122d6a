# Every target is one line of `make help`; the recipes are the same commands that the README names.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CONSOLE := gateway/console

.DEFAULT_GOAL := help
.PHONY: help install install-dev console run stack demo sdk check format test test-quick faults schema bench lock clean

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 16

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Taskwire needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment: install the venv module (Debian: apt-get install python3-venv)"; exit 1; }
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the development tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

install: $(VENV)/.installed ## Make .venv with the locked dependencies

install-dev: $(VENV)/.installed-dev ## The same, with the tools for tests and checks

# Without Node.js nothing is made, and a start page stands in for the console.
$(CONSOLE)/dist/index.html: $(shell find $(CONSOLE)/src $(CONSOLE)/public -type f) $(CONSOLE)/index.html $(CONSOLE)/package-lock.json
	@deploy/build-console

console: $(CONSOLE)/dist/index.html ## Build the web console (needs Node.js 20.19 or newer)

run: install console ## Start the embedded system on http://localhost:8000 (PORT, DATA_DIR)
	@exec $(BIN)/taskwire run

stack: install console ## Start the production topology without Docker (PORT, DATA_DIR, WORKERS, SUPERVISE=1)
	@exec $(BIN)/taskwire stack

demo: install ## Fill the running system with people, projects and 2,000 tasks (PORT, DATA_DIR)
	@$(BIN)/taskwire demo

sdk: install-dev ## Generate a typed Python client into build/taskwire-client
	@mkdir -p build && $(BIN)/python -m deploy.openapi build
	@$(BIN)/openapi-python-client generate --path build/openapi.json --config deploy/examples/sdk.yaml --output-path build/taskwire-client --overwrite --fail-on-warning

check: install-dev ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@deploy/check-console

format: install-dev ## Format the code and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: install-dev console ## The whole test run on real PostgreSQL, RabbitMQ, NGINX and a browser
	@deploy/test-packages
	$(BIN)/pytest -n 3 --dist loadfile # they wait more than they compute; what shares a file shares its systems

test-quick: install-dev ## The tests that start no whole system
	$(BIN)/pytest -n 3 --dist loadfile -m "not system and not faults and not browser"

faults: install-dev ## The long run (FAULTS=66, OUTAGE=120): every process killed and frozen under load, with a ledger
	@deploy/test-packages
	FAULTS=$${FAULTS:-66} OUTAGE=$${OUTAGE:-120} $(BIN)/pytest -m faults -s
	ASSIGNMENTS=2000 KILLS=50 $(BIN)/pytest -s tests/notifications_service/test_killed.py

schema: install-dev ## At length (SCHEMA_EXAMPLES=20): the running system against its own document, three roles
	SCHEMA_EXAMPLES=$${SCHEMA_EXAMPLES:-20} $(BIN)/pytest -s tests/system/test_schema.py

bench: install ## Figures and ratios against limits measured in the same run
	$(BIN)/python -m tests.benchmarks

# Names, versions and hashes alone: no addresses of the registry that somebody happened to use, or of anybody else.
define BARE_LOCK
const fs = require("fs"), file = "package-lock.json", lock = JSON.parse(fs.readFileSync(file));
for (const one of Object.values(lock.packages)) { delete one.resolved; delete one.funding; }
fs.writeFileSync(file, JSON.stringify(lock, null, 2) + "\n");
endef
export BARE_LOCK

lock: ## Resolve the dependencies anew (needs uv and npm)
	uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --extra local --group build --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --extra local --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	cd $(CONSOLE) && npm install --silent --package-lock-only --omit-lockfile-registry-resolved=false
	cd $(CONSOLE) && node -e "$$BARE_LOCK"

clean: ## Remove what was built (the data folder stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis build dist $(CONSOLE)/dist $(CONSOLE)/generated $(CONSOLE)/node_modules

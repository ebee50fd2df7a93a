# One door for people and machines. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
COMPILE := $(BIN)/uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help run reset build test check format bench lock clean system

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/.run ## Install what is missing, build what changed, migrate, fill the demo, serve at http://localhost:8000
	@$(BIN)/python tools/run.py

reset: $(VENV)/.run ## Delete the demo database and mailbox that `make run` created, nothing else
	@$(BIN)/python tools/reset.py

build: $(VENV)/.run ## Build the front end when its sources changed
	@$(BIN)/mysapk build

test: $(VENV)/.dev system build ## All tests: unit, wire, browser
	@$(BIN)/pytest -n $(JOBS) --dist loadfile

check: $(VENV)/.dev build ## Format, lint, types, import rules, lock files
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache
	@tools/check-locks $(BIN)
	@echo "check: all fine"

format: $(VENV)/.dev ## Bring the code into its form
	@$(BIN)/ruff check -q --fix .
	@$(BIN)/ruff format -q .

bench: $(VENV)/.dev system build ## The figures of docs/evidence.md
	@$(BIN)/python -m benchmarks

lock: $(VENV)/.dev ## Pin the packages of pyproject.toml anew, with hashes
	@$(COMPILE) --extra build --extra dev -o requirements/dev.txt
	@$(COMPILE) --extra build --constraint requirements/dev.txt -o requirements/build.txt
	@$(COMPILE) --constraint requirements/dev.txt -o requirements/runtime.txt

clean: ## Remove what was installed and built here; var/ (database, mails) stays
	rm -rf $(VENV) .web .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

system: ## Browser and database servers for the tests, where they are missing and apt is at hand
	@tools/install-system

# The lock files are whole, so nothing is resolved here: an older pip would look past the locked `granian` for the newest `granian[reload]`.
$(VENV)/.run: requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "MySAPK Web needs Python 3.11 or newer.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@echo "Installing packages (once) ..."
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/build.txt
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

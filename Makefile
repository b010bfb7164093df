# The two commands to know: `make run` tries the product out, `make test` tests it.
# Both set up what they need; a second time that takes no time.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
UV_VERSION := 0.13.9

.PHONY: run test soak lint types requirements clean

run: $(VENV)/local.stamp
	@PORT=$(PORT) exec $(BIN)/python config/local

# ARGS="-k invoices -x" is handed to pytest.
test: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest $(ARGS)

# The long forms of the fault tests, with their figures: half an hour. ARGS="-k kills" picks one, TEST_DATABASE=sqlite
# another database.
soak: $(VENV)/dev.stamp
	@PYTHONUNBUFFERED=1 $(BIN)/python -m pytest --capture=no --quiet tests/soak/soak_faults.py $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# The models of the sandbox are only known while it is on.
types: $(VENV)/dev.stamp
	SANDBOX_GATEWAY=1 $(BIN)/mypy

# Resolves pyproject.toml anew and writes the hashed lists. Neither they nor anything else names a registry.
requirements:
	$(PYTHON) -m venv var/uv
	var/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	var/uv/bin/uv lock --quiet $(UV_ARGS)
	for list in "requirements.txt" "requirements-local.txt --group local" "requirements-dev.txt --group dev"; do \
		set -- $$list; file=$$1; shift; \
		var/uv/bin/uv export --quiet --no-header --format requirements-txt --no-default-groups "$$@" \
			--output-file $$file > /dev/null || exit 1; \
	done

# Also the data of `make run`.
clean:
	rm -rf $(VENV) var staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed. Name it: make PYTHON=…")'
	@echo "Creating the virtual environment in $(VENV)/."
	@$(PYTHON) -m venv $(VENV)

# Modules are compiled when they are first used: most never are.
$(VENV)/local.stamp: requirements-local.txt | $(BIN)/python
	@echo "Installing what the product needs."
	@$(PIP) --no-compile -r requirements-local.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(BIN)/python
	@echo "Installing what the tests need."
	@$(PIP) -r requirements-dev.txt
	@touch $@
	@touch $(VENV)/local.stamp

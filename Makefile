# Everything a fresh machine needs: `make plan`, `make serve` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CITYWAVE := $(BIN)/citywave

.PHONY: plan serve test lint example clean

plan: $(VENV)/.installed
	@mkdir -p out
	$(CITYWAVE) plan examples/changchun_wave.json --time-limit 20 -o out/plan.json --html out/plan.html
	@echo "Wrote out/plan.json and out/plan.html (open it in a browser, no network needed)."

serve: $(VENV)/.installed
	$(CITYWAVE) serve

test: $(VENV)/.tested lint
	$(BIN)/pytest -m ""

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

example: $(VENV)/.installed
	$(CITYWAVE) demo -o examples/changchun_wave.json

clean:
	rm -rf $(VENV) out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "citywave needs Python 3.11 or later; run: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { $(APT_INSTALL) python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.tested: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
		|| { $(APT_INSTALL) chromium || echo "No Chromium: the browser tests will be skipped." >&2; }
	@touch $@ $(VENV)/.installed

APT_INSTALL = apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y

# Everything a newcomer needs:  make demo  ·  make test
#
# PYTHON=python3.12 chooses another interpreter (3.11 or newer), ARGS are handed on:  make demo ARGS=--once

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=
# The tests run in a zone that no one takes for UTC; a quarter of an hour makes mistakes visible.
TESTZONE := Asia/Kathmandu
# Real servers for the tests and the bench; the demo needs none of them.
DEBS := dovecot-imapd dovecot-lmtpd openssl postfix postgresql systemd

PY  := $(VENV)/bin/python
PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-input
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade --quiet \
  --generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: demo test quick check bench prove fuzz mail-score lock clean servers

demo: $(VENV)/installed
	@$(VENV)/bin/maildesk demo $(ARGS)

test: check servers
	@TZ=$(TESTZONE) $(PY) -m pytest -q -n 2 --dist worksteal $(ARGS)

quick: check
	@TZ=$(TESTZONE) $(PY) -m pytest -q -n 2 tests/core tests/mail tests/config $(ARGS)

check: $(VENV)/tools-installed
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

bench: $(VENV)/tools-installed servers
	@$(PY) bench/intake.py $(ARGS)
	@$(PY) bench/ticks.py

prove: $(VENV)/tools-installed servers
	@$(PY) -m tests.proof $(ARGS)

fuzz: $(VENV)/tools-installed
	@$(PY) -m fuzz $(ARGS)

mail-score: $(VENV)/installed
	@test -n "$(SCORE)" || { echo 'mail-score needs a scoring script: make mail-score SCORE=path/score.py'; exit 2; }
	@PATH="$(abspath $(VENV))/bin:$$PATH" $(PY) "$(SCORE)" $(ARGS)

lock:
	@command -v uv >/dev/null || { echo 'lock needs uv: https://docs.astral.sh/uv, or pipx install uv'; exit 1; }
	$(LOCK) --all-extras --group dev --output-file requirements.lock
	$(LOCK) --all-extras --group build --constraint requirements.lock --output-file requirements-run.lock

clean:
	rm -rf $(VENV) dist demo-letters preview .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- what the above stand on ----------------------------------------------------------------------------------------

$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "maildesk needs Python 3.11 or newer: apt install python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "maildesk needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No virtual environment could be made: apt install python3-venv"; exit 1; }

# Whatever is installed is in a lock: requirements.lock has all, requirements-run.lock what it takes to run the desk.
$(VENV)/installed: $(PY) requirements-run.lock pyproject.toml
	@echo "Installing maildesk into $(VENV) ..."
	@$(PIP) --require-hashes --requirement requirements-run.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/tools-installed: $(VENV)/installed requirements.lock
	@echo "Installing what checks it ..."
	@$(PIP) --require-hashes --requirement requirements.lock
	@touch $@

servers:
	@command -v dpkg >/dev/null || exit 0; \
	missing=; for deb in $(DEBS); do \
	  dpkg-query --show --showformat='$${db:Status-Status}' $$deb 2>/dev/null | grep -qx installed || missing="$$missing $$deb"; \
	done; \
	test -z "$$missing" && exit 0; \
	test "$$(id -u)" = 0 || { echo "The tests need real servers. Please run: sudo apt-get install --yes$$missing"; exit 1; }; \
	echo "Installing the servers that the tests talk to:$$missing"; export DEBIAN_FRONTEND=noninteractive; \
	apt-get update --quiet=2 && apt-get install --yes --quiet=2 --no-install-recommends $$missing >/dev/null

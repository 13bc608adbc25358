# Two commands on a fresh machine: `make demo` runs the real thing, `make test` proves it.
PYTHON ?= python3
SOURCE ?= synthetic
SECONDS ?=
OPTIONS ?=
ROOM ?=

python := .venv/bin/python
rooms := $(ROOM:%=tests/%)
ready := .venv/.ready
ready_dev := .venv/.ready-dev
workers := --numprocesses 2 --dist loadgroup --no-loadscope-reorder
pytest = @export JAVA_HOME="$$($(python) -m stack.java)" && exec $(python) -m pytest $(workers)
install := $(python) -m pip install --disable-pip-version-check --require-hashes

.PHONY: help setup demo test test-all check format clean
.DEFAULT_GOAL := help

help: ## list the targets; test, check and format first add what developing needs to the environment
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(ready) ## make the environment that running needs and fetch the jars; start nothing

$(ready): requirements.txt requirements-java.txt stack/jars.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is older or missing: install one, or name one with PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(install) -r requirements.txt
	$(python) -m stack.java --install
	$(python) -m stack.jars
	@touch $@

$(ready_dev): $(ready) requirements-dev.txt
	$(install) -r requirements-dev.txt
	@touch $@

demo: $(ready) ## run everything until Ctrl-C; SECONDS=90 stops by itself, SOURCE=… chooses the tweets, OPTIONS=… tells the producer more
	@exec $(python) -m stack demo --source "$(SOURCE)" $(if $(SECONDS),--seconds "$(SECONDS)") -- $(OPTIONS)

test: $(rooms) $(ready_dev) ## run the tests, against a real Kafka and a real HDFS of their own; ROOM=dashboard runs those of one room
	$(pytest) -m "not broad" $(rooms)

test-all: $(rooms) $(ready_dev) ## run the broad ones too: before a release, and after changes of docker/, of locks or of how services are reached
	$(pytest) $(rooms)

tests/%:
	@echo "There are no tests of $*: ROOM is one of $$(cd tests && echo [a-z]*/ | tr -d /)." >&2; exit 1

check: $(ready_dev) ## lint, types, and the arrows between the rooms
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy
	.venv/bin/lint-imports

format: $(ready_dev) ## format the code
	$(python) -m ruff check --fix
	$(python) -m ruff format

clean: ## delete all that local runs have made, but for what X was asked for today
	@[ ! -e .data/stack ] || $(python) -m stack down
	@[ ! -e .data ] || find .data -mindepth 1 -maxdepth 1 ! -name x-usage.json -exec rm -rf {} +

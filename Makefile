# `make` alone prints what there is.
PYTHON ?= python3
BIN := .venv/bin
# Labelled texts to measure with; they are no part of the project.
DATA ?= ../shared/duplicates-dev
SOURCES := bot handlers schedules storage tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help demo run test bench check format texts lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/run ## a whole week of a community in your browser; no token, no account
	@$(BIN)/python -m bot demo $(ARGS)

run: .venv/run ## the bot on Telegram; set BOT_TOKEN or write it into .env
	@$(BIN)/python -m bot run

test: .venv/dev ## all tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

bench: .venv/dev ## what updates, searches and many wordings cost, and how well duplicates are found (DATA=folder of bench.py)
	@$(BIN)/python -m benchmarks.updates
	@$(BIN)/python -m benchmarks.scale $(ARGS)
	@if [ -f $(DATA)/bench.py ]; then for finder in factory words; do \
		echo "Finder: $$finder"; $(BIN)/python $(DATA)/bench.py benchmarks.similar:$$finder; done; \
		else echo "No texts to measure the finder with in $(DATA)."; fi

check: .venv/dev ## format, lint, types, import directions
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/dev ## put the code into its form
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

texts: .venv/dev ## bring new sentences of bot/texts into the catalogues, to be translated there
	@$(BIN)/pybabel --quiet extract --no-default-keywords -k t -k count:1,2 --sort-output --no-location \
		--project Millet --version "" -o .venv/millet.pot bot/texts
	@for locale in zh_Hans zh_Hant; do \
		$(BIN)/pybabel --quiet update -D millet -i .venv/millet.pot -d bot/texts/locales -l $$locale \
			--no-fuzzy-matching --ignore-obsolete --omit-header --width 120; done

lock: .venv/dev ## renew the lock files after a change of pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q \
		--extra semantic --extra postgres -o requirements.lock
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q \
		--extra semantic --extra postgres --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove the environment and caches, never data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/run: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=/path/to/it" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up the environment in .venv (once; a minute or two) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	@echo "Setting up the tools for tests and checks (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

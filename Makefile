# Every command of the project. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
TOOLS := .venv/tools/bin
UV := $(shell command -v uv 2>/dev/null)
INSTALL := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install -qq --disable-pip-version-check)
# Where it is set, `make test` runs the slow tests too.
ALL ?= $(CI)

export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export UV_CONSTRAINT := $(CURDIR)/constraints.txt
export UV_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all test-faults test-fuzz check sbom audit bench screenshot constraints clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: .venv/installed ## make the environment (.venv) from the pinned versions

run: setup ## start the demo on http://127.0.0.1:8000: its queue fills while it is served
	@$(BIN)/netra demo

test: .venv/installed-test ## run the everyday tests, on SQLite and on a real PostgreSQL, with a real browser (where CI is set, those of test-all)
	$(BIN)/python -m pytest $(if $(ALL),,-m 'not slow and not long') $(ARGS)

test-all: ALL := yes
test-all: test ## run the slow ones too: whole houses killed at work, all engines, all states of all pages

test-faults: .venv/installed-test ## break what can break for half an hour: kills, restarts, full disks, jumping clocks, cut cables (docs/faults.md)
	$(BIN)/python -m pytest -o faulthandler_timeout=3600 -m long --ignore=tests/fuzz $(ARGS)

test-fuzz: .venv/installed-test ## feed every parser 10,000 broken documents (about half an hour of CPU)
	$(BIN)/python -m pytest tests/fuzz -m long $(ARGS)

check: .venv/installed-test ## look over the code and the packages: ruff, pyright, import rules, pins, licences, and advisories where there is a network
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m tests.supply
	$(BIN)/python -m tests.advisories

sbom: .venv/installed .venv/tools/installed ## write var/sbom.cdx.json: what is installed, as CycloneDX
	@mkdir -p var
	$(TOOLS)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file var/sbom.cdx.json $(BIN)/python

audit: .venv/tools/installed ## ask the public advisory database about every pinned version; needs a network
	@$(TOOLS)/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off || \
		{ echo "A finding stands above; a traceback means that no advisory was read: make audit needs the internet (HTTPS_PROXY is honoured)."; exit 1; }

bench: .venv/installed-test ## measure all and write docs/benchmarks*.md (EVAL=folder; LIST=1 says what each page needs, ONLY="page ..." picks)
	$(BIN)/python -m bench $(EVAL) $(if $(LIST),--list) $(if $(ONLY),--only $(ONLY)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(PAGES),--pages $(PAGES)) \
		$(if $(LABEL_STUDIO),--label-studio $(LABEL_STUDIO)) $(if $(DOCCANO),--doccano $(DOCCANO)) $(if $(KEEP),--keep $(KEEP))

screenshot: .venv/installed-test ## make the pictures of the README and of the monitors' guide anew
	$(BIN)/python -m docs.screenshot

constraints: .venv/installed-test ## choose the newest versions again and write constraints.txt
	$(INSTALL) uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade --no-emit-index-url --no-header --no-annotate \
		--output-file constraints.txt pyproject.toml

clean: ## remove the environment; the data in ./var stays
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "netra needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "Making the environment in .venv (once, about a minute)"
	@$(if $(UV),$(UV) venv --quiet --seed --python $(PYTHON) .venv,$(PYTHON) -m venv .venv)

.venv/installed: .venv/bin/python constraints.txt pyproject.toml
	@$(INSTALL) --editable .
	@touch $@

.venv/installed-test: .venv/installed
	@$(INSTALL) --editable '.[test]'
	@sh tests/install-programs.sh
	@touch $@

# Apart from what they look at, so that it holds nothing of theirs.
.venv/tools/installed: .venv/bin/python
	@$(PYTHON) -m venv .venv/tools
	@PIP_CONSTRAINT= $(TOOLS)/python -m pip install -qq --disable-pip-version-check cyclonedx-bom==7.5.0 pip-audit==2.10.1
	@touch $@

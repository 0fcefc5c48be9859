# `make` alone prints the tasks. `make run` and `make test` set up what is missing.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
export CUSTODY_DEMO ?= 1

.PHONY: help
help: ## Print the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: setup
setup: ## Install what is missing: environment, requirements, front-end packages, Debian packages
	@deploy/setup.sh

.PHONY: run
run: setup ## Start the portal with its demo estate on http://localhost:PORT (PORT is 8000 by default)
	@exec $(PYTHON) -m portal.supervisor

.PHONY: code
code: ## Print a one-time code of somebody of the demo: make code WHO=ana@demo.example.com
	@$(PYTHON) manage.py demo_code $(WHO)

.PHONY: test
test: setup static tests ## Everything static and every test

.PHONY: static
static: setup ## Format, lint, types, floors, migrations, deploy check, templates
	@deploy/static.sh

.PHONY: tests
tests: setup ## Every tier of tests, each with its count
	@CUSTODY_DEMO= $(PYTHON) -m tests.tiers

.PHONY: interop
interop: setup ## Real dbt, Airflow, Prometheus and Alertmanager against the portal, each installed apart (once)
	@CUSTODY_DEMO= $(PYTHON) -m tests.interop

.PHONY: format
format: setup ## Rewrite the code in the house format
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

.PHONY: lock
lock: setup ## Compile requirements/*.txt anew, with hashes and without index lines
	@cd requirements && for set in base server embedded dev; do \
	  uv pip compile --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet \
	    --python-version 3.11 --universal $$set.in -o $$set.txt; done
	@cd tests/interop/requirements && for set in dbt airflow; do \
	  uv pip compile --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet \
	    --python-version 3.11 --universal $$set.in -o $$set.txt; done

.PHONY: openapi
openapi: setup ## Write docs/openapi.json, the description of /api/v1, anew
	@CUSTODY_DEMO= $(PYTHON) manage.py spectacular --format openapi-json --file docs/openapi.json --fail-on-warn

.PHONY: bench
bench: setup ## The benchmarks, each against its limit
	@CUSTODY_DEMO= $(PYTHON) -m benchmarks

.PHONY: clean
clean: ## Remove what was built and the demo's data
	rm -rf var portal/static/built node_modules .venv

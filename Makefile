# Every target first makes the environments it needs (local/tools/bootstrap.py: 0.2 s when they are there) and no others.
# All that has to be there is a Python >= 3.11 and a package index.
.DEFAULT_GOAL := help
.PHONY: help demo test check test-long bench bench-bulk bench-exchange mutants up down status pictures format scheme openapi requirements lint build clean

# .python-version makes pyenv's `python3` fail where 3.13 is missing, so the first that really runs is taken.
PYTHON3 := $(shell for p in python3 python3.13 python3.12 python3.11 /usr/bin/python3 $(HOME)/.pyenv/versions/3.1[1-9]*/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BOOTSTRAP := $(if $(PYTHON3),$(PYTHON3) local/tools/bootstrap.py,@echo "Python 3.11 or newer is needed." >&2; exit 1; :)
PYTHON := .venv/bin/python

export PYTHONPATH := layers/benefits:.

PERSONS ?= 5000
SEED ?= 2023
YEAR ?= 2023
SOURCES := $(wildcard layers/benefits/tegemoet functions local bench tests)
FAST_TESTS := $(addprefix tests/,unit schemes property integration contract template promises)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## a premium year with made-up persons, from the drops to the payment file, on this machine
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m local.cloud.demo --persons $(PERSONS) --seed $(SEED) --year $(YEAR)

test: check lint ## all that has to pass before a change lands
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m pytest -m "not slow" -n 2 --dist loadgroup -q tests/workflow tests/e2e

check: ## format, lint, types and the fast tests
	$(BOOTSTRAP)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy $(SOURCES)
	$(PYTHON) -m local.tools.pins --check
	$(PYTHON) -m pytest -m "not slow" -n auto -q $(FAST_TESTS)

test-long: ## the tests that take hours; PART=2/5 runs the second of five parts, ONLY=name those with that name
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.long_tests $(if $(PART),--part $(PART)) $(if $(ONLY),--only $(ONLY))

bench: ## how many cases a second, and where the time goes
	$(BOOTSTRAP)
	$(PYTHON) -m bench

bench-bulk: ## 100,000 maternity cases through the local cloud, and where the time goes (many minutes)
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m bench.bulk

bench-exchange: ## the exchange with a million persons: time, memory, calls, price (many minutes)
	$(BOOTSTRAP)
	$(PYTHON) -m bench.exchange

mutants: ## changes the rules and the ledger one by one and lists the changes no test noticed (an hour or two)
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.mutants

up: ## deploys template.yaml on this machine and leaves it running
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m local.cloud.control up

status: ## what runs on this machine and where
	$(BOOTSTRAP)
	$(PYTHON) -m local.cloud.control status

down: ## stops what `make up` started and forgets its data
	$(BOOTSTRAP)
	$(PYTHON) -m local.cloud.control down

format: ## rewrites the sources as the linter wants them
	$(BOOTSTRAP)
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

scheme: ## the skeleton of a new scheme: make scheme SLUG=student-grant
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.scheme $(SLUG)

openapi: ## writes the OpenAPI document from the code
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.openapi

pictures: ## the pictures of the README, from the demo with its own persons and seed
	$(BOOTSTRAP) emulator lambda pictures
	$(PYTHON) -m local.cloud.demo --persons $(PERSONS) --seed $(SEED)
	.tools/pictures/bin/python -m local.tools.pictures --persons $(PERSONS) --seed $(SEED)

requirements: ## after a change of a dependency: uv.lock and everything compiled from it
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.pins

lint: ## template.yaml and the state machines: SAM, cfn-lint, checkov
	$(BOOTSTRAP) sam checkov
	$(PYTHON) -m local.tools.lint

build: ## what `sam deploy` uploads (needs Python 3.13)
	$(BOOTSTRAP) sam
	$(PYTHON) -m local.tools.build

clean: ## removes everything that can be made again
	rm -rf .venv .tools .local .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis

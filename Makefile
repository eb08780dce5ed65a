# Two commands do everything on a fresh Debian 12 as root: `make demo` and `make test`.
.DEFAULT_GOAL := build
PRESET ?= release
JOBS ?= $(shell nproc)

.PHONY: packages build test demo bench bench-gateway bench-updates chaos kills sim format fuzz clean

packages:
	@scripts/packages

build: packages
	@cmake --preset $(PRESET) > /dev/null
	@cmake --build --preset $(PRESET) -j $(JOBS)

# Everything under ASan and UBSan: unit tests, then real components: beside one another what has a network of its own,
# then what has the machine for itself.
test: packages
	@cmake --preset asan > /dev/null
	@cmake --build --preset asan -j $(JOBS)
	@ctest --preset asan -L unit -j $$(($(JOBS) * 3 / 2))
	@ctest --preset asan -L integration-apart -j $$(($(JOBS) * 3 / 2))
	@ctest --preset asan -L integration -LE apart

# KEEP=1 leaves the cluster up and prints how to look around.
demo: build
	@scripts/demo $(if $(KEEP),--keep)

# Side by side with Docker, against the figures of the design; writes bench/RESULTS.md.
bench: packages
	@cmake --preset release > /dev/null
	@cmake --build --preset release -j $(JOBS) --target bench
	@bench/run

# The gateway's figures, also side by side with nginx, HAProxy and Caddy; writes their sections of bench/RESULTS.md.
# ROUNDS (default 10).
bench-gateway: packages
	@cmake --preset release > /dev/null
	@cmake --build --preset release -j $(JOBS) --target bench_gateway
	@bench/run balance upstreams checks lua gateway

# Updates under load, beside nginx, HAProxy and Docker; writes its section of bench/RESULTS.md. UPDATES (default 100),
# REQUESTS (default 1000000); in full it takes three quarters of an hour.
bench-updates: packages
	@cmake --preset release > /dev/null
	@cmake --build --preset release -j $(JOBS) --target bench_updates
	@bench/run updates

# Seeded random kills of everything a cluster is made of, ROUNDS of them (default 50). SEED replays a run.
chaos: packages
	@cmake --preset asan > /dev/null
	@cmake --build --preset asan -j $(JOBS) --target hancock slardar sample
	@HANCOCK_BIN=$(CURDIR)/build/asan/bin CLUSTER=/tmp/hancock-chaos test/chaos/chaos.sh "$(SEED)" "$(or $(ROUNDS),50)"

# Each kind of process killed COUNT times (default 100) at random moments. SEED replays a run.
kills: SEED := $(or $(SEED),$(shell echo $$RANDOM$$$$))
kills: packages
	@cmake --preset asan > /dev/null
	@cmake --build --preset asan -j $(JOBS)
	@echo "seed $(SEED)"
	@set -e; for program in agent/agent_system_test gateway/gateway_test master/master_process_test dev/dev_system_test; do \
	  HANCOCK_KILLS=$(or $(COUNT),100) HANCOCK_SEED=$(SEED) build/asan/test/$$program --gtest_filter='*Kills.*'; \
	done

# A whole cluster on virtual time, from each of these seeds (docs/simulation.md).
SEEDS ?= 1-10000
sim: packages
	@cmake --preset $(PRESET) > /dev/null
	@cmake --build --preset $(PRESET) -j $(JOBS) --target hancock_sim_program
	@build/$(PRESET)/bin/hancock_sim --seeds $(SEEDS)

# Each fuzz target for SECONDS seconds (default 60).
fuzz: packages
	@cmake --preset fuzz > /dev/null
	@cmake --build --preset fuzz -j $(JOBS) --target fuzzers
	@scripts/fuzz $(or $(SECONDS),60)

format: packages
	@git ls-files '*.cc' '*.h' | xargs clang-format -i

clean:
	@rm -rf build

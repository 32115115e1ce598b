# The front door. Each target does its own set-up on a fresh Debian 12 machine; nothing here asks a question.
#
#   make demo     stream a real desktop end to end and show figures and pictures (build/demo)
#   make run      the host, until Ctrl-C, on the desktop that you are logged in to
#   make test     every test: unit, loopback, integration, sanitizers, Windows core under Wine, Arm core under QEMU
#   make loss     streams over bad networks, simulated and over sockets: table and plots (build/loss); LOSS_FLAGS=--full
#   make bench    benchmarks        make fuzz     fuzzers (FUZZ_SECONDS=60 each, FUZZ_JOBS=1 at once)
#   make lint     clang-tidy, format check      make format   apply clang-format

SHELL := /bin/sh
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 1
RELEASE := build/release

.PHONY: all demo run test bench loss fuzz lint format clean setup-build setup-desktop setup-test setup-bench setup-lint release
all: release

setup-build:
	@tools/setup/install build
setup-desktop:
	@tools/setup/install build desktop
setup-test:
	@tools/setup/install build desktop test
	@tools/setup/kernel
setup-bench:
	@tools/setup/install build bench
setup-lint:
	@tools/setup/install build lint

$(RELEASE)/build.ninja: CMakePresets.json | setup-build
	@cmake --preset release -DPUNKTFUNK_TESTS=OFF -DPUNKTFUNK_BENCH=OFF >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }

release: setup-build
	@mkdir -p build
	@$(MAKE) --no-print-directory $(RELEASE)/build.ninja
	@cmake --build $(RELEASE) -j$(JOBS)

demo: setup-desktop release
	@tools/demo/demo --build $(RELEASE) --out build/demo

run: release
	@$(RELEASE)/bin/punktfunk-host serve

test: setup-test
	@tools/test/run-all

bench: setup-bench
	@mkdir -p build
	@cmake --preset release -B build/bench -DPUNKTFUNK_TESTS=OFF -DPUNKTFUNK_BENCH=ON -DPUNKTFUNK_CLIENT=OFF >/dev/null
	@cmake --build build/bench -j$(JOBS) --target benches
	@tools/bench/run-all build/bench

loss: setup-bench
	@mkdir -p build
	@cmake --preset release -B build/bench -DPUNKTFUNK_TESTS=OFF -DPUNKTFUNK_BENCH=ON -DPUNKTFUNK_CLIENT=OFF >/dev/null
	@cmake --build build/bench -j$(JOBS) --target loss-harness-streams
	@bench/loss-harness --streams build/bench/bin/loss-harness-streams $(LOSS_FLAGS)

fuzz: setup-test
	@tools/test/fuzz --seconds $(FUZZ_SECONDS) --jobs $(FUZZ_JOBS)

lint: setup-lint
	@tools/lint/run

format: setup-lint
	@git ls-files '*.cpp' '*.h' '*.c' | xargs clang-format-19 -i

clean:
	rm -rf build

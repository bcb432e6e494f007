# make build   the compiler at bin/mrmc, and in bin/lib what it links programs with
# make test    build, then every test
# make demo    made records, a training program, a short training and its pictures, in a few minutes
# make check   formatting, and whether the golden files and the tables of docs/performance.md are current
# make bless   makes the golden files anew: file tests and the dumps in IR/examples
# make fuzz    random graphs: optimised, unoptimised and interpreted; COUNT=10000 SEED=1
# make bench   the fused kernels against the unfused ones, and whole steps
# make clean    what building and the demonstration made

SWIFT ?= swift
SWIFTC ?= swiftc
# Tests that compare with files.
GOLDEN = IRFileTests|GoldenDumpTests
# What make fuzz checks.
COUNT ?= 10000
SEED ?= 1
CONFIGURATION = release
BUILD = .build/$(CONFIGURATION)
BIN = bin
LIB = $(BIN)/lib

PACKAGES = llvm-19-dev libopenblas-dev libjpeg62-turbo-dev libpng-dev zlib1g-dev libutf8proc-dev
# Archives of the Swift runtime that a training program links.
SWIFT_ARCHIVES = swiftCore swiftGlibc swift_Concurrency swift_StringProcessing swift_RegexParser swiftSynchronization \
  swift_Builtin_float swiftSwiftOnoneSupport FoundationEssentials _FoundationCShims _FoundationCollections \
  dispatch BlocksRuntime
SYSTEM_ARCHIVES = jpeg png16 z utf8proc
# Modules a model in Swift may import.
MODEL_MODULES = Support Contract TensorIR Frontend Models

.PHONY: build test demo check bless fuzz format bench clean setup install
.DEFAULT_GOAL := build

setup:
	@command -v $(SWIFT) > /dev/null || { \
	  echo "error: swift is not in PATH: install Swift 6.0 or later from https://www.swift.org/install" >&2; exit 66; }
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2> /dev/null | grep -q "ok installed" || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	  else \
	    echo "error: missing packages; run: sudo apt-get install$$missing" >&2; exit 66; \
	  fi; \
	fi

build: setup
	$(SWIFT) build -c $(CONFIGURATION)
	@$(MAKE) --no-print-directory install

# Puts the compiler and what it links with in place; nothing is compiled here. Equal files keep their times.
install:
	@mkdir -p $(LIB)/swift
	@rm -f $(LIB)/swift/libFrontend.a
	@ar -crs $(LIB)/swift/libFrontend.a $(foreach module,$(MODEL_MODULES),$(BUILD)/$(module).build/*.o)
	@set -e; \
	place() { cmp -s "$$1" "$$2" || { cp "$$1" "$$2.new"; mv "$$2.new" "$$2"; }; }; \
	target=$$($(SWIFTC) -print-target-info); \
	resources=$$(echo "$$target" | sed -n 's/.*"runtimeResourcePath": *"\(.*\)".*/\1/p'); \
	arch=$$(echo "$$target" | sed -n 's/.*"arch": *"\(.*\)".*/\1/p'); \
	static="$${resources}_static/linux"; \
	[ -f "$$static/libswiftCore.a" ] || { \
	  echo "error: $$static holds no static Swift runtime: use a complete toolchain from swift.org" >&2; exit 66; }; \
	for name in $(SWIFT_ARCHIVES); do place "$$static/lib$$name.a" $(LIB)/lib$$name.a; done; \
	place "$$static/$$arch/swiftrt.o" $(LIB)/swiftrt.o; \
	for name in $(SYSTEM_ARCHIVES); do place "$$(cc -print-file-name=lib$$name.a)" $(LIB)/lib$$name.a; done; \
	place $(BUILD)/libTrainingProgram.a $(LIB)/libTrainingProgram.a; \
	for module in $(MODEL_MODULES); do \
	  place $(BUILD)/Modules/$$module.swiftmodule $(LIB)/swift/$$module.swiftmodule; done; \
	place $(BUILD)/mrmc $(BIN)/mrmc
	@echo "bin/mrmc is ready"

test: setup
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	@$(MAKE) --no-print-directory install
	MRMC_BIN="$(CURDIR)/$(BIN)/mrmc" $(SWIFT) test -c $(CONFIGURATION) --skip-build

demo: build
	rm -rf mrm-demo
	$(BIN)/mrmc demo

check: setup
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	$(SWIFT) test -c $(CONFIGURATION) --skip-build --filter '$(GOLDEN)'
	python3 Benchmarks/performance.py --check

bless: setup
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	MRMC_BLESS=1 $(SWIFT) test -c $(CONFIGURATION) --skip-build --filter '$(GOLDEN)'

fuzz: setup
	$(SWIFT) build -c $(CONFIGURATION) --product fuzz
	$(BUILD)/fuzz $(COUNT) $(SEED) .build/fuzz

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

# OpenBLAS chooses its kernels for this processor, whatever the environment says.
BENCH = env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/mrmc bench
RESULTS = Benchmarks/results

bench: build
	@mkdir -p $(RESULTS)
	$(BENCH) -r 9 --format json -o $(RESULTS)/kernels.json --chart $(RESULTS)/kernels.svg
	$(BENCH) lm-head epilogue --precision bf16 -r 9 --format json -o $(RESULTS)/kernels-bf16.json
	$(BENCH) step --model mrm-tiny --batch 64 -r 5 --format json -o $(RESULTS)/step-tiny.json
	$(BENCH) step --model mrm-vit-b16 --batch 16 --fused --unfused -r 5 --format json -o $(RESULTS)/step-vit-b16.json

clean:
	rm -rf .build $(BIN) mrm-demo

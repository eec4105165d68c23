# What a person types. Each target builds what it needs; `make help` lists them.
.DEFAULT_GOAL := help
CARGO ?= cargo
ONCE ?=
# Every integration suite, by cargo's own naming: a file or a folder in a tests/ folder.
SUITES := $(basename $(notdir $(wildcard tests/* explorer/tests/* simulator/tests/* testbed/tests/*)))
BUILT := $(or $(CARGO_TARGET_DIR),target)/debug

help: ## Say what can be typed
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-16s %s\n", $$1, $$2}'

# Always the whole workspace: a part of it would choose other features of the same libraries, and build those once more.
build: ## Build the operator, the simulator and the demo
	$(CARGO) build --workspace --bins --locked

demo: build ## Watch the whole thing work; ONCE=1 plays the story through and says whether all came out right
	$(BUILT)/demo $(if $(ONCE),--once)

# The stories mostly wait and the explorer mostly computes, so they run side by side once everything is built.
# What passed with these very binaries is not run twice, as with `go test`; AGAIN=1 runs all of it.
test: build control-plane ## Run every test, on a real etcd and kube-apiserver (AGAIN=1: also those that passed already)
	$(CARGO) test --workspace --locked --no-run
	$(MAKE) --no-print-directory -j2 test-parts test-worlds
	$(MAKE) --no-print-directory test-scale
	tools/image/test.sh
	@tools/counts.py $(BUILT)/../tested

test-parts:
	tools/test.sh unit --lib --bins -- --nocapture
	tools/test.sh suites $(addprefix --test ,$(filter-out e2e faults,$(SUITES)))

# Two chains side by side: neither waits for the other's slowest part.
test-worlds:
	$(MAKE) --no-print-directory test-stories
	$(MAKE) --no-print-directory test-faults

test-stories:
	RUST_TEST_THREADS=6 tools/test.sh stories --test e2e -- --nocapture --skip thousand

# They mostly wait, for leases, settling times and backoffs to pass.
test-faults:
	RUST_TEST_THREADS=8 tools/test.sh faults --test faults -- --nocapture

soak: build control-plane ## Everything at once for an hour: 5,000 guests (GUESTLIST_SOAK=seconds, GUESTLIST_SEED repeats a run)
	GUESTLIST_SOAK=$${GUESTLIST_SOAK:-3600} $(CARGO) test --workspace --locked --test faults -- --nocapture soak

# A thousand guests keep two cores busy: beside other stories, those would wait for time and not for the operator.
test-scale:
	RUST_TEST_THREADS=1 tools/test.sh scale --test e2e -- --nocapture thousand

# Each line of variants.txt is one Graph: values of switches that do not exclude each other. Together they are all of them.
test-variants: build control-plane ## Tell every story again under each Graph that the documents leave possible
	@while read -r variant; do \
		echo "variants: $$variant"; \
		GUESTLIST_VARIANT=$$variant RUST_TEST_THREADS=6 \
			tools/test.sh variants-$$(echo $$variant | cut -c1-20) --test e2e -- --skip thousand --skip variants:: || exit 1; \
	done <tools/variants.txt

test-installed: build control-plane ## Tell every story again by the operator as the chart installs it
	GUESTLIST_INSTALLED=1 RUST_TEST_THREADS=6 \
		tools/test.sh installed --test e2e -- --skip thousand --skip variants::

fuzz: ## Look for inputs that break TARGET, one of fuzz/fuzz_targets, for SECONDS; MERGE=1 keeps what was found in fuzz/corpus
	@CARGO="$(CARGO)" tools/fuzz.sh "$(TARGET)" $(SECONDS)

check: build ## Format, lints, generated files unchanged
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	@rm -rf target/crds && mkdir -p target/crds
	$(BUILT)/guestlist crds --out target/crds
	diff -ru crds target/crds || { echo 'crds/ is stale: run make generate'; exit 1; }
	@rm -rf target/chart && mkdir -p target/chart
	$(BUILT)/chart-files target/chart
	@for part in README.md values.schema.json files/crds files/admission; do \
		test -e charts/guestlist/$$part || test -e target/chart/$$part || continue; \
		diff -ru charts/guestlist/$$part target/chart/$$part || { echo "charts/guestlist/$$part is stale: run make generate"; exit 1; }; \
	done
	$(CARGO) metadata --manifest-path fuzz/Cargo.toml --locked --format-version 1 >/dev/null
	tools/check-tree.sh
	tools/deny.sh

generate: build ## Write the generated files anew
	$(BUILT)/guestlist crds --out crds
	$(BUILT)/chart-files charts/guestlist

control-plane: build ## Build etcd, kube-apiserver, kube-controller-manager and Helm ahead of time
	$(BUILT)/testbed-binaries --all

.PHONY: help build demo test test-parts test-stories test-faults test-scale soak test-variants test-installed fuzz check generate control-plane

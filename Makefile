# What a person types. Each target builds what it needs; `make help` lists them.
.DEFAULT_GOAL := help
CARGO ?= cargo
ONCE ?=

help: ## Say what can be typed
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-16s %s\n", $$1, $$2}'

build: ## Build the operator, the simulator and the demo
	$(CARGO) build --workspace --bins --locked

demo: build ## Watch the whole thing work; ONCE=1 plays the story through and says whether all came out right
	$(CARGO) run --quiet --locked -p testbed --bin demo -- $(if $(ONCE),--once)

# The stories mostly wait and the explorer mostly computes, so they run side by side once everything is built.
test: build ## Run every test, on a real etcd and kube-apiserver
	$(CARGO) run --quiet --locked -p testbed --bin testbed-binaries
	$(CARGO) test --workspace --locked --no-run
	$(MAKE) --no-print-directory -j2 test-parts test-stories

test-parts:
	$(CARGO) test --locked -p guestlist --lib --bins -- --nocapture
	$(CARGO) test --locked -p entra-simulator -p testbed

test-stories:
	RUST_TEST_THREADS=5 $(CARGO) test --locked -p guestlist --test e2e -- --nocapture

check: ## Format, lints, generated files unchanged
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) run --quiet --locked --bin guestlist -- crds --out target/crds
	diff -ru crds target/crds || { echo 'crds/ is stale: run make generate'; exit 1; }
	tools/check-tree.sh

generate: ## Write the generated files anew
	$(CARGO) run --quiet --bin guestlist -- crds --out crds

control-plane: ## Build etcd and kube-apiserver ahead of time
	$(CARGO) run --quiet --locked -p testbed --bin testbed-binaries

.PHONY: help build demo test test-parts test-stories check generate control-plane

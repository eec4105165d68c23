# What a person types. Each target builds what it needs; `make help` lists them.
.DEFAULT_GOAL := help
CARGO ?= cargo
ONCE ?=
# What is made from the access rules in src/policy.
GENERATED := admission/guest-access.yaml docs/who-may-invite.md docs/states.md
BUILT := $(or $(CARGO_TARGET_DIR),target)/debug

help: ## Say what can be typed
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-16s %s\n", $$1, $$2}'

# Always the whole workspace: a part of it would choose other features of the same libraries, and build those once more.
build: ## Build the operator, the simulator and the demo
	$(CARGO) build --workspace --bins --locked

demo: ## Watch the whole thing work; ONCE=1 plays the story through and says whether all came out right
	@$(MAKE) --no-print-directory -j2 build cluster
	$(BUILT)/demo $(if $(ONCE),--once)

test: ## Run every test, on a real etcd and kube-apiserver (AGAIN=1: also those that passed already)
	tools/test.py

quick: ## Try a change soon: format, lints, unit tests, a part of the explorer, a few stories
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --lib --bins --locked -- -D warnings
	tools/test.py --quick

soak: build control-plane ## Everything at once for an hour: 5,000 guests (GUESTLIST_SOAK=seconds, GUESTLIST_SEED repeats a run)
	GUESTLIST_SOAK=$${GUESTLIST_SOAK:-3600} $(CARGO) test --workspace --locked --test faults -- --nocapture soak

# Each line of variants.txt is one Graph: values of switches that do not exclude each other. Together they are all of them.
test-variants: build control-plane ## Tell every story again under each Graph that the documents leave possible
	@while read -r variant; do \
		echo "variants: $$variant"; \
		GUESTLIST_VARIANT=$$variant GUESTLIST_TESTED=tested-$$(echo $$variant | cut -c1-20) tools/test.py stories-again || exit 1; \
	done <tools/variants.txt

test-installed: build control-plane ## Tell every story again by the operator as the chart installs it
	GUESTLIST_INSTALLED=1 GUESTLIST_TESTED=tested-installed tools/test.py stories-again

# The operator optimised, and the rest as the tests have it.
bench: cluster ## Measure at size, up to 100,000 guests (QUICK=1: five minutes; ONLY=invite, rest, redeem or functions)
ifneq ($(ONLY),functions)
	AWS_LC_SYS_NO_JITTER_ENTROPY=0 $(CARGO) build --profile bench --locked --bin guestlist
	GUESTLIST_BIN=$(abspath $(or $(CARGO_TARGET_DIR),target)/release/guestlist) $(CARGO) bench --workspace --locked --profile dev --bench size
endif
ifneq ($(filter functions all,$(or $(ONLY),all)),)
	$(CARGO) bench --profile bench --locked --package functions --bench functions -- --noplot
endif

fuzz: ## Look for inputs that break TARGET, one of fuzz/fuzz_targets, for SECONDS; MERGE=1 keeps what was found in fuzz/corpus
	@CARGO="$(CARGO)" tools/fuzz.sh "$(TARGET)" $(SECONDS)

check: build ## Format, lints, generated files unchanged, docs and workflows
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	@rm -rf target/crds && mkdir -p target/crds
	$(BUILT)/guestlist crds --out target/crds
	diff -ru crds target/crds || { echo 'crds/ is stale: run make generate'; exit 1; }
	@rm -rf target/generated && mkdir -p target/generated
	$(BUILT)/generated-files target/generated
	@for file in $(GENERATED); do \
		diff -u $$file target/generated/$$file || { echo "$$file is stale: run make generate"; exit 1; }; \
	done
	@rm -rf target/chart && mkdir -p target/chart
	$(BUILT)/chart-files target/chart
	@for part in README.md values.schema.json files/crds files/admission; do \
		test -e charts/guestlist/$$part || test -e target/chart/$$part || continue; \
		diff -ru charts/guestlist/$$part target/chart/$$part || { echo "charts/guestlist/$$part is stale: run make generate"; exit 1; }; \
	done
	$(CARGO) metadata --manifest-path fuzz/Cargo.toml --locked --format-version 1 >/dev/null
	tools/check-type-names.sh
	tools/check-tree.sh
	tools/check-docs.sh
	tools/deny.sh

hooks: ## Have git check format, links, spelling and the order of rooms before each commit, and the lints before each push
	git config core.hooksPath tools/hooks

generate: build ## Write the generated files anew
	$(BUILT)/guestlist crds --out crds
	$(BUILT)/generated-files .
	$(BUILT)/chart-files charts/guestlist

cluster: ## Bring etcd, kube-apiserver and kube-controller-manager, which the demo stands on
	tools/control_plane.py --demo

control-plane: ## Bring what the tests stand on: also kube-controller-manager and Helm
	tools/control_plane.py --all

.PHONY: help build demo test quick soak bench test-variants test-installed fuzz check hooks generate cluster control-plane

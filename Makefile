# `make synth` writes the production manifests, `make test` runs the tests; each target sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CDK8S := $(BIN)/node node_modules/.bin/cdk8s --check-upgrade=false
export PATH := $(CURDIR)/$(BIN):$(PATH)
ifneq ($(shell test -w "$$HOME" && echo writable),writable)
# npm, pip, jsii and Go store their data in HOME.
export HOME := $(CURDIR)/build/home
endif

# pip reports each package, because a first install takes minutes.
PIP_INSTALL := pip install --disable-pip-version-check --require-hashes -r

# If the program refuses its input, the cdk8s command adds a stack trace of Node to the message: it is left out.
synth_to = { $(CDK8S) synth --output $(1) 2>&1 >&3 | sed '/^Error: command .* returned a non-zero exit code/,$$d' >&2; } 3>&1

.PHONY: synth test check lint types dist-check checkov lock clean help

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kubestock needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/$(PIP_INSTALL) requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.ready: package.json package-lock.json | $(VENV)/.ready
	$(BIN)/npm ci --loglevel=error
	touch $@

synth: $(VENV)/.ready node_modules/.ready ## Write the production manifests to dist/
	rm -rf build/dist
	$(call synth_to,build/dist)
	$(BIN)/python .ci/swap.py build/dist dist

test: $(VENV)/.ready node_modules/.ready ## Run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --quiet

check: lint types dist-check rules-check ## Check style and types, compare dist/ with a fresh synth, and check dist/ with the rules

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

dist-check: $(VENV)/.ready node_modules/.ready
	$(call synth_to,build/fresh)
	diff --recursive dist build/fresh || { echo "dist/ is not what the code synthesizes; run 'make synth' and commit it"; exit 1; }

.PHONY: wheel

wheel: $(VENV)/.ready ## Build the wheel and the source distribution in build/wheel, with the same bytes each time
	rm -rf build/wheel
	$(BIN)/python -m build --no-isolation --outdir build/wheel
	sha256sum build/wheel/*

# uv is pinned in requirements/dev.txt, as every tool of the targets. On standard output it repeats the file.
LOCK := $(BIN)/uv pip compile --upgrade --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' \
	--no-emit-index-url --no-emit-find-links

lock: $(VENV)/.ready ## Pin the newest versions of the dependencies that pyproject.toml allows
	$(LOCK) pyproject.toml --extra cli --group dev --output-file requirements/dev.txt >/dev/null
	echo checkov | $(LOCK) - --output-file requirements/checkov.txt >/dev/null
	printf '%s\n' matplotlib pyyaml | $(LOCK) - --output-file requirements/picture.txt >/dev/null
	printf '%s\n' mkdocs-material mkdocstrings-python ruff | $(LOCK) - --output-file requirements/docs.txt >/dev/null

.venv-checkov/.ready: requirements/checkov.txt
	$(PYTHON) -m venv .venv-checkov
	.venv-checkov/bin/$(PIP_INSTALL) $<
	touch $@

checkov: .venv-checkov/.ready ## Check dist/ with checkov, which has the rules of hardening guides
	.venv-checkov/bin/checkov --file dist/production.k8s.yaml --framework kubernetes --skip-download --compact --quiet

SEALED_SECRETS := github.com/bitnami-labs/sealed-secrets
SEALED_SECRETS_VERSION := v0.36.6

.PHONY: imports kubeseal secrets-check

imports: $(VENV)/.ready node_modules/.ready ## Generate the bindings of custom resources from pinned releases
	$(BIN)/python imports/regenerate.py

kubeseal: build/tools/kubeseal-$(SEALED_SECRETS_VERSION) ## Build the real kubeseal, for make secrets-check

build/tools/kubeseal-$(SEALED_SECRETS_VERSION):
	@command -v go >/dev/null || { echo "go is not installed: kubeseal is built from its Go module" >&2; exit 1; }
	mkdir -p build/tools
	GOBIN=$(CURDIR)/build/tools go install $(SEALED_SECRETS)/cmd/kubeseal@$(SEALED_SECRETS_VERSION)
	mv build/tools/kubeseal $@

secrets-check: $(VENV)/.ready node_modules/.ready kubeseal ## Test that the real kubeseal can open sealed values
	KUBESEAL=$(CURDIR)/build/tools/kubeseal-$(SEALED_SECRETS_VERSION) $(BIN)/python -m pytest --quiet \
		tests/secrets/test_kubeseal.py tests/secrets/test_bindings.py \
		tests/gateway/kong/test_sealed_configuration.py

PROMETHEUS := github.com/prometheus/prometheus
PROMETHEUS_VERSION := v0.316.0

.PHONY: promtool prometheus monitoring-check

promtool: build/tools/promtool-$(PROMETHEUS_VERSION) ## Build the real promtool, for make monitoring-check

prometheus: build/tools/prometheus-$(PROMETHEUS_VERSION) ## Build the real Prometheus, for make monitoring-check

build/tools/promtool-$(PROMETHEUS_VERSION) build/tools/prometheus-$(PROMETHEUS_VERSION): build/tools/%-$(PROMETHEUS_VERSION):
	@command -v go >/dev/null || { echo "go is not installed: $* is built from its Go module" >&2; exit 1; }
	mkdir -p build/tools
	GOBIN=$(CURDIR)/build/tools go install $(PROMETHEUS)/cmd/$*@$(PROMETHEUS_VERSION)
	mv build/tools/$* $@

monitoring-check: $(VENV)/.ready node_modules/.ready promtool prometheus ## Test the alerts with the real promtool, and the scrapes with the real Prometheus
	PROMTOOL=$(CURDIR)/build/tools/promtool-$(PROMETHEUS_VERSION) \
	PROMETHEUS=$(CURDIR)/build/tools/prometheus-$(PROMETHEUS_VERSION) $(BIN)/python -m pytest --quiet \
		tests/monitoring/test_alerts_fire.py tests/monitoring/test_alert_mutants.py \
		tests/monitoring/test_production_alerts.py tests/monitoring/test_scrapes.py

YAML_READERS := build/tools/yaml-readers

.PHONY: yaml-check

$(YAML_READERS): .ci/yaml/go.mod .ci/yaml/go.sum .ci/yaml/main.go
	@command -v go >/dev/null || { echo "go is not installed: the YAML parsers are built from their Go modules" >&2; exit 1; }
	mkdir -p $(@D)
	cd .ci/yaml && CGO_ENABLED=0 go build -trimpath -o $(CURDIR)/$@ .

yaml-check: $(VENV)/.ready node_modules/.ready $(YAML_READERS) ## Test that Go's YAML parsers read the manifests without a difference
	YAML_READERS=$(CURDIR)/$(YAML_READERS) $(BIN)/python -m pytest --quiet tests/yaml

.PHONY: kong-check

kong-check: $(VENV)/.ready ## Test Kong's configuration and responses with the real Kong (from KONG_BIN, the PATH or Docker)
	rm -rf build/kong && mkdir -p build/kong
	CDK8S_OUTDIR=build/kong $(BIN)/python examples/gateway_of_another_product.py
	$(BIN)/python .ci/kong-check.py build/kong dist
	$(BIN)/python -m pytest --quiet -rs tests/production/test_real_kong.py tests/gateway/kong/test_every_field.py \
		tests/gateway/kong/test_*_on_kong.py

.PHONY: rules rules-check

rules-check: $(VENV)/.ready ## Run kubestock check on dist/
	$(BIN)/kubestock check dist

rules: $(VENV)/.ready ## Generate docs/rules from the rules
	$(BIN)/python -m kubestock.cli.check_docs docs/rules

.PHONY: graph

graph: $(VENV)/.ready ## Draw docs/production.svg from dist/
	$(BIN)/kubestock graph dist --output docs/production.svg

.PHONY: picture

.venv-picture/.ready: requirements/picture.txt
	$(PYTHON) -m venv .venv-picture
	.venv-picture/bin/$(PIP_INSTALL) $<
	touch $@

picture: .venv-picture/.ready ## Draw docs/dashboard.png from the emitted dashboard and sample series
	.venv-picture/bin/python docs/pictures/dashboard.py dist/production.k8s.yaml docs/dashboard.png

.PHONY: docs pages

.venv-docs/.ready: requirements/docs.txt
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/$(PIP_INSTALL) $<
	touch $@

docs: .venv-docs/.ready ## Build the documentation site in build/site; a broken link is an error
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --clean
	@echo "the site is in build/site: open build/site/index.html"

pages: $(VENV)/.ready node_modules/.ready ## Generate the outputs and errors in the documentation, the options of constructs, the page of alerts, and llms.txt
	DOCS_UPDATE=1 $(BIN)/python -m pytest --quiet tests/docs/test_pages.py
	$(BIN)/python docs/site/pages.py

KUSTOMIZE := sigs.k8s.io/kustomize/kustomize/v5
KUSTOMIZE_VERSION := v5.7.1

.PHONY: kustomize bench

kustomize: build/tools/kustomize-$(KUSTOMIZE_VERSION) ## Build the real kustomize, for make bench

build/tools/kustomize-$(KUSTOMIZE_VERSION):
	@command -v go >/dev/null || { echo "go is not installed: kustomize is built from its Go module" >&2; exit 1; }
	mkdir -p build/tools
	GOBIN=$(CURDIR)/build/tools go install $(KUSTOMIZE)@$(KUSTOMIZE_VERSION)
	mv build/tools/kustomize $@

bench: $(VENV)/.ready $(if $(shell command -v go),kustomize) ## Measure a synth, compare it with other tools, and write bench/README.md
	$(BIN)/python bench/speed.py $(if $(shell command -v go),--kustomize $(CURDIR)/build/tools/kustomize-$(KUSTOMIZE_VERSION))

KUBERNETES ?= 1.27 1.36
KUBERNETES_PROGRAMS := go.etcd.io/etcd/server/v3 kubestock.dev/validate kubestock.dev/validate/podsecurity \
	$(addprefix k8s.io/kubernetes/cmd/,kube-apiserver kube-controller-manager kube-scheduler kubectl)

.PHONY: cluster cluster-check validation-check

cluster: $(KUBERNETES:%=build/tools/kubernetes-%/.ready) ## Build the real kube-apiserver, etcd, schedulers and controllers

# The programs of a release share most of their packages, so one build creates them all; $(1) is the list of programs.
# 1.27 contains the drivers of four clouds, which take as long to build as the rest, and which no test needs.
define build_kubernetes
	@command -v go >/dev/null || { echo "go is not installed: Kubernetes is built from its Go modules" >&2; exit 1; }
	mkdir -p $(@D)
	version=$$(sed -n 's,^\tk8s.io/kubernetes ,,p' $<); flags='-s -w'; \
	for set in k8s.io/component-base/version k8s.io/client-go/pkg/version; do \
		flags+=" -X $$set.gitVersion=$$version -X $$set.gitMajor=1 -X $$set.gitMinor=$(subst 1.,,$*)"; \
	done; \
	cd $(<D) && CGO_ENABLED=0 go build -tags providerless -trimpath -o $(CURDIR)/$(@D)/ -ldflags "$$flags" $(1)
endef

build/tools/kubernetes-%/.ready: .ci/cluster/%/go.mod .ci/cluster/%/go.sum $(wildcard .ci/validate/* .ci/validate/*/*)
	$(call build_kubernetes,$(KUBERNETES_PROGRAMS))
	mv $(@D)/server $(@D)/etcd
	touch $@ $(@D)/validate $(@D)/podsecurity

build/tools/kubernetes-%/validate build/tools/kubernetes-%/podsecurity: .ci/cluster/%/go.mod .ci/cluster/%/go.sum $(wildcard .ci/validate/* .ci/validate/*/*)
	$(call build_kubernetes,kubestock.dev/validate kubestock.dev/validate/podsecurity)
	touch $(@D)/validate $(@D)/podsecurity

VALIDATE := $(KUBERNETES:%=build/tools/kubernetes-%/validate)
POD_SECURITY := $(KUBERNETES:%=build/tools/kubernetes-%/podsecurity)
EMPTY :=

validation-check: $(VENV)/.ready node_modules/.ready $(VALIDATE) $(POD_SECURITY) ## Test the accepted arguments and the rules with the validation of Kubernetes
	KUBERNETES_VALIDATE=$(subst $(EMPTY) $(EMPTY),:,$(VALIDATE:%=$(CURDIR)/%)) \
	POD_SECURITY=$(subst $(EMPTY) $(EMPTY),:,$(POD_SECURITY:%=$(CURDIR)/%)) \
		$(BIN)/python -m pytest --quiet tests/validation tests/mutations tests/checks/test_pod_security_agrees.py

build/crds/.ready: .ci/cluster/crds.py imports/regenerate.py | $(VENV)/.ready
	@command -v go >/dev/null || { echo "go is not installed: the CRDs are read from Go modules" >&2; exit 1; }
	$(BIN)/python .ci/cluster/crds.py build/crds

cluster-check: $(VENV)/.ready cluster build/crds/.ready ## Test dist/ and kubestock diff with real API servers, schedulers and controllers
	for release in $(KUBERNETES); do \
		CLUSTER_CRDS=$(CURDIR)/build/crds CLUSTER_TOOLS=$(CURDIR)/build/tools/kubernetes-$$release \
			$(BIN)/python -m pytest --quiet tests/cluster tests/changes/test_api_server.py; \
	done

clean: ## Remove the files that the other targets create, except dist/
	rm -rf $(VENV) .venv-checkov .venv-docs .venv-picture node_modules build

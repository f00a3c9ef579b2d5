# Everything is set up by the targets themselves: environments in .venv/, built programs in .build/.
# A line `target: … ## text` is what `make` with no target shows.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# Any Python that can run tools/; they find those that the project supports themselves.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
TOOLS = $(or $(PYTHON),$(error make needs a Python of 3.11 or newer on the PATH)) -m tools
IN = $(TOOLS).environments

SOURCES = src tools tests testbed benchmarks examples
CHECKED = $(wildcard $(SOURCES))
TEST_ARGS ?=

.PHONY: help
help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: demo
demo: ## the main job, on the cluster of KUBECONFIG or else on an API server in memory
	@$(IN) test -- python examples/demo.py

.PHONY: test
test: ## what needs neither root nor a cluster, on every supported Python here (TEST_ARGS= for pytest)
	@$(TOOLS).every_python $(TEST_ARGS)

.PHONY: e2e
e2e: ## contract and end-to-end tests on a real Kubernetes that it builds, starts and stops (root)
	@test "$$(id -u)" = 0 || { echo "make e2e needs root: a node takes namespaces, mounts and control groups" >&2; exit 1; }
	@$(IN) test -- python -m testbed run -- python -m tools.on_cluster $(TEST_ARGS)

.PHONY: lint
lint: ## ruff, mypy, pyright, import-linter, typing tests, generated models up to date
	@$(IN) lint -- python -m tools.lint $(CHECKED)

.PHONY: format
format: ## let ruff format the sources and sort their imports
	@$(IN) lint -- ruff check --quiet --fix --select I $(CHECKED)
	@$(IN) lint -- ruff format $(CHECKED)

.PHONY: models
models: ## write the generated models (SPEC=file or server, and OUTPUT=folder, for another document)
	@$(IN) lint -- python -m tools.codegen $(if $(SPEC),--spec "$(SPEC)") $(if $(OUTPUT),--output "$(OUTPUT)")

.PHONY: blocking
blocking: ## write the blocking Api and its accessors, kubex.sync, from the asynchronous ones
	@$(IN) lint -- python -m tools.blocking

.PHONY: matrix
matrix: ## models of 1.32, 1.35 and 1.37 on API servers of these that it builds, every API switched on (RELEASE= for one)
	@$(IN) test -- python -m tools.matrix $(if $(RELEASE),--release $(RELEASE)) $(TEST_ARGS)

.PHONY: crds
crds: ## CustomResourceDefinitions of CRDS=folder: generated, type-checked, used on the cluster of KUBECONFIG or one that it builds
	@test -n "$(CRDS)" || { echo "make crds needs CRDS=, a folder with CustomResourceDefinitions" >&2; exit 1; }
	@$(IN) lint -- $(if $(KUBECONFIG),,python -m testbed run --no-node --) python -m tools.crds "$(CRDS)"

.PHONY: manifests
manifests: ## manifests of MANIFESTS=folder: applied, applied again, broken and removed, on the cluster of KUBECONFIG or one that it builds
	@test -n "$(MANIFESTS)" || { echo "make manifests needs MANIFESTS=, a folder with the manifests of a project" >&2; exit 1; }
	@$(IN) lint -- $(if $(KUBECONFIG),,python -m testbed run --no-node --) python -m tools.manifests "$(MANIFESTS)"

.PHONY: bench
bench: ## speed and memory, as ratios measured in one run
	@$(IN) bench -- python -m benchmarks

.PHONY: bench-streams
bench-streams: ## of these the commands and ports of pods, beside kubectl, on a cluster with a node (root)
	@test "$$(id -u)" = 0 || { echo "make bench-streams needs root: a node takes namespaces, mounts and control groups" >&2; exit 1; }
	@$(IN) bench -- python -m benchmarks --only exec-stdout,exec-stdin,forward-down,forward-up,exec-true

.PHONY: bench-quick
bench-quick: ## the same in a few rounds, without a real API server
	@$(IN) bench -- python -m benchmarks --quick --only decode,keep,get,watch,imports,peers

.PHONY: bench-check
bench-check: ## what has become slower than recorded, by more than its spread
	@$(IN) bench -- python -m benchmarks --check

.PHONY: soak
soak: ## the same tests with many more examples, and caches and controllers at full size, on the newest Python here
	@KUBEX_SOAK=1 KUBEX_TEST_SERVER=memory $(IN) test -- python -m pytest --timeout 3600 $(TEST_ARGS)
	@KUBEX_SOAK=1 $(IN) test -- python -m pytest tests/e2e/runtime $(TEST_ARGS)

.PHONY: docs
docs: ## build the documentation into site/; fails on a broken link and on a public name that it lacks
	@NO_MKDOCS_2_WARNING=1 $(IN) docs -- python -m tools.documentation

.PHONY: docs-check
docs-check: docs ## look at it in a headless Chromium, Debian's (as root it is installed): every page, search, narrow screens, dark mode
	@$(IN) docs -- python -m pytest --confcutdir tests/site tests/site $(TEST_ARGS)

.PHONY: docs-serve
docs-serve: ## show the documentation on a local port, and again after each change
	@NO_MKDOCS_2_WARNING=1 $(IN) docs -- mkdocs serve --strict --watch src

.PHONY: package
package: ## sdist, wheel, checksums and a software bill of materials, into dist/
	@$(IN) package -- python -m tools.package
	@$(IN) package -- python -m tools.sbom

.PHONY: package-check
package-check: ## the same bytes again; the wheel with each extra alone, in environments of its own; its types from outside
	@$(IN) test -- python -m pytest tests/package $(TEST_ARGS)

.PHONY: package-quick
package-quick: ## of these alone what is in the wheel, and the demo with it in an environment of its own
	@$(IN) test -- python -m pytest tests/package -k "wheel_has or aiohttp-pinned" $(TEST_ARGS)

.PHONY: versions
versions: ## unit and contract tests with the oldest and with the newest dependencies that pyproject.toml allows (ONLY= for one)
	@$(IN) uv -- python -m tools.versions $(if $(ONLY),--only $(ONLY)) $(TEST_ARGS)

.PHONY: audit
audit: ## what is known against the pinned dependencies; fails where the advisory database can't be reached
	@$(IN) package -- python -m tools.audit

.PHONY: requirements
requirements: ## pin the development dependencies again (UPGRADE=1: to newer releases)
	@$(IN) uv -- python -m tools.requirements $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## remove environments, built programs and caches
	rm -rf .venv .build site .screenshots .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} +

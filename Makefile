.DEFAULT_GOAL := help
PY := .venv/bin/python
ENCODER := models/language/weights/encoder
STAMP := .venv/installed

.PHONY: help run demo setup setup-system test test-fast test-kafka chaos fuzz attacks check lint bench bench-models train train-smoke evaluate evaluate-detection golden clean

help:       ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: setup  ## set up, start everything on this machine, play a feed, stay up until Ctrl-C
	.venv/bin/barograph up --demo

demo: setup ## the same, ending after the summary with 0 or 1
	.venv/bin/barograph up --demo --exit-after-demo

setup: $(STAMP) $(ENCODER)/complete ## everything a new machine needs

setup-system: ## Debian's browser and Prometheus, for the tests that use them; needs root
	@command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] || { echo "needs Debian and root; tests without them say so"; exit 0; } ; \
	command -v chromium >/dev/null && command -v prometheus >/dev/null && fc-list 2>/dev/null | grep -q DejaVu || { \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium prometheus fonts-dejavu-core fontconfig; }

$(STAMP): requirements.lock pyproject.toml
	python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@if [ -d .git ]; then .venv/bin/pre-commit install >/dev/null || true; fi
	@touch $@

$(ENCODER)/complete: $(STAMP) models/language/registry.toml
	$(PY) -m models.language.weights.build

test: setup ## unit, property, contract, broker, database, journey
	$(PY) -m pytest

test-fast: setup ## no broker, no database, no browser
	$(PY) -m pytest tests/models tests/services tests/contracts tests/architecture

test-kafka: setup ## what needs a real Apache Kafka: KAFKA_BOOTSTRAP, or KAFKA_BROKER that starts one
	$(PY) -m pytest tests/broker tests/chaos -k kafka

chaos: setup ## ten minutes of faults under load on Apache Kafka and PostgreSQL
	$(PY) -m tests.chaos

fuzz: setup  ## 20,000 requests that OpenAPI allows or forbids, to a real gateway: no 5xx
	$(PY) -m tests.fuzz

attacks: setup ## try to get at single people through what is published; print what was measured
	$(PY) -m pytest tests/attacks

lint: setup ## format, lint, types, import contracts
	.venv/bin/ruff format --check . && .venv/bin/ruff check . && .venv/bin/mypy && .venv/bin/lint-imports

check: lint test ## exactly what CI runs

bench: setup ## speed of every step, on this machine
	$(PY) -m tests.bench

bench-models: setup ## speed and accuracy of every engine, beside transformers.pipeline
	$(PY) -m tests.bench_models

train: setup ## fine-tune the language model: hours; cut off, it goes on; FOLD=0..4 or all is left out, TEACHERS names finished runs, ARGS=--help
	$(PY) -m models.language.training $(if $(FOLD),--fold $(FOLD)) $(addprefix --teacher ,$(TEACHERS)) $(ARGS)

SMOKE := var/training-smoke
train-smoke: setup ## the same path from rows to a scorer, on a few hundred rows and two layers
	rm -rf $(SMOKE) $(SMOKE)-packed
	$(PY) -m models.language.training --configuration models/language/training/smoke.toml --folder $(SMOKE) --rows 400 --fold 0
	$(PY) -m models.language.training --configuration models/language/training/smoke.toml --folder $(SMOKE) --rows 400
	$(PY) -m models.language.training.pack --run $(SMOKE)/seed-1 --folds $(SMOKE) --name smoke --version smoke-1 --partial --to $(SMOKE)-packed
	$(PY) -m models.language.evaluation --folds $(SMOKE) --partial
	.venv/bin/barograph score --weights $(SMOKE)-packed --model smoke "I am looking for another job."

evaluate: setup ## quality of the shipped models, per language
	$(PY) -m models.language.evaluation

evaluate-detection: setup ## how many real changes are found and how many false alarms raised: minutes; ARGS=--quick
	$(PY) -m tests.detection_quality $(ARGS)

golden: setup ## print golden records after an intended contract change
	$(PY) -m tests.contracts.golden

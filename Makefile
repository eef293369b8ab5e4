# dxplan: two commands do everything, set-up included: `make report` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TESTED := .venv/.tested
CITIES ?= 141003 172031 216046
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# Whatever the shell says: or each of some hundred processes of the tests would compile the same modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report test test-rest test-quick test-hard mutate lint size same bench worth nation check-plans bench-press bench-pages readers bench-live bench-refresh golden lock browser solvers office java clean

report: $(READY)
	$(BIN)/dxplan report $(CITIES)

test: $(TESTED) browser solvers office java lint
	$(BIN)/python -m pytest -m "not rest" -n 2 --dist loadfile

# The longest files first, or one worker would wait for the other; the folders must not overlap.
FIRST := tests/test_notebooks.py tests/workshop/ tests/press/ tests/test_leak.py tests/test_hostile.py tests/export/
OTHERS := $(filter-out $(FIRST) tests/web/,$(wildcard tests/test_*.py) $(wildcard tests/*/))

# What is too dear for every change: whole meetings, whole runs of the press, many cities.
test-rest: $(TESTED) browser solvers office java
	$(BIN)/python -m pytest -m rest -n 2 --dist loadfile --no-loadscope-reorder $(FIRST) $(OTHERS)

# An answer within three minutes: no browser, no office, no Java, no run of the press.
test-quick: $(TESTED) lint
	$(BIN)/python -m pytest -m "not rest and not parts" -n 2 --dist loadfile

# Tests of processes (kill, lock, cluster, signal) fifty times with every core busy, to the first failure: about an hour.
ROUNDS ?= 50
test-hard: $(TESTED)
	$(BIN)/python -m tests.hard $(ROUNDS)

# Spoilt params files, drawn: each is read or refused by sentences, within 5 CPU seconds.
FILES ?= 2000
mutate: $(TESTED)
	$(BIN)/python -m tests.mutations $(FILES)

# The form of the code: one formatter, one linter, one type checker, which is quick but the first time.
lint: $(TESTED)
	$(BIN)/ruff format --check --quiet dxplan tests
	$(BIN)/ruff check --quiet dxplan tests
	$(BIN)/mypy --no-error-summary

# How much code there is, by room.
size: $(TESTED)
	$(BIN)/python tests/house/size.py

# Whether what is printed is the same, byte by byte, as at another commit: make same BASE=main
BASE ?= HEAD
same: $(TESTED)
	$(BIN)/python -m tests.bench.same $(BASE)

bench: $(TESTED)
	$(BIN)/python -m tests.bench.city

# What each question is worth, by class and size: data/question_worth.csv, a quarter of a minute of CPU a city.
worth: $(TESTED)
	$(BIN)/python -m tests.bench.worth

# The DX initiatives of all municipalities: cost, gap, variety.
initiatives: $(TESTED)
	$(BIN)/python -m tests.bench.initiatives --exact 40

# The roadmaps of all municipalities against published figures, a checker and three rivals: about a quarter of an hour.
nation: $(TESTED)
	$(BIN)/python -m tests.bench.nation

# Whole plans of all municipalities against the rules of those who sign them, about three quarters of an hour of both cores:
# make check-plans PLANS="--every 20", "--city 172031", or "--moves" for plans made again.
PLANS ?=
check-plans: $(TESTED) solvers
	$(BIN)/python -m tests.bench.plans $(PLANS)

# Four ways to print the same cities, side by side.
bench-press: $(TESTED)
	$(BIN)/python -m tests.bench.press
	$(BIN)/python -m tests.bench.kill

# Pages of 20 cities in a browser: requests, messages, axe-core, html-validate, contrast in figures, sizes.
bench-pages: $(TESTED) browser
	$(BIN)/python -m tests.bench.pages

# Where each reader's question is answered in 20 cities, and how many sentences cities of different kind share.
readers: $(TESTED)
	$(BIN)/python -m tests.bench.readers
	$(BIN)/python -m tests.bench.pairs

# From a key press at the table to the painted figure, and 40 loads of the screen without code.
bench-live: $(TESTED) browser
	$(BIN)/python -m tests.bench.live
	$(BIN)/python -m tests.bench.voila

# A ministry's table of 34,820 systems and 40 steps: made, read, held against data/.
bench-refresh: $(TESTED)
	$(BIN)/python -m tests.bench.refresh

# Golden headline numbers change by this command only, with the reason in the commit.
golden: $(TESTED)
	$(BIN)/python -m tests.golden

# Pins every requirement with its hashes and without an address: to run, and to test.
lock: $(TESTED)
	$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml --extra build $(COMPILE) --upgrade -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra build --extra cluster --extra test $(COMPILE) --constraint requirements.txt --upgrade -o tests/requirements.txt
	$(PIP) uninstall --yes uv
	cd tests/web && $(CURDIR)/$(BIN)/npm update --save --package-lock-only

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("dxplan needs Python 3.11 or newer, this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq python3-venv; } \
	  || { echo "The venv module is missing. Install it first, for example: sudo apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(READY)

# What only tests need: Python packages, and from npm the checkers of pages.
$(TESTED): $(READY) tests/requirements.txt tests/web/package-lock.json
	$(PIP) install --require-hashes -r tests/requirements.txt
	cd tests/web && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund --ignore-scripts
	@# what is compiled once is compiled here, or both workers of the tests would do it at the same time
	DXPLAN_EFFORT=簡易 $(BIN)/dxplan plan 小松市 >/dev/null
	@touch $(TESTED)

# The browser tests want Chromium and a Japanese font; without them they are skipped by name.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-morisawa-bizud-gothic >/dev/null; \
	  else echo "Chromium is not installed: the browser tests will be skipped. To run them: sudo apt-get install chromium fonts-morisawa-bizud-gothic"; fi; }

# A second solver checks the optimum of the first; without it those tests are skipped by name.
solvers:
	@command -v glpsol >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq glpk-utils >/dev/null; \
	  else echo "GLPK is not installed: its tests will be skipped. To run them: sudo apt-get install glpk-utils"; fi; }

# LibreOffice opens the workbook, the paper and the slides that dxplan writes; without it those tests are skipped by name.
OFFICE := libreoffice-calc-nogui libreoffice-writer-nogui libreoffice-impress-nogui
office:
	@program=$$(readlink -f "$$(command -v soffice || command -v libreoffice)"); \
	ls "$${program%/*}"/libsclo.* "$${program%/*}"/libswlo.* "$${program%/*}"/libsdlo.* >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(OFFICE) >/dev/null; \
	  else echo "LibreOffice is not whole: its tests will be skipped. To run them: sudo apt-get install $(OFFICE)"; fi; }

# MPXJ, which reads project files back, wants a Java runtime; without it those tests are skipped by name.
java:
	@command -v java >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends default-jre-headless >/dev/null; \
	  else echo "Java is not installed: its tests will be skipped. To run them: sudo apt-get install default-jre-headless"; fi; }

clean:
	rm -rf .venv out build *.egg-info

SHELL := bash
VENV ?= .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
PIP_SET = $(shell $(VENV)/bin/pip config get :env:.$(1) 2>/dev/null || $(VENV)/bin/pip config get global.$(1) 2>/dev/null)
COMPILE = $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

define install   # uv when it can be had, else pip; the same locked and hashed file
	@$(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt 2>/dev/null || true
	@export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$(call PIP_SET,index-url)}" SSL_CERT_FILE="$${SSL_CERT_FILE:-$(call PIP_SET,cert)}"; \
	[ -n "$$UV_DEFAULT_INDEX" ] || unset UV_DEFAULT_INDEX; [ -n "$$SSL_CERT_FILE" ] || unset SSL_CERT_FILE; \
	{ [ -x $(VENV)/bin/uv ] && $(VENV)/bin/uv pip install -q --python $(PY) --require-hashes -r $(1); } \
	  || $(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r $(1)
endef

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.13 with venv is needed (Debian: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
$(VENV)/.base: requirements/base.txt | $(VENV)/bin/pip
	$(call install,requirements/base.txt)
	@touch $@
$(VENV)/.dev: requirements/dev.txt | $(VENV)/bin/pip
	$(call install,requirements/dev.txt)
	@touch $@ $(VENV)/.base
lock: | $(VENV)/bin/pip
	$(VENV)/bin/pip install -q "uv==0.13.9"
	export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$(call PIP_SET,index-url)}" SSL_CERT_FILE="$${SSL_CERT_FILE:-$(call PIP_SET,cert)}"; \
	[ -n "$$UV_DEFAULT_INDEX" ] || unset UV_DEFAULT_INDEX; [ -n "$$SSL_CERT_FILE" ] || unset SSL_CERT_FILE; \
	$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt && \
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/base.txt && \
	printf 'uv==0.13.9\n' | $(COMPILE) - -o requirements/uv.txt
	@! grep -nE '[a-z]+://' requirements/*.txt
.PHONY: lock

# --- The demo: everything on this machine, invented people, under var/demo ------------------------------------------
PORT ?= 8000
DEMO_DIR := $(CURDIR)/var/demo
DEMO = env -u PORTAL_ENV -u SITE_URL -u DATABASE_URL -u REDIS_URL -u EMAIL_URL -u STORAGE_URL PORTAL_DEMO=1 PORT=$(PORT) VAR_DIR=$(DEMO_DIR)
demo: $(VENV)/.base
	@PYTHON=$(PY) bin/need pdf
	@exec $(DEMO) $(PY) manage.py demo
demo-reset:
	@if command -v flock >/dev/null && [ -e $(DEMO_DIR)/lock ] && ! flock -n $(DEMO_DIR)/lock true; then echo "The demo is running: end it first (Ctrl-C)."; exit 1; fi
	rm -rf $(DEMO_DIR)
	@echo "The demo begins again with the next: make demo"
.PHONY: demo demo-reset

# --- Tests ----------------------------------------------------------------------------------------------------------
# ARGS reaches pytest: make test ARGS="tests/schools -k search"
JOBS ?= 2
test: $(VENV)/.dev
	@PYTHON=$(PY) bin/need tests
	$(PY) -m pytest -n $(JOBS) $(ARGS)
# Races run on both databases; pytest ends with 5 where ARGS name none.
test-long: $(VENV)/.dev
	@PYTHON=$(PY) bin/need tests
	$(PY) -m pytest -n $(JOBS) -m "(long or race) and not services" $(ARGS)
	bin/services exec $(PY) -m pytest -m race $(ARGS) || { [ $$? = 5 ] && $(if $(ARGS),true,false); }
test-services: $(VENV)/.dev
	@PYTHON=$(PY) bin/need tests
	bin/services exec $(PY) -m pytest -n $(JOBS) -m "not long" $(ARGS)
.PHONY: test test-long test-services

# --- What it costs beside the least that could do the same: ARGS="--small", ARGS="--only queue,mail" -------------------
bench: $(VENV)/.dev
	@PYTHON=$(PY) bin/need pdf
	@SERVICES_STATE=$(CURDIR)/var/bench-services-$$$$ bin/services exec $(PY) -m bench $(ARGS)
.PHONY: bench

# --- Everything that looks at the code without running it -----------------------------------------------------------
PACKAGES := core accounts schools hubs programmes applications reports demo hubportal
check: $(VENV)/.dev
	@PYTHON=$(PY) bin/need pdf
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djlint --lint --quiet templates
	$(VENV)/bin/djhtml --check --tabwidth 2 $$(git ls-files 'templates/*.html')
	$(VENV)/bin/lint-imports --no-cache
	VAR_DIR=$(CURDIR)/var/check PORTAL_DEMO=1 $(VENV)/bin/mypy
	$(VENV)/bin/deptry $(PACKAGES)
	VAR_DIR=$(CURDIR)/var/check $(PY) manage.py makemigrations --check --dry-run
	VAR_DIR=$(CURDIR)/var/check PORTAL_DEMO=1 $(PY) manage.py makemigrations --check --dry-run
	$(PY) -m tests.production check --deploy --fail-level WARNING
	@$(PY) -m core.ui.assets | cmp - static/SOURCES.sha256 || { echo "static/ is stale: make assets"; exit 1; }
	@if [ -e frontend/node_modules/.done ] || { command -v npm >/dev/null && cd frontend && timeout 180 npm ci --silent >/dev/null 2>&1 && touch node_modules/.done; }; \
	then cd $(CURDIR) && $(MAKE) --no-print-directory check-assets; else echo "No npm packages here: static/ was checked by the hash of its sources only."; fi
.PHONY: check

# --- For who runs it ------------------------------------------------------------------------------------------------
seal: $(VENV)/.base   # key, certificate and root of the seal for a trial of production, in var/seal
	VAR_DIR=$(CURDIR)/var/check $(PY) manage.py make_seal $(CURDIR)/var/seal
docs: $(VENV)/.base   # the pages of docs/ that come from the code
	VAR_DIR=$(CURDIR)/var/check $(PY) manage.py write_docs
.PHONY: seal docs

# --- What browsers load: compiled from frontend/ and committed, so that nothing else needs Node ------------------------
STATIC := static
NODE := frontend/node_modules
SASS := cd frontend && npx --no-install sass --style=compressed --no-source-map --no-charset --load-path=node_modules
GOVUK := $(NODE)/govuk-frontend/dist/govuk
NO_MAP := sed -E 's@/[/*]\# sourceMappingURL=.*$$@@'
assets: $(NODE)/.done
	@mkdir -p $(STATIC)/{css,js,fonts,img,print} tests/vendor/govuk-frontend
	$(SASS) portal.scss ../$(STATIC)/css/portal.css
	$(SASS) print/document.scss ../$(STATIC)/print/document.css
	cp $(NODE)/@fontsource-variable/source-sans-3/{LICENSE,files/source-sans-3-latin{,-ext}-wght-normal.woff2} $(STATIC)/fonts/
	mkdir -p $(STATIC)/print/fonts && cp $(NODE)/@fontsource/source-sans-3/files/source-sans-3-{latin,latin-ext,vietnamese,greek,cyrillic}-{400,700}-normal.woff2 $(STATIC)/print/fonts/
	cp frontend/js/*.js $(STATIC)/js/ && cp frontend/img/* $(STATIC)/img/
	$(NO_MAP) $(GOVUK)/govuk-frontend.min.js > $(STATIC)/js/govuk-frontend.min.js
	$(NO_MAP) $(NODE)/accessible-autocomplete/dist/accessible-autocomplete.min.js > $(STATIC)/js/accessible-autocomplete.min.js
	cp $(NODE)/axe-core/axe.min.js tests/vendor/axe.min.js
	for c in input textarea select radios checkboxes date-input character-count error-summary; do cp $(GOVUK)/components/$$c/fixtures.json tests/vendor/govuk-frontend/$$c.json; done
	$(PY) -m core.ui.assets > $(STATIC)/SOURCES.sha256
$(NODE)/.done: frontend/package-lock.json
	cd frontend && npm ci --silent && touch node_modules/.done
check-assets: assets
	git diff --exit-code --stat -- $(STATIC) tests/vendor
lock-assets:   # the addresses in "funding" go too
	cd frontend && npm install --package-lock-only && node -e 'const fs=require("fs"),f="package-lock.json",l=JSON.parse(fs.readFileSync(f));for(const p of Object.values(l.packages))delete p.funding;fs.writeFileSync(f,JSON.stringify(l,null,2)+"\n")'
.PHONY: assets check-assets lock-assets

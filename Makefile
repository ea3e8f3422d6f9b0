# The two commands of the README are `make demo` and `make test`; the rest is for work on Broadsheet.
.PHONY: demo test setup dev format lint types floors plain paper journeys lock check prepare pictures

ARGUMENTS ?=
PYTEST = .venv/bin/python -m pytest -q

demo: setup ## set up and start the demo paper: make demo ARGUMENTS="--port 8080"
	.venv/bin/broadsheet demo $(ARGUMENTS)

test: dev ## set up and pass the tests (the browser's too, where there is a Chromium)
	$(PYTEST) -n auto tests/plain tests/paper
	$(PYTEST) -n auto tests/journeys

setup:
	@tools/setup.sh

dev:
	@tools/setup.sh dev

plain paper journeys: dev ## one kind of tests
	$(PYTEST) tests/$@

format: dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lint: dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/djlint --check --lint --quiet broadsheet

types: dev
	.venv/bin/mypy broadsheet tests bench drills

floors: dev ## imports run downwards only
	.venv/bin/lint-imports

check: lint types floors

lock: ## choose versions anew and write them down with their hashes
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

prepare: dev ## pack the demo paper anew, after a change to a migration, a story or a picture
	.venv/bin/python tools/prepare_demo.py

pictures: dev ## draw the demo paper's pictures anew, with Chromium: make pictures NAMES="canal night-bus"
	.venv/bin/python tools/draw_pictures.py $(NAMES)

.PHONY: bench-archive
bench-archive: dev ## what an archive of 100,000 stories costs, against one of 100
	.venv/bin/python -m bench.archive $(ARGUMENTS)

.PHONY: bench-pages
bench-pages: dev ## what public pages and searches cost in a paper of 100,000 stories, against one of 100
	.venv/bin/python -m bench.pages $(ARGUMENTS)

.PHONY: bench-edge
bench-edge: dev ## what a story costs at the edge, against nginx and Wagtail alone; needs nginx and wrk
	.venv/bin/python -m bench.edge $(ARGUMENTS)

.PHONY: drill-import
drill-import: dev ## kill imports at random points: they end as those that ran through
	.venv/bin/python -m drills.import_killed $(ARGUMENTS)

.PHONY: drill-ledger
drill-ledger: dev ## take the store of readings away and bring it back: nothing is lost, nobody waits
	.venv/bin/python -m drills.ledger $(ARGUMENTS)

.PHONY: drill-ledger-returns
drill-ledger-returns: dev ## lock the store of readings while readers ask for theirs: it is back within a second
	.venv/bin/python -m drills.ledger_returns $(ARGUMENTS)

.PHONY: drill-postgres
drill-postgres: dev ## take PostgreSQL away and bring it back: readers are told, and all see their own pages again
	.venv/bin/python -m drills.postgres_restart $(ARGUMENTS)

.PHONY: drill-slow-clients
drill-slow-clients: dev ## ask for pages while hundreds of slow clients hold heads, forms and answers
	.venv/bin/python -m drills.slow_clients $(ARGUMENTS)

.PHONY: drill-idle-connections
drill-idle-connections: dev ## hold thousands of idle connections with few files: pages are answered beside them
	.venv/bin/python -m drills.idle_connections $(ARGUMENTS)

.PHONY: drill-full-disk
drill-full-disk: dev ## fill the disk under a paper and make room again (as root): writers are told, nothing is lost
	.venv/bin/python -m drills.full_disk $(ARGUMENTS)

.PHONY: bench-comments
bench-comments: dev ## what a thread of 10,000 comments costs, and how many a second are posted
	.venv/bin/python -m bench.comments $(ARGUMENTS)

.PHONY: bench-moderation
bench-moderation: dev ## what the moderators' desk costs with 100,000 comments, against 10,000
	.venv/bin/python -m bench.moderation $(ARGUMENTS)

.PHONY: bench-screening
bench-screening: dev ## how well and how fast comments are screened; BROADSHEET_DATA names the data
	.venv/bin/python -m bench.screening $(ARGUMENTS)

.PHONY: drill-letters
drill-letters: dev ## kill background workers while they send letters: nobody is left out
	.venv/bin/python -m drills.letters $(ARGUMENTS)

.PHONY: drill-backup
drill-backup: dev ## back a paper up while it runs, lose it, restore it: five stories left are five
	.venv/bin/python -m drills.backup $(ARGUMENTS)

.PHONY: bench-proxy
bench-proxy: dev ## what nginx in front costs and saves; needs nginx and wrk
	.venv/bin/python -m bench.proxy $(ARGUMENTS)

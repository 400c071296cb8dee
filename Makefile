# `make run` starts the daemon and `make test` passes the tests; both set up what they need first, once.
# Needs git, make and python3 (3.11 to 3.13) with venv. ARGS goes to the command: make run ARGS=--once

SHELL = /bin/sh
BIN = .venv/bin
# Many tests wait for a clock, a server or a disk: three keep two cores busy, and one that has nothing
# left to do takes from the others, because a play of the trade takes a minute.
WORKERS = 3
ARGS =
# Containers often forbid Python to keep what it compiled. A run of the tests starts some hundred
# processes, and each would compile everything once more: seconds, every time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test pythons check format docs bench corpus fuzz crash lives crowd play clean

run:
	@.ci/set-up run
	@exec $(BIN)/k2kd run --samples $(ARGS)

test:
	@.ci/set-up tests
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# Passes the tests with each Python from 3.11 to 3.13 that is here: what is committed, in fresh clones.
pythons:
	@.ci/pythons $(ARGS)

check:
	@.ci/set-up tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format:
	@.ci/set-up tests
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Draws the pages that are made from the source.
docs:
	@.ci/set-up tests
	$(BIN)/python -m tests.daemon.ledger.state_diagrams
	$(BIN)/python -m tests.robustness.page
	$(BIN)/python -m tests.segments.page

# How many files a second, on this machine.
bench:
	@.ci/set-up tests
	@exec $(BIN)/python -m tests.bench $(ARGS)

# What becomes of every sample file beside the checkout: read, refused with a place, crashed, slow.
corpus:
	@.ci/set-up tests
	@exec $(BIN)/python -m tests.corpus $(ARGS)

# Lets a fuzzer look for bytes that make a reader raise, hang or grow: make fuzz ARGS="--minutes 10".
fuzz:
	@.ci/set-up tests
	@exec $(BIN)/python -m tests.fuzz $(ARGS)

# Kills the daemon before every file system call of a run and checks what is left each time.
crash:
	@.ci/set-up tests
	@exec $(BIN)/python -m tests.crash.matrix $(ARGS)

# Lets anything happen to a whole service at any moment, for hours: make lives ARGS="--minutes 120".
lives:
	@.ci/set-up tests
	@exec $(BIN)/python -m tests.crash.lives $(ARGS)

# Lets eight buyers order the same lots at once, a thousand orders each, on each database.
crowd:
	@.ci/set-up tests
	@exec $(BIN)/python -m tests.daemon.trade.crowds.crowd_run $(ARGS)

# Plays the trade at random, and judges the books after every step: make play ARGS="--steps 10000".
play:
	@.ci/set-up tests
	@exec $(BIN)/python -m tests.daemon.stateful $(ARGS)

# Takes away what the set-up and the tools made; never an inbox, an outbox or the state.
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	find daemon formats tests -name __pycache__ -type d -prune -exec rm -rf {} +

#!/usr/bin/env bash
# pytest 9.2.0 with pytest-xdist 3.8.0: `--dist loadgroup` runs tests of one group on several workers, without a word.
#
# Expected: tests that bear the same `xdist_group` mark run on the same worker, as the documentation of --dist says, and
#   the ids of their reports end in @GROUP. With pytest 9.1.1 and the same pytest-xdist that is so.
# Seen: with pytest 9.2.0 no id ends in @GROUP and each test goes to whichever worker is free. pytest-xdist writes the
#   group into the private attribute `_nodeid` of an item, from which pytest 9.2.0 no longer reads the id.
# Output of a run: `pytest 9.1.1: 1 worker(s) for one group, 6 ids name it`
#                  `pytest 9.2.0: 2 worker(s) for one group, 0 ids name it`
# Exits with 1 if that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > test_group.py <<'PY'
import os
import time

import pytest

pytestmark = pytest.mark.xdist_group("together")


@pytest.mark.parametrize("number", range(6))
def test_worker(number):
    # Long enough that a second worker would be given some of them.
    time.sleep(0.3)
    with open("workers", "a") as workers:
        workers.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
PY

run() { # prints how many workers ran the group, and how many ids name it
  rm -f workers
  python3 -m venv "env-$1"
  "env-$1/bin/python" -m pip install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
  "env-$1/bin/python" -m pytest -v -n 2 --dist loadgroup -p no:cacheprovider test_group.py > said
  echo "pytest $1: $(sort -u workers | wc -l) worker(s) for one group, $(grep -c 'PASSED.*@together' said || true) ids name it"
}

before=$(run 9.1.1)
after=$(run 9.2.0)
printf '%s\n%s\n' "$before" "$after"
[[ $before == "pytest 9.1.1: 1 worker(s) for one group, 6 ids name it" ]]
[[ $after == "pytest 9.2.0: 2 worker(s) for one group, 0 ids name it" ]]

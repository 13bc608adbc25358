#!/usr/bin/env bash
# Runs the streaming job. Takes --available-now, and every option of spark-submit:
#   ./spark-submit.sh --master spark://host:7077 --executor-memory 4g
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

python=${PYSPARK_PYTHON:-$PWD/.venv/bin/python}
if [[ ! -x $python ]]; then
  echo "There is no Python at $python: run \`make setup\` first." >&2
  exit 1
fi
JAVA_HOME=$("$python" -m stack.java)
export JAVA_HOME PYSPARK_PYTHON=$python PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}
exec "$python" -m jobs.submit "$@"

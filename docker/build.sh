#!/usr/bin/env bash
# Makes the environment of the image in the folder where the project lies: packages as locked, jars as listed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

"${PYTHON:-python3}" -m venv .venv
.venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements.txt
.venv/bin/python -m stack.jars --group spark

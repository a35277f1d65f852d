#!/bin/sh
# Makes the lock files anew: for every Python from 3.11 on, with hashes, without addresses. Usage: make lock
set -eu
cd "$(dirname "$0")/.."
compile() {
  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
    --quiet "$@"
}
compile pyproject.toml requirements/build.in -o requirements/runtime.txt
compile pyproject.toml requirements/build.in requirements/dev.in -c requirements/runtime.txt -o requirements/dev.txt
compile requirements/node.in -o requirements/node.txt

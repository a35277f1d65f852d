#!/bin/sh
# Makes the virtual environment .venv, also where the system's Python lacks venv's own pip (Debian packs it apart).
set -eu
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed; $("$python" --version 2>&1) was found. Set PYTHON to another one." >&2
  exit 1
}
if [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then
  exit 0
fi
rm -rf .venv
if "$python" -c 'import ensurepip' 2>/dev/null; then
  "$python" -m venv .venv
elif "$python" -m virtualenv --version >/dev/null 2>&1; then
  "$python" -m virtualenv --quiet .venv
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "python$version-venv" || apt-get install -y -qq python3-venv
  "$python" -m venv .venv
elif "$python" -m pip --version >/dev/null 2>&1; then
  "$python" -m pip install --quiet --target .build/virtualenv virtualenv
  PYTHONPATH=.build/virtualenv "$python" -m virtualenv --quiet .venv
else
  echo "This Python cannot make virtual environments. Install it with: sudo apt install python3-venv" >&2
  exit 1
fi

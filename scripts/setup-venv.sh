#!/usr/bin/env bash
# Makes the virtual environment FOLDER with newsbeam and its development tools.
# Needs bash and Python 3.11 to 3.13; where Python came without venv, tries virtualenv, then apt.
set -euo pipefail
folder=${1:?usage: setup-venv.sh FOLDER}

suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
python=
for candidate in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 python; do
  if [ -n "$candidate" ] && "$candidate" -c "$suits" 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  echo "newsbeam needs Python 3.11, 3.12 or 3.13 on the PATH (or PYTHON=/path/to/it)" >&2
  exit 2
fi

make_venv() {
  "$python" -m venv "$folder" 2>/dev/null && return
  rm -rf "$folder"
  "$python" -m virtualenv "$folder" 2>/dev/null && return
  rm -rf "$folder"
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq "$(basename "$(readlink -f "$(command -v "$python")")")-venv"
    "$python" -m venv "$folder"
  else
    echo "$python has no venv module: install it (Debian: apt install python3-venv) and try again" >&2
    exit 2
  fi
}

[ -x "$folder/bin/python" ] && "$folder/bin/python" -c "$suits" || { rm -rf "$folder"; make_venv; }
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint constraints.txt --editable '.[dev]'

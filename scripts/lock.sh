#!/usr/bin/env bash
# Resolve every dependency for Python 3.11 to 3.13 into requirements.txt and requirements-dev.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
# The engine is installed from its folder, so no index is asked for it; its extras are named below.
sed '/"moviverse-engine/d' pyproject.toml >"$project/pyproject.toml"
compile() {
  uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url \
    --no-annotate "$project/pyproject.toml" engine/pyproject.toml "$@"
}
compile --output-file requirements.txt
compile --extra dev --extra report --extra tune --constraint requirements.txt --output-file requirements-dev.txt

#!/usr/bin/env bash
# Checks this folder without a Docker engine: the Dockerfiles, compose.yaml against Compose's schema, the Kubernetes manifests against theirs, and the
# syntax of the shell scripts. The exit code is 0 only if all checks pass. tests/Deployment.Tests compares the files with the code.
#   check.sh [FOLDER]     the folder to check; default: this one
set -euo pipefail
folder=$(cd "${1:-$(dirname "${BASH_SOURCE[0]}")}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The linters are npm packages in the versions of package-lock.json; they are downloaded once.
tools=.cache/docker-check
if ! cmp -s docker/check/package-lock.json "$tools/package-lock.json" || [ ! -e "$tools/complete" ]; then
  command -v npm >/dev/null || { echo 'check: npm is missing; install it (apt-get install npm), with a node of version 20.19 or newer' >&2; exit 1; }
  printf 'check: fetching the linters\n' >&2
  rm -rf "$tools"
  mkdir -p "$tools"
  cp docker/check/package.json docker/check/package-lock.json docker/check/.npmrc "$tools"
  (cd "$tools" && npm ci --silent --no-audit --no-fund --ignore-scripts) || { echo 'check: npm could not fetch the linters: is the package registry reachable?' >&2; exit 1; }
  touch "$tools/complete"
fi

# Beside its dependencies, so that its imports resolve.
cp docker/check/kubernetes.js "$tools"

status=0
run() { "$@" || { printf 'check: failed: %s\n' "$*" >&2; status=1; }; }

# The linter prints warnings and still succeeds; this script treats them as errors.
lint() {
  local said
  said=$("$tools/node_modules/.bin/dockerfile-utils" lint "$1" 2>&1) && [ -z "$said" ] || { printf '%s\n' "$said" >&2; return 1; }
}

for dockerfile in "$folder"/Dockerfile*; do run lint "$dockerfile"; done
run "$tools/node_modules/.bin/dclint" --config docker/check/dclint.yaml --max-warnings 0 --color false "$folder/compose.yaml"
run node "$tools/kubernetes.js" $(find "$folder/kubernetes" -name '*.yaml' ! -name kustomization.yaml | sort)
for script in "$folder"/*.sh; do run bash -n "$script"; done
exit $status

#!/usr/bin/env bash
# Checks what is in this folder without a Docker engine: the Dockerfiles, compose.yaml against Compose's schema, the Kubernetes manifests against
# theirs, and the shell scripts' syntax. The exit code is 0 only if all is well. tests/Deployment.Tests compares them with the code.
#   check.sh [FOLDER]     the folder of the files; this one by default
set -euo pipefail
folder=$(cd "${1:-$(dirname "${BASH_SOURCE[0]}")}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The linters are packages of npm, in the versions that package-lock.json pins; they are fetched once.
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

# Beside what it needs, so that its imports are found.
cp docker/check/kubernetes.js "$tools"

status=0
run() { "$@" || { printf 'check: failed: %s\n' "$*" >&2; status=1; }; }

# It prints its warnings, and is content with them: we are not.
lint() {
  local said
  said=$("$tools/node_modules/.bin/dockerfile-utils" lint "$1" 2>&1) && [ -z "$said" ] || { printf '%s\n' "$said" >&2; return 1; }
}

for dockerfile in "$folder"/Dockerfile*; do run lint "$dockerfile"; done
run "$tools/node_modules/.bin/dclint" --config docker/check/dclint.yaml --max-warnings 0 --color false "$folder/compose.yaml"
run node "$tools/kubernetes.js" $(find "$folder/kubernetes" -name '*.yaml' ! -name kustomization.yaml | sort)
for script in "$folder"/*.sh; do run bash -n "$script"; done
exit $status

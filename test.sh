#!/usr/bin/env bash
# Gets what is missing, builds, and runs every test against one private Postgres. Arguments go to "dotnet test".
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if all passed and none was skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

. eng/dotnet.sh

eng/prepare.sh

server=$(mktemp -d /tmp/taskercore-test.XXXXXX)
output=$(mktemp)
cleanup() {
  eng/postgres.sh stop "$server" immediate 2>/dev/null || true
  rm -rf "$server" "$output"
}
trap cleanup EXIT

port=$(eng/free-port.sh)
chmod 755 "$server"
eng/postgres.sh start "$server" "$port"
export TASKERCORE_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"

eng/build.sh
status=0
dotnet test -c Release --no-build --no-ansi --max-parallel-test-modules 1 "$@" 2>&1 | tee "$output" || status=$?

count() { grep -E "^ *$1: [0-9]+" "$output" | tail -n 1 | grep -oE '[0-9]+' | head -n 1 || true; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ -z "$passed" ]; then
  echo 'test: no test ran' >&2
  echo '0 passed, 0 failed, 0 skipped'
  exit 1
fi
echo "$passed passed, ${failed:-0} failed, ${skipped:-0} skipped"
[ "$status" = 0 ] && [ "${failed:-0}" = 0 ] && [ "${skipped:-0}" = 0 ] && [ "$passed" -gt 0 ]

#!/usr/bin/env bash
# Gets what is missing, builds, and runs every test against one private Postgres. Arguments go to "dotnet test".
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if all passed and none was skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

. eng/dotnet.sh

eng/prepare.sh

server=$(mktemp -d /tmp/taskercore-test.XXXXXX)
output=$(mktemp -d)
lane=
cleanup() {
  [ -z "$lane" ] || kill -- "-$lane" 2>/dev/null || true
  eng/postgres.sh stop "$server" immediate 2>/dev/null || true
  rm -rf "$server" "$output"
}
trap cleanup EXIT

port=$(eng/free-port.sh)
chmod 755 "$server"
eng/postgres.sh start "$server" "$port"
export TASKERCORE_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"

eng/build.sh

# Two lanes, one for each core, and two parts: first the tests that compute, then those of clusters of real processes, whose deadlines must not be missed
# because a simulation takes the core. The lanes of a part take about the same time. A project that is not named here is one of the rest.
rest= simulation= clusters= processes=
for folder in tests/*.Tests; do
  project=${folder#tests/}
  module=$folder/bin/Release/net10.0/TaskerCore.Orleans.$project.dll
  [ -f "$module" ] || { echo "test: $module was not built: is $project in the solution?" >&2; exit 1; }
  case $project in
    EndToEnd.Tests) clusters="$clusters;$module" ;;
    Chaos.Tests|Operations.Tests|Processes.Tests) processes="$processes;$module" ;;
    Simulation.Tests) simulation=$module ;;
    *) rest="$rest;$module" ;;
  esac
done

run() {
  local name=$1 modules=${2#;}
  shift 2
  dotnet test --test-modules "$modules" --max-parallel-test-modules 1 --no-ansi "$@" 2>&1 | tee "$output/$name"
}

# Runs the second lane beside the first, and shows what it said when it is done.
status=0
beside() {
  local first=$1 first_modules=$2 second=$3 second_modules=$4
  shift 4
  # A job of its own: a plain one would ignore Ctrl+C, and so would the processes whose end by it is tested.
  set -m
  run "$second" "$second_modules" "$@" > /dev/null &
  lane=$!
  set +m
  run "$first" "$first_modules" "$@" || status=$?
  wait "$lane" || status=$?
  lane=
  cat "$output/$second"
}
beside rest "$rest" simulation "$simulation" "$@"
beside clusters "$clusters" processes "$processes" "$@"

count() { cat "$output"/* | { grep -E "^ *$1: [0-9]+" || true; } | awk '{ sum += $2 } END { print sum + 0 }'; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
[ "$passed" != 0 ] || [ "$failed" != 0 ] || echo 'test: no test ran' >&2
echo "$passed passed, $failed failed, $skipped skipped"
[ "$status" = 0 ] && [ "$failed" = 0 ] && [ "$skipped" = 0 ] && [ "$passed" -gt 0 ]

#!/usr/bin/env bash
# Measures what this project claims, each figure beside the peer or the limit in the same run, and prints a table.
#   eng/bench.sh            everything, and writes benchmarks/reports          eng/bench.sh --quick    a subset, in under 5 minutes
#   eng/bench.sh 1 6 [--quick]    only these rows
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/dotnet.sh

# Whether a row is to be measured: without a number all are, but --quick alone leaves out those that need more than what is built.
measures() {
  local row=$1
  shift
  case " $* " in
    *" $row "*) true ;;
    *[0-9]*|*" --quick "*) false ;;
  esac
}

if measures 11 "$@"; then eng/prepare.sh redis; else eng/prepare.sh; fi
eng/build.sh benchmarks

if measures 12 "$@"; then
  # A worker as it would be deployed: compiled ahead of time.
  dotnet publish tools/WorkerStart -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
    --artifacts-path .cache/worker-start-build -o .cache/worker-start -v quiet -nologo
fi

if measures 11 "$@"; then
  # It keeps a breaker's state on a Redis server: one of our own, that stores nothing and listens on loopback alone.
  redis=$(mktemp -d /tmp/taskercore-redis.XXXXXX)
  server=
  trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi; rm -rf "$redis"' EXIT
  port=$(eng/free-port.sh)
  redis-server --bind 127.0.0.1 --port "$port" --dir "$redis" --save '' --appendonly no > "$redis/log" 2>&1 &
  server=$!
  until (: < "/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || { cat "$redis/log" >&2; exit 1; }
  done
  export TASKERCORE_BENCH_REDIS="127.0.0.1:$port"
fi

dotnet benchmarks/bin/Release/net10.0/TaskerCore.Orleans.Benchmarks.dll "$@"

#!/usr/bin/env bash
# Starts a private Postgres for the silos and one with pgmq, two silos and three workers, and shows the breaker as each worker sees it.
#   ./run.sh          a live table, until q or Ctrl-C: keys stop the queue, cut paths, kill and start silos
#   ./run.sh --once   plays two acts and checks each step: exit code 0 only if all of it was seen
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

. eng/dotnet.sh

eng/prepare.sh
eng/build.sh samples/Fleet
exec dotnet samples/Fleet/bin/Release/net10.0/TaskerCore.Orleans.Fleet.dll "$@"

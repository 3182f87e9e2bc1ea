#!/usr/bin/env bash
# Starts a private Postgres with pgmq, two silos and three workers, and shows the breaker as each worker sees it.
#   ./run.sh          a live table, until Ctrl-C          ./run.sh --once   plays a scenario and checks it: exit code 0 if all held
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

. eng/dotnet.sh

eng/prepare.sh
eng/build.sh samples/Fleet
exec dotnet samples/Fleet/bin/Release/net10.0/TaskerCore.Orleans.Fleet.dll "$@"

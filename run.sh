#!/usr/bin/env bash
# Starts a private Postgres with pgmq, two silos and three workers, and shows the breaker as each worker sees it.
#   ./run.sh          a live table, until Ctrl-C          ./run.sh --once   plays a scenario and checks it: exit code 0 if all held
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# No build server outlives the script.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

eng/prepare.sh
dotnet build samples/Fleet -c Release -v quiet -nologo
exec dotnet samples/Fleet/bin/Release/net10.0/TaskerCore.Orleans.Fleet.dll "$@"

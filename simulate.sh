#!/usr/bin/env bash
# Drives the protocol's cores through a hostile world that one seed decides, and checks what must hold after every step.
#   ./simulate.sh                 a minute over fresh seeds          ./simulate.sh --minutes N [--first S]    as long as one likes
#   ./simulate.sh --planted         the seeds it takes to find each planted defect
#   ./simulate.sh --seed S [--workers W --faults F --seconds T]      one run again, as a failed run prints it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet build tests/Simulation -c Release -v quiet -nologo
exec dotnet tests/Simulation/bin/Release/net10.0/TaskerCore.Orleans.Simulation.dll "$@"

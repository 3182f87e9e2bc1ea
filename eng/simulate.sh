#!/usr/bin/env bash
# Drives the protocol's cores through a hostile world that one seed decides, and checks what must hold after every step.
#   eng/simulate.sh                 a minute over fresh seeds          eng/simulate.sh --minutes N [--first S]    as long as one likes
#   eng/simulate.sh --planted [TEXT]  the seeds it takes to find each planted defect (or those with TEXT in their name)
#   eng/simulate.sh --seed S [--workers W --faults F --seconds T]    one run again, as a failed run prints it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/dotnet.sh

eng/build.sh tools/Simulation
exec dotnet tools/Simulation/bin/Release/net10.0/TaskerCore.Orleans.Simulation.dll "$@"

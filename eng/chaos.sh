#!/usr/bin/env bash
# Real silos, workers and Postgres with pgmq under steady load, and real faults. The exit code is 0 only if all held.
#   eng/chaos.sh [NUMBER ...] [--short]             scenarios 1-14, or only these, and a table at the end
#   eng/chaos.sh --mix --minutes N [--seed S]       a random mix of faults; a seed gives the same faults in the same order
#   --logs FOLDER                                    leaves what every process says in files there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. eng/dotnet.sh

eng/prepare.sh
eng/build.sh tools/Chaos
exec dotnet tools/Chaos/bin/Release/net10.0/TaskerCore.Orleans.Chaos.dll "$@"

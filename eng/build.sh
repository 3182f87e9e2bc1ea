#!/usr/bin/env bash
# dotnet build in Release, with one compiler for all projects that is started once and gone afterwards: half the time of one for each.
#   eng/build.sh [PROJECT] [OPTIONS]      without a project, the solution
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/dotnet.sh

compiler=taskercore-$$-$RANDOM
# Where there is no pkill, it ends by itself when nobody has asked it for ten minutes.
trap 'pkill -f -- "-pipename:$compiler" 2>/dev/null || true' EXIT
dotnet build "$@" -c Release -v quiet -nologo -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler"

#!/usr/bin/env bash
# Changes the rules and the pure cores in hundreds of small ways, one at a time, and sees whether a test notices each.
#   eng/mutate.sh                                   all three projects (long)          eng/mutate.sh Grains.Interfaces | Grains | Client    one
#   eng/mutate.sh Grains --mutate Hubs/HubCore.cs   what comes after the project goes to dotnet-stryker
# Exit code 0 only if at least 97 % of each project's mutants are killed. docs/correctness.md says why the others live.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export TASKERCORE_CHECK_FACTOR=0.05
. eng/dotnet.sh

projects=(Grains.Interfaces Grains Client)
if [ $# -gt 0 ]; then
  projects=("$1")
  shift
fi

dotnet tool restore > /dev/null
output="$PWD/.cache/mutation"
reports=()
for project in "${projects[@]}"; do
  config="$PWD/eng/mutation/$project.json"
  [ -f "$config" ] || { echo "mutate: there is no $config" >&2; exit 2; }
  mkdir -p "$output/$project"
  rm -f "$output/$project/reports/mutation-report.json"
  (cd "tests/$project.Tests" && dotnet stryker --config-file "$config" --output "$output/$project" --skip-version-check "$@") \
    > "$output/$project/log.txt" 2>&1 || { tail -n 20 "$output/$project/log.txt" >&2; exit 1; }
  reports+=("$output/$project/reports/mutation-report.json")
done

dotnet run eng/mutation/Score.cs -- 97 "${reports[@]}"

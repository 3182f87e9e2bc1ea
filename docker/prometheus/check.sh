#!/usr/bin/env bash
# Checks the alert rules and runs their unit tests with promtool. The exit code is 0 only if all checks pass.
#   check.sh [FOLDER]     the folder of alerts.yaml and tests/; this one by default
set -euo pipefail
folder=$(cd "${1:-$(dirname "${BASH_SOURCE[0]}")}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

eng/prepare.sh
promtool=$PWD/.cache/prometheus/promtool
cd "$folder"
"$promtool" check rules alerts.yaml
"$promtool" test rules tests/*.yaml

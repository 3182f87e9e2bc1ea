#!/usr/bin/env bash
# Generates a PrometheusRule from the alerts, for clusters with the Prometheus operator. Run it after each change of alerts.yaml; a test compares the two.
#   rules.sh [FILE]     FILE: the target; default docker/kubernetes/components/prometheus-operator/rules.yaml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
target=${1:-../kubernetes/components/prometheus-operator/rules.yaml}

{
  cat <<'HEADER'
# Written by docker/prometheus/rules.sh from docker/prometheus/alerts.yaml: change that file, and run the script again.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: taskercore
  namespace: taskercore
  labels: { app.kubernetes.io/part-of: taskercore }
spec:
HEADER
  sed -n '/^groups:/,$ { s/^/  /; s/^ *$//; p }' alerts.yaml
} > "$target"

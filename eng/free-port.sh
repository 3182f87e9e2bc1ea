#!/usr/bin/env bash
# Prints a port on loopback that nobody listens on. It lies below the range that outgoing connections take theirs from: none of them has
# it when a server starts on it a moment later.
set -euo pipefail
port=
while [ -z "$port" ] || (: < "/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((10000 + RANDOM % 22000)); done
echo "$port"

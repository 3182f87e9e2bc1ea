#!/usr/bin/env bash
# Makes the secrets that compose.yaml mounts, in secrets/ beside this file: those that are there already stay.
#   secrets.sh [FOLDER]
# The folder is for its owner alone. The files in it may be read by all, because each container reads its own as a user without rights.
set -euo pipefail
folder=${1:-$(dirname "${BASH_SOURCE[0]}")/secrets}
command -v openssl >/dev/null || { echo 'secrets: openssl is missing; install it (apt-get install openssl)' >&2; exit 1; }
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

# Hexadecimal: no character that a password file or a connection string would have to escape.
make() {
  local file=$folder/$1 before=$2 secret
  if [ -e "$file" ]; then return; fi
  secret=$(openssl rand -hex 24)
  printf '%s%s\n' "$before" "$secret" > "$file.new"
  chmod 444 "$file.new"
  mv "$file.new" "$file"
}

make postgres.password ''
make silo.pgpass 'postgres:5432:taskercore:taskercore_silo:'
make worker.pgpass 'postgres:5432:queues:taskercore_worker:'
make operator.key ''
make grafana.password ''

#!/usr/bin/env bash
# Creates the secrets that compose.yaml mounts, in secrets/ beside this file. Existing ones stay.
#   secrets.sh [FOLDER]
# Only the owner can open the folder. The files in it are readable by all, because each container reads its own as an unprivileged user.
set -euo pipefail
folder=${1:-$(dirname "${BASH_SOURCE[0]}")/secrets}
command -v openssl >/dev/null || { echo 'secrets: openssl is missing; install it (apt-get install openssl)' >&2; exit 1; }
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

# Hexadecimal: no character needs escaping in a password file or a connection string.
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

#!/usr/bin/env bash
# A private Postgres server, on loopback, for tests and the demo.
#   postgres.sh start DIR PORT        makes the cluster in DIR if there is none, and starts it
#   postgres.sh standby DIR PORT      copies the server at PORT into DIR, to be started as its standby
#   postgres.sh stop DIR [fast|immediate]
# Postgres refuses to run as root: then the user "postgres" runs it.
set -euo pipefail

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1) || { echo 'postgres: no server binaries; run eng/prepare.sh' >&2; exit 1; }
action=$1 dir=$2

as_server() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

cd /
case $action in
  start)
    port=$3
    if [ ! -d "$dir/data" ]; then
      mkdir -p "$dir"
      if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
      as_server "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    fi
    as_server "$bin/pg_ctl" -D "$dir/data" -w -t 30 -l "$dir/log" \
      -o "-p $port -k $dir -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300" start >/dev/null ||
      { cat "$dir/log" >&2; exit 1; }
    ;;
  standby)
    port=$3
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    as_server "$bin/pg_basebackup" -h 127.0.0.1 -p "$port" -U postgres -D "$dir/data" -R -c fast --no-sync
    ;;
  stop)
    as_server "$bin/pg_ctl" -D "$dir/data" -w -t 30 -m "${3:-fast}" stop >/dev/null
    ;;
  *)
    echo "postgres: '$action' is not known; start, standby or stop" >&2
    exit 2
    ;;
esac

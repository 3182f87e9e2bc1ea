#!/usr/bin/env bash
# Gets what the tests and the demo need and this machine lacks: PostgreSQL's server binaries, pgmq's SQL, PgBouncer, and Prometheus with promtool.
# "redis" as an argument: a Redis server's binary too, for the benchmarks.
# Idempotent and quiet when nothing is missing. What is fetched goes to .cache/, outside version control.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache=.cache
pgmq_sql=$cache/pgmq--1.11.1.sql
pgmq_package=@electric-sql/pglite-pgmq@0.0.6
pgmq_sha256=71cf82eaf1d81394a99f56ddf184c3dc8bf5eeb6f204ef9bad6e146e141eca2e
prometheus=$cache/prometheus
pgbouncer=$cache/pgbouncer

fail() { printf 'prepare: %s\n' "$1" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "cannot install packages: run as root, or install them yourself: $missing"
  fi
}

missing=
have_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
have_postgres || missing="$missing postgresql"
if [ "${1:-}" = redis ] && ! command -v redis-server >/dev/null; then missing="$missing redis-server"; fi
if [ ! -s "$pgmq_sql" ] && ! command -v npm >/dev/null; then missing="$missing npm"; fi

if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || fail "these are missing, and there is no apt-get to install them:$missing"
  printf 'prepare: installing%s\n' "$missing" >&2
  as_root apt-get update -qq
  install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
  settings=/etc/postgresql-common/createcluster.conf
  case $missing in
    *postgresql*)
      # Only the binaries are wanted, not a server of the system's own that the package would set up and start.
      install postgresql-common
      as_root sed -i.before -e 's/^#* *create_main_cluster.*/create_main_cluster = false/' "$settings"
      ;;
  esac
  # Likewise no Redis server of the system's own: a policy that forbids the start of services while it is set up.
  policy=/usr/sbin/policy-rc.d
  case $missing in
    *redis*) if [ -e "$policy" ]; then policy=; else as_root sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod +x $policy"; fi ;;
    *) policy= ;;
  esac
  # shellcheck disable=SC2086 # a list of packages
  install $missing
  if [ -n "$policy" ]; then as_root rm "$policy"; fi
  if [ -f "$settings.before" ]; then as_root mv "$settings.before" "$settings"; fi
  have_postgres || fail "PostgreSQL was installed, but /usr/lib/postgresql/*/bin/postgres is not there"
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ ! -x "$prometheus/promtool" ] || [ ! -x "$prometheus/prometheus" ]; then
  mkdir -p "$prometheus"
  if command -v promtool >/dev/null && command -v prometheus >/dev/null; then
    ln -sf "$(command -v promtool)" "$(command -v prometheus)" "$prometheus"
  else
    # Unpacked, not installed: the package would set up and start a server of the system's own.
    printf 'prepare: fetching prometheus\n' >&2
    command -v apt-get >/dev/null || fail "prometheus and promtool are missing, and there is no apt-get to fetch them; put both into the PATH"
    missing=prometheus
    as_root apt-get update -qq
    (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root prometheus) || fail "apt-get could not fetch the package prometheus"
    dpkg-deb -x "$work"/prometheus_*.deb "$work/prometheus"
    mv "$work/prometheus/usr/bin/promtool" "$work/prometheus/usr/bin/prometheus" "$prometheus"
  fi
fi

if [ ! -x "$pgbouncer/usr/sbin/pgbouncer" ]; then
  # Unpacked, like Prometheus, with the libraries that a small system lacks.
  printf 'prepare: fetching pgbouncer\n' >&2
  command -v apt-get >/dev/null || fail "pgbouncer is missing, and there is no apt-get to fetch it; put it at $pgbouncer/usr/sbin/pgbouncer"
  missing=pgbouncer
  as_root apt-get update -qq
  libraries=$(apt-cache depends pgbouncer | sed -n -E 's/^ *Depends: (libevent[^ ]*|libc-?ares[^ ]*)$/\1/p')
  mkdir "$work/debs" "$work/pgbouncer"
  # shellcheck disable=SC2086 # a list of packages
  (cd "$work/debs" && apt-get download -qq -o APT::Sandbox::User=root pgbouncer $libraries) || fail "apt-get could not fetch the package pgbouncer"
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/pgbouncer"; done
  rm -rf "$pgbouncer"
  chmod 755 "$work/pgbouncer"
  mv "$work/pgbouncer" "$pgbouncer"
fi

if [ ! -s "$pgmq_sql" ]; then
  printf 'prepare: fetching pgmq 1.11.1\n' >&2
  (cd "$work" && npm pack --silent "$pgmq_package" >/dev/null) || fail "npm could not fetch $pgmq_package: is the package registry reachable?"
  tar -xzf "$work"/*.tgz -C "$work"
  tar -xzf "$work/package/dist/pgmq.tar.gz" -C "$work"
  sql=$(find "$work" -name 'pgmq--1.11.1.sql' | head -n 1)
  [ -n "$sql" ] || fail "$pgmq_package does not hold pgmq--1.11.1.sql"
  printf '%s  %s\n' "$pgmq_sha256" "$sql" | sha256sum --check --status || fail "pgmq--1.11.1.sql has another checksum than the file that was asked for"
  mv "$sql" "$pgmq_sql"
fi

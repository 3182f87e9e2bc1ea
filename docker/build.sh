#!/usr/bin/env bash
# Builds both images without a Docker engine, over a Debian base and the installed .NET, and runs each once as it is deployed: as user 1654, without
# privileges, on a read-only file system. The silo runs until its own health check succeeds, and then stops on SIGTERM.
#   build.sh [--keep]     --keep: keep the base in .cache/images for the next run
# Needs root on a Debian-like machine. Takes minutes and is not part of ./test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf 'build: %s\n' "$1" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail 'run it as root: it makes a base image with chroot and mount'
missing=
for program in buildah debootstrap dotnet; do command -v "$program" >/dev/null || missing="$missing $program"; done
[ -z "$missing" ] || fail "these are missing:$missing (apt-get install buildah debootstrap; the .NET 10 SDK)"

cache=$PWD/.cache/images
mkdir -p "$cache"
work=$(mktemp -d "$cache/run.XXXXXX")
store=(--root "$work/store" --runroot "$work/run" --storage-driver vfs)
running= keep=${1:-}
cleanup() {
  if [ -n "$running" ]; then kill -KILL "$running" 2>/dev/null || true; wait "$running" 2>/dev/null || true; fi
  buildah "${store[@]}" umount --all >/dev/null 2>&1 || true
  rm -rf "$work"
  if [ "$keep" != --keep ]; then rm -rf "$cache"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { printf 'build: %s\n' "$1"; }

# 1. The base images, equivalent to the official ones for this purpose.
base=$cache/base.tar
if [ ! -s "$base" ]; then
  . /etc/os-release
  say "making a base of Debian $VERSION_CODENAME"
  debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,zlib1g "$VERSION_CODENAME" "$work/base" > "$work/log" 2>&1 \
    || { tail -n 20 "$work/log" >&2; fail 'debootstrap failed'; }
  # The build in the image trusts the same certificates as this machine.
  cp /etc/ssl/certs/ca-certificates.crt "$work/base/etc/ssl/certs/"
  rm -rf "$work/base"/var/cache/apt/* "$work/base"/var/lib/apt/lists/*
  tar -C "$work/base" -cf "$base.new" .
  mv "$base.new" "$base"
  rm -rf "$work/base"
fi

dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
base_image() {
  local name=$1 container
  shift
  container=$(buildah "${store[@]}" from scratch)
  buildah "${store[@]}" add --quiet "$container" "$base" / >/dev/null
  local part
  for part in "$@"; do buildah "${store[@]}" copy --quiet "$container" "$dotnet_root/$part" "/usr/share/dotnet/$part" >/dev/null; done
  buildah "${store[@]}" config --env PATH=/usr/share/dotnet:/usr/sbin:/usr/bin:/sbin:/bin --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$container"
  buildah "${store[@]}" commit --quiet --rm "$container" "localhost/$name" >/dev/null
}

say 'making the base images'
base_image runtime dotnet host shared
mapfile -t all < <(ls "$dotnet_root")
base_image sdk "${all[@]}"

# 2. The images, for this machine's architecture. Packages in this machine's cache are not downloaded again.
architecture=$(dpkg --print-architecture)
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
mkdir -p "$packages"
build() {
  say "building $1"
  buildah "${store[@]}" build --isolation chroot --format docker --quiet --volume "$packages:/root/.nuget/packages" \
    --build-arg BUILDPLATFORM="linux/$architecture" --build-arg TARGETARCH="$architecture" \
    --build-arg SDK_IMAGE=localhost/sdk --build-arg RUNTIME_IMAGE=localhost/runtime \
    --build-arg REVISION="$(git rev-parse HEAD)" --file "docker/$1" --tag "localhost/$2" . > "$work/log" 2>&1 \
    || { tail -n 40 "$work/log" >&2; fail "docker/$1 does not build"; }
}
build Dockerfile silo
build Dockerfile.worker worker

# 3. Run each image.
of_image() { buildah "${store[@]}" inspect --type image --format "{{range $2}}{{println .}}{{end}}" "localhost/$1" | grep -v '^$'; }

# Prepares image $1 to run: "environment", "entrypoint", "root".
mount_image() {
  mapfile -t environment < <(of_image "$1" .Docker.Config.Env)
  mapfile -t entrypoint < <(of_image "$1" .Docker.Config.Entrypoint)
  folder=$(buildah "${store[@]}" inspect --type image --format '{{.Docker.Config.WorkingDir}}' "localhost/$1")
  user=$(buildah "${store[@]}" inspect --type image --format '{{.Docker.Config.User}}' "localhost/$1")
  [ "$user" = 1654:1654 ] || fail "the image $1 runs as '$user', not as 1654:1654"
  root=$(buildah "${store[@]}" mount "$(buildah "${store[@]}" from "localhost/$1")")
}

# Replaces this process with a command in the mounted image, with variables: confined VARIABLE=… -- COMMAND…
confined() {
  local variables=()
  while [ "$1" != -- ]; do variables+=("$1"); shift; done
  shift
  # A separate mount namespace, which removes the mounts at its end. The last command replaces the process, so that signals reach it.
  # shellcheck disable=SC2016
  exec unshare --mount --propagation private sh -euc '
    root=$1 folder=$2; shift 2
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    mount -o remount,bind,ro "$root"
    exec chroot "$root" setpriv --reuid=1654 --regid=1654 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
      sh -c '\''cd "$0" && exec "$@"'\'' "$folder" "$@"' \
    sh "$root" "$folder" env -i "${environment[@]}" "${variables[@]}" "$@"
}

# Waits until a condition holds, while the program runs: until_true SECONDS WHAT COMMAND…
until_true() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    kill -0 "$running" 2>/dev/null || { cat "$work/output" >&2; fail "it ended before it was $what"; }
    [ "$SECONDS" -lt "$limit" ] || { cat "$work/output" >&2; fail "it was not $what in time"; }
    sleep 0.2
  done
}

stop() {
  local status=0 started=$SECONDS
  kill -TERM "$running"
  wait "$running" || status=$?
  running=
  [ "$status" = 0 ] || { cat "$work/output" >&2; fail "SIGTERM ended it with exit code $status, not 0"; }
  say "stopped by SIGTERM within $((SECONDS - started + 1)) s, exit code 0"
}

uid_is_1654() { awk '/^Uid:/ { exit !($2 == 1654 && $3 == 1654) }' "/proc/$running/status"; }
refuses_to_write() {
  local said
  said=$( (confined -- sh -c ': > /app/file') 2>&1) || true
  case $said in *'Read-only file system'*) ;; *) fail "the file system of the run can be written to, or nothing runs there: $said" ;; esac
}

mount_image silo
refuses_to_write
silo=("Urls=http://127.0.0.1:$(eng/free-port.sh)" "Silo__SiloPort=$(eng/free-port.sh)" "Silo__GatewayPort=$(eng/free-port.sh)")
mapfile -t check < <(of_image silo .Docker.Config.Healthcheck.Test | tail -n +2)
[ ${#check[@]} -gt 0 ] || fail 'the image of the silo has no health check'
(confined "${silo[@]}" -- "${entrypoint[@]}") > "$work/output" 2>&1 &
running=$!
started=$SECONDS
answers() { (confined "${silo[@]}" -- "${check[@]}") > "$work/answer" 2>&1; }
ready() { (confined "${silo[@]}" -- "${check[@]}=ready") > "$work/answer" 2>&1; }
until_true 120 live answers
say "the silo is live after $((SECONDS - started)) s: $(cat "$work/answer")"
until_true 120 ready ready
say "the silo is ready after $((SECONDS - started)) s: $(cat "$work/answer")"
uid_is_1654 || fail 'the silo does not run as user 1654'
stop
if answers; then fail 'the health check is content with a silo that has stopped'; fi

mount_image worker
(confined ConnectionStrings__Pgmq='Host=127.0.0.1;Port=1;Database=none;Username=none' Gateways=127.0.0.1:1 -- "${entrypoint[@]}") > "$work/output" 2>&1 &
running=$!
looks() { grep -q 'Looking for the cluster' "$work/output"; }
until_true 120 'looking for the cluster' looks
uid_is_1654 || fail 'the worker does not run as user 1654'
say 'the worker runs, and decides alone'
stop

say "$(buildah "${store[@]}" images --format '{{.Name}} {{.Size}}' | grep -E 'silo|worker' | tr '\n' ';') all checks passed"

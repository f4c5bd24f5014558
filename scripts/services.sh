#!/usr/bin/env bash
# Run a command against a system PostgreSQL and a Redis, both started for it alone and stopped after.
# Installs them first when they are missing and it may (root on Debian or Ubuntu).
set -euo pipefail

postgres_programs() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

missing=()
[ -x "$(postgres_programs)/initdb" ] && [ -x "$(postgres_programs)/postgres" ] || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. Install them, for example: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

programs=$(postgres_programs)
folder=$(mktemp -d /tmp/moviverse-services.XXXXXX)
# PostgreSQL refuses to run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c "$*"; else sh -c "$*"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$folder"

stop() {
  as_owner "'$programs/pg_ctl' -D '$folder/data' -m immediate stop" >/dev/null 2>&1 || true
  redis-cli -s "$folder/redis.sock" shutdown nosave >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT

as_owner "'$programs/initdb' -D '$folder/data' -U moviverse -A trust -E UTF8 --locale=C.UTF-8 --no-sync" >/dev/null
as_owner "'$programs/pg_ctl' -D '$folder/data' -w -l '$folder/log' -o \"-c listen_addresses='' -c unix_socket_directories='$folder'\" start" >/dev/null
(cd / && redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' --daemonize yes --logfile "$folder/redis.log" >/dev/null)
for _ in $(seq 50); do redis-cli -s "$folder/redis.sock" ping >/dev/null 2>&1 && break; sleep 0.1; done

echo "PostgreSQL $("$programs/postgres" --version | awk '{print $3}'), Redis $(redis-cli -s "$folder/redis.sock" info server | awk -F: '/redis_version/{print $2}' | tr -d '\r')"
socket=$(printf '%s' "$folder" | sed 's|/|%2F|g')
export DATABASE_URL="postgresql://moviverse@/postgres?host=$socket"
export REDIS_URL="unix://$folder/redis.sock"
"$@"

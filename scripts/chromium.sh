#!/usr/bin/env bash
# Make sure that the distribution's Chromium is there: the browser tests download none of their own.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
else
  echo "The browser tests need Chromium; install it, for example: sudo apt-get install chromium" >&2
  exit 1
fi

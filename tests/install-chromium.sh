#!/bin/sh
# The browser tests drive Debian's Chromium. Install it where it is missing and we may.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
echo "Installing Chromium for the browser tests (apt-get install chromium)"
if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Chromium is missing and this system has no apt-get. Install Chromium, then run make test again." >&2
    exit 2
fi
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null

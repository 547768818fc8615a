#!/bin/sh
# The programs that the tests drive and that are no Python: Debian's Chromium, installed where it is missing and we may;
# and what reads the files of docs/deploy (systemd-analyze, promtool, caddy), unpacked into .venv/programs, so that no
# service of theirs is begun on this machine.
set -eu
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests take Chromium, systemd-analyze, promtool and caddy from Debian's packages, and this system has no apt-get." >&2
    exit 2
fi
if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
has_chromium() { for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null 2>&1 && return; done; return 1; }
has_programs() { for name in systemd-analyze promtool caddy; do [ -x "$programs/usr/bin/$name" ] || return 1; done; }
programs="$(pwd)/.venv/programs"
has_chromium && has_programs && exit 0
echo "Installing what the tests drive: Chromium, systemd-analyze, promtool, caddy"
$as_root apt-get update -qq
has_chromium || DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
has_programs && exit 0
packages="$(mktemp -d)"
trap 'rm -rf "$packages"' EXIT
chmod 0755 "$packages"
(cd "$packages" && apt-get download -qq systemd libsystemd-shared prometheus caddy)
for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$programs"; done

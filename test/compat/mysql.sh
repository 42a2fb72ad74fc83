#!/usr/bin/env bash
# Makes a Debian system with a real MySQL in a folder, for the tests: debootstrap of the unstable release, whose MySQL
# is newer than any that the stable ones have. Run again, it finds what is there.
#
#   test/compat/mysql.sh [FOLDER]      (default: farelog/mysql in the user's cache folder)
#
# Needs root and debootstrap. Packages come from the mirror of the machine's own apt sources, or from DEBIAN_MIRROR.
set -euo pipefail

system=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/farelog/mysql}
mkdir -p "$system"
system=$(cd "$system" && pwd)

if [ ! -x "$system/usr/sbin/mysqld" ]; then
  command -v debootstrap >/dev/null || { echo 'debootstrap is missing: apt-get install debootstrap' >&2; exit 1; }
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' 'Created-By: Packages' | head -1)}
  [ -n "$mirror" ] || { echo "The machine's apt sources name no Debian mirror; give one in DEBIAN_MIRROR." >&2; exit 1; }
  # What a run that was broken off left would mislead debootstrap.
  rm -rf "${system:?}"/*
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! {
    debootstrap --variant=minbase sid "$system" "$mirror" &&
      # No service is started in there, and the archives are not needed again.
      DEBIAN_FRONTEND=noninteractive chroot "$system" apt-get install -y -qq --no-install-recommends mysql-server-core &&
      chroot "$system" apt-get clean
  } >"$log" 2>&1; then
    tail -20 "$log" >&2
    exit 1
  fi
fi

chroot "$system" mysqld --version >&2
cat <<TEXT
Tests on it, beside MariaDB and SQLite:

  FARELOG_TEST_MYSQL=$system npx vitest run test/store

By hand:

  chroot $system sh -c 'mkdir -p /var/lib/mysql-files && mysqld --no-defaults --initialize-insecure --user=root --datadir=/data'
  chroot $system mysqld --no-defaults --user=root --datadir=/data --bind-address=127.0.0.1 --port=3399 --mysqlx=OFF --socket=/data/mysqld.sock
TEXT

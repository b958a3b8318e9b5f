#!/usr/bin/env bash
# Compiles the program natively for Windows, as far as that goes on another system: everything but the linking, for which only Windows has
# a linker. Fails if the native compiler warns of anything or leaves no object. Takes half a minute.
# usage: eng/gate-windows-aot.sh [FOLDER]   (default: artifacts/gate-windows-aot)
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath -m "${1:-artifacts/gate-windows-aot}")
mkdir -p "$folder"
find "$folder" -name '*.obj' -delete # else the compiler is not run again, and nothing is said
MSBUILDDISABLENODEREUSE=1 dotnet publish src/Sots.Cli -c Release -r win-x64 -p:PublishAot=true -p:DisableUnsupportedError=true \
  -p:TrimmerSingleWarn=false -p:UseSharedCompilation=false -p:PrivateLockFiles="$folder/locks" \
  --artifacts-path "$folder/build" -o "$folder/program" -v q -clp:NoSummary >"$folder/log" 2>&1 || true
if grep -E '(warning|error) (IL|CS|CA)[0-9]+' "$folder/log" | sort -u; then
  echo 'the native compiler for Windows warns: see above' >&2
  exit 1
fi
object=$(find "$folder/build" -name 'sots_backup.obj' -size +1M | head -n 1)
if [ -z "$object" ]; then
  cat "$folder/log"
  echo 'the native compiler for Windows made no object: see above' >&2
  exit 1
fi
echo "no warnings; $(stat -c %s "$object") bytes of native code for Windows"

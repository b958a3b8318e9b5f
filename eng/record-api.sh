#!/bin/sh
# Records the public surface of Sots.Restic in PublicAPI.Shipped.txt. The difference to what was there is what a review looks at.
# A member that is not recorded does not compile; one that is recorded and gone does not either.
set -eu
cd "$(dirname "$0")/../src/Sots.Restic"

# The compiler is asked with nothing recorded; it names every member. Its complaints must not stop it, nor may an earlier build.
header='#nullable enable'
echo "$header" > PublicAPI.Shipped.txt
echo "$header" > PublicAPI.Unshipped.txt
log=$(mktemp)
trap 'rm -f "$log"' EXIT
DOTNET_CLI_UI_LANGUAGE=en dotnet build --no-incremental -p:TreatWarningsAsErrors=false -v quiet > "$log" || { cat "$log"; exit 1; }
sed -n "s/^.*warning RS0016: Symbol '\(.*\)' is not part of the declared public API.*$/\1/p" "$log" | LC_ALL=C sort -u > PublicAPI.Unshipped.txt
{ echo "$header"; cat PublicAPI.Unshipped.txt; } > PublicAPI.Shipped.txt
echo "$header" > PublicAPI.Unshipped.txt
echo "$(($(wc -l < PublicAPI.Shipped.txt) - 1)) public members recorded"

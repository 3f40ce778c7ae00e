#!/bin/sh
# Runs units of Redis' own test suite, from Debian's source package, against a server with all slots.
#   redis-suite.sh FOLDER HOST PORT UNIT...
# FOLDER keeps the package between runs. Exit code: 0 all passed, 1 a test failed, 77 the package cannot be had.
set -eu
folder=$1; host=$2; port=$3; shift 3
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/lists/partial"
cd "$folder"
if ! ls redis-7.0*/runtest >/dev/null 2>&1; then
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed 's/^Types: .*/Types: deb-src/' > here.sources
    apt="-o Dir::Etc::sourcelist=$folder/here.sources -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$folder/lists"
    # shellcheck disable=SC2086
    apt-get -q $apt update >apt.log 2>&1 && apt-get -q $apt source --download-only redis >>apt.log 2>&1 || { cat apt.log; exit 77; }
    tar xf redis_7.0*.orig.tar.gz
fi
cd redis-7.0*
for tool in redis-server redis-cli redis-benchmark; do ln -sf "$(command -v $tool)" "src/$tool"; done
# The suite prepares a server with commands about functions and settings, which have no meaning here.
sed -i 's/^    r function flush$//; s/^\( *\)r config set \$param \$val/\1catch {r config set $param $val}/' tests/support/server.tcl
# Thresholds of Redis' memory layout.
sed -i 's/^\( *\)r config set \([a-z]*-max-[a-z-]*\)/\1catch {r config set \2/; /catch {r config set [a-z]*-max-/s/$/}/' tests/unit/type/hash.tcl tests/unit/keyspace.tcl
sed '/^#/d; /^$/d' "$here/redis-suite.skip" > skip.txt
units=""
for unit in "$@"; do units="$units --single unit/$unit"; done
# shellcheck disable=SC2086
./runtest --host "$host" --port "$port" --cluster-mode --singledb --ignore-encoding --ignore-digest --no-latency --clients 1 --durable \
    --tags -needs:debug --tags -needs:repl --tags -slow --skipfile skip.txt $units > suite.log 2>&1 || true
sed 's/\x1b\[[0-9;]*m//g' suite.log > suite.txt
passed=$(grep -c '^\[ok\]' suite.txt || true)
failed=$(grep -c '^\[err\]\|^\[exception\]' suite.txt || true)
echo "passed $passed, failed $failed"
grep '^\[err\]\|^\[exception\]' suite.txt || true
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

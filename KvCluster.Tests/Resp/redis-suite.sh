#!/bin/sh
# Runs units of Redis' own test suite, from Debian's source package, against a server with all slots.
#   redis-suite.sh FOLDER HOST PORT UNIT...
# FOLDER keeps the package between runs. What is left out and changed, and why, is in redis-suite.skip.
# Exit code: 0 all passed, 1 a test failed, the run broke off, or the list names what does not exist; 77 the package cannot be had.
set -eu
folder=$1; host=$2; port=$3; shift 3
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/lists/partial"
cd "$folder"
if ! ls redis_7.0*.orig.tar.gz >/dev/null 2>&1; then
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed 's/^Types: .*/Types: deb-src/' > here.sources
    apt="-o Dir::Etc::sourcelist=$folder/here.sources -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$folder/lists"
    # shellcheck disable=SC2086
    apt-get -q $apt update >apt.log 2>&1 && apt-get -q $apt source --download-only redis >>apt.log 2>&1 || { cat apt.log; exit 77; }
fi
rm -rf redis-7.0*/
tar xf redis_7.0*.orig.tar.gz
cd redis-7.0*/
for tool in redis-server redis-cli redis-benchmark; do ln -sf "$(command -v $tool)" "src/$tool"; done

# The list: names and patterns for the suite, tags and options for its command line, edits for sed.
list="$here/redis-suite.skip"
grep -v '^#\|^$\|^tag: \|^option: \|^edit: ' "$list" > skip.txt
options=$(sed -n 's/^option: //p; s/^tag: /--tags -/p' "$list")
sed -n 's/^edit: //p' "$list" | while read -r file edit; do
    cp "$file" before.tcl
    sed -i "$edit" "$file"
    if cmp -s before.tcl "$file"; then echo "nothing to edit in $file: $edit"; exit 1; fi
done
units=""
for unit in "$@"; do units="$units --single unit/$unit"; done
code=0
# shellcheck disable=SC2086
./runtest --host "$host" --port "$port" --clients 1 $options --skipfile skip.txt $units > suite.log 2>&1 || code=$?
sed 's/\x1b\[[0-9;]*m//g' suite.log > suite.txt

passed=$(grep -c '^\[ok\]' suite.txt || true)
failed=$(grep -c '^\[err\]\|^\[exception\]\|^\[TIMEOUT\]' suite.txt || true)
echo "passed $passed, failed $failed, exit code $code"
grep '^\[err\]\|^\[exception\]\|^\[TIMEOUT\]' suite.txt || true
complete=yes
for unit in "$@"; do
    grep -q "^\[[0-9]*/[0-9]* done\]: unit/$unit " suite.txt || { echo "unit/$unit did not end"; complete=no; }
done

# An entry that leaves nothing out is old, or wrong.
while read -r entry; do
    case $entry in
        /*) pattern=${entry#/} ;;
        *) pattern="^$(printf '%s' "$entry" | sed 's/[][\\.*^$+?(){}|]/\\&/g')\$" ;;
    esac
    sed -n 's/^\[skip\]: //p' suite.txt | grep -qE -- "$pattern" || { echo "leaves nothing out: $entry"; complete=no; }
done < skip.txt
if [ "$code" -ne 0 ]; then tail -n 20 suite.txt; fi
[ "$code" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] && [ "$complete" = yes ]

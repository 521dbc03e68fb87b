#!/usr/bin/env bash
# Every check of this repository, in one run, the same for a developer and for CI.
#
# Runs formatting, lints, the walls between crates, the documents, all tests on SQLite and the stories on a PostgreSQL
# of its own. A step that fails does not stop the later ones. The last line counts them all:
#
#     N passed, N failed, N skipped
#
# What the tests need and the machine lacks (a C compiler, poppler's pdftotext, the PostgreSQL server, Chromium with its
# driver and Chinese fonts, a Java runtime for the HTML checker, npm, Python) is installed from Debian's packages; axe-core, the
# checker and a reader of OFD come from npm, another reader, the mail server and the S3 server from PyPI.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: scripts/test.sh [--all-items]

  --all-items   let the pages be driven for every item of the catalogue instead of a sample (TONGBAN_ALL_ITEMS=1)
  -h, --help    this text

CARGO_TARGET_DIR   where to build; by default ~/.cache/tongban-target when it can be written, else target/
Exit code: 0 when nothing failed, 1 when something did, 2 on wrong options.
TEXT
}

all_items="${TONGBAN_ALL_ITEMS:-}"
while [ $# -gt 0 ]; do
    case "$1" in
        --all-items) all_items=1 ;;
        -h | --help) usage; exit 0 ;;
        *) echo "test.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A developer's own settings must not reach the tests.
while read -r name; do unset "$name"; done < <(compgen -v | grep -E '^(TONGBAN|NEXTEST|PG)[A-Z_]*$' || true)
if [ -n "$all_items" ]; then export TONGBAN_ALL_ITEMS=1; fi

if [ -z "${CARGO_TARGET_DIR:-}" ]; then
    cache="${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/tongban-target"
    if mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ]; then export CARGO_TARGET_DIR="$cache"; fi
fi
if [ -t 1 ]; then export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-always}"; fi

# ---------------------------------------------------------------------------------------------------- the account

passed=0
failed=0
skipped=0
failures=()

title() { printf '\n==> %s\n' "$1"; }

# fail STEP REASON: the step counts as one failed test.
fail() {
    failed=$((failed + 1))
    failures+=("$1: $2")
    printf 'FAILED %s: %s\n' "$1" "$2" >&2
}

# step TITLE COMMAND…: runs the command and counts it as one test.
step() {
    local name="$1" began=$SECONDS code=0
    shift
    title "$name"
    "$@" || code=$?
    if [ "$code" -eq 0 ]; then
        passed=$((passed + 1))
        printf 'ok: %s (%d s)\n' "$name" $((SECONDS - began))
    else
        fail "$name" "exit code $code"
    fi
}

# counts LOG: prints "PASSED FAILED IGNORED" summed over the closing lines of nextest or cargo test in LOG.
# Nextest's own "skipped" is left out: it also counts the tests that a filter leaves to another step.
counts() {
    sed -e 's/\x1b\[[0-9;]*m//g' "$1" | awk '
        /^ *Summary \[.*\] *[0-9]+(\/[0-9]+)? tests? run:/ {
            seen = 1
            line = $0
            sub(/^ *Summary \[[^]]*\] */, "", line)
            head = line; sub(/ tests? run:.*/, "", head)
            if (split(head, of, "/") == 2) failed += of[2] - of[1]   # never started, because the run was broken off
            sub(/^.* tests? run:/, "", line)
            gsub(/\([^)]*\)/, "", line)
            n = split(line, part, ",")
            for (i = 1; i <= n; i++) {
                split(part[i], word, " ")
                if (word[2] == "passed") passed += word[1]
                else if (word[2] != "skipped") failed += word[1]     # failed, exec failed, timed out
            }
        }
        /^test result: (ok|FAILED)\. / {
            seen = 1
            passed += $4; failed += $6; ignored += $8
        }
        END { if (seen) print passed + 0, failed + 0, ignored + 0 }'
}

# tests TITLE FILTER ENVIRONMENT…: runs tests and adds what they count. FILTER is "all", "stories", "examples" or "s3".
tests() {
    local name="$1" filter="$2" began=$SECONDS code=0 log list sums command listing=() of_one=(-p blobs --features s3 --test stories)
    shift 2
    title "$name"
    log="$scratch/tests.log"
    list="$scratch/ignored.list"
    : >"$list"
    if [ "$filter" = examples ]; then
        command=(cargo test --workspace --doc --no-fail-fast)
    elif [ "$filter" = s3 ]; then
        if [ "$nextest" = yes ]; then
            command=(cargo nextest run "${of_one[@]}" --no-fail-fast -E 'test(/^s3::/)')
        else
            command=(cargo test "${of_one[@]}" --no-fail-fast s3::)
        fi
    elif [ "$nextest" = yes ]; then
        command=(cargo nextest run --workspace --no-fail-fast)
        listing=(cargo nextest list --workspace --run-ignored only --message-format oneline)
        if [ "$filter" = stories ]; then
            command+=(-E 'binary(stories) | binary(faults)')
            listing+=(-E 'binary(stories) | binary(faults)')
        fi
    else
        command=(cargo test --workspace --no-fail-fast --tests)
        if [ "$filter" = stories ]; then command=(cargo test --workspace --no-fail-fast --test stories --test faults); fi
    fi
    env "$@" "${command[@]}" 2>&1 | tee "$log" || code=$?
    if [ ${#listing[@]} -gt 0 ]; then env "$@" "${listing[@]}" >"$list" 2>/dev/null || true; fi

    sums="$(counts "$log")"
    if [ -z "$sums" ]; then
        # A workspace may have no example at all; every other run must have run something.
        if [ "$filter" = examples ] && [ "$code" -eq 0 ]; then sums="0 0 0"; else
            fail "$name" "no test was run (exit code $code)"
            return
        fi
    fi
    local good bad ignored
    read -r good bad ignored <<<"$sums"
    ignored=$((ignored + $(grep -c . "$list" || true)))
    if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$code" -eq 0 ] && [ "$filter" != examples ] && [ "$good" -eq 0 ]; then bad=$((bad + 1)); fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + ignored))
    if [ "$bad" -gt 0 ]; then failures+=("$name: $bad failed"); fi
    printf '%s: %d passed, %d failed, %d skipped (%d s).\n' "$name" "$good" "$bad" "$ignored" $((SECONDS - began))
}

# ------------------------------------------------------------------------------------------- what the machine needs

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

refreshed=no
# install PACKAGE…: installs Debian packages; needs root or sudo without a question.
install() {
    if ! command -v apt-get >/dev/null; then
        echo "test.sh: this is not a Debian machine: please install $* by hand" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
        echo "test.sh: $* must be installed first: run 'apt-get install $*' as root, or this script as root" >&2
        return 1
    fi
    if [ "$refreshed" = no ]; then
        as_root apt-get update -q || return 1
        refreshed=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# Prints the folder of the newest PostgreSQL server on this machine.
postgres_programs() {
    local folder
    while read -r folder; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return 0
        fi
    done < <(
        { ls -d /usr/lib/postgresql/*/bin 2>/dev/null || true; } | sort -t/ -k5 -n -r
        dirname "$(command -v postgres || echo /nonexistent/postgres)"
    )
    return 1
}

# Debian's package makes and starts a server on the standard port. The tests bring their own, so it is told not to.
install_postgres() {
    local quiet=/etc/postgresql-common/createcluster.d/tongban-tests.conf code=0
    install postgresql-common || return 1
    as_root mkdir -p "$(dirname "$quiet")"
    echo 'create_main_cluster = false' | as_root tee "$quiet" >/dev/null
    install postgresql || code=$?
    as_root rm -f "$quiet"
    return "$code"
}

database_url=""
database_folder=""
database_programs=""

# The server refuses to run as root: root lends it the account that Debian's package made.
as_database_owner() {
    # From the root folder: the account may not be able to stand where this script does.
    (cd / && if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi)
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Makes and starts a PostgreSQL in a temporary folder on a free port of the loopback; sets database_url. Called where
# `set -e` does not reach, so each line that may fail returns.
start_postgres() {
    if ! database_programs="$(postgres_programs)"; then
        install_postgres || return 1
        database_programs="$(postgres_programs)" || return 1
    fi
    if [ "$(id -u)" -eq 0 ] && ! id postgres >/dev/null 2>&1; then
        useradd --system --no-create-home --shell /bin/sh postgres || return 1
    fi
    # A folder of its own: the owner of the database must be able to walk into it, and a socket's path is short.
    local folder
    folder="$(mktemp -d /tmp/tongban-postgres.XXXXXX)" || return 1
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$folder" || return 1; fi
    database_folder="$folder"
    if ! as_database_owner "$database_programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C --no-sync >"$scratch/initdb.log" 2>&1; then
        cat "$scratch/initdb.log" >&2
        return 1
    fi
    # Nothing here must survive a power cut, so nothing waits for the disk.
    local port options attempt
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 12000))
        port_is_free "$port" || continue
        options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync=off"
        options+=" -c synchronous_commit=off -c full_page_writes=off -c autovacuum=on -c shared_buffers=128MB"
        if as_database_owner "$database_programs/pg_ctl" start --pgdata="$folder/data" --log="$folder/log" \
            --wait --timeout=60 --silent --options="$options" </dev/null; then
            database_url="postgres://postgres@127.0.0.1:$port/postgres"
            echo "PostgreSQL: $("$database_programs/postgres" --version), port $port"
            return 0
        fi
        echo "PostgreSQL did not start on port $port (attempt $attempt)" >&2
        as_database_owner tail -n 20 "$folder/log" >&2 || true
    done
    return 1
}

# from_pypi FOLDER PACKAGE: a Python of its own in FOLDER with PACKAGE.
from_pypi() {
    if ! python3 -m venv "$1" >/dev/null 2>&1; then
        install python3-venv >/dev/null || return 1
        python3 -m venv "$1" || return 1
    fi
    "$1/bin/pip" install --quiet --disable-pip-version-check "$2"
}

# The mail server that the stories of messages talk to; sets TONGBAN_TEST_PYTHON.
prepare_mail() {
    from_pypi "$scratch/mail" 'aiosmtpd==1.4.6' || return 1
    export TONGBAN_TEST_PYTHON="$scratch/mail/bin/python"
}

# Starts an S3-compatible server of its own process on a free port; sets s3_endpoint.
s3_endpoint=""
s3_process=""
start_s3() {
    local folder="$scratch/s3" port attempt waited
    from_pypi "$folder" 'moto[server]==5.2.5' || return 1
    for attempt in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 12000))
        port_is_free "$port" || continue
        "$folder/bin/moto_server" -H 127.0.0.1 -p "$port" >"$scratch/s3.log" 2>&1 &
        s3_process=$!
        for waited in $(seq 1 120); do
            if ! port_is_free "$port"; then
                s3_endpoint="http://127.0.0.1:$port"
                echo "S3: moto, port $port"
                return 0
            fi
            kill -0 "$s3_process" 2>/dev/null || break
            sleep 0.5
        done
        echo "the S3 server did not start on port $port (attempt $attempt, waited $waited)" >&2
        kill "$s3_process" 2>/dev/null || true
    done
    s3_process=""
    return 1
}

# Packages of npm that the browser's tests use: the search for barriers, and the checker of HTML. Kept beside the build.
axe_version=4.14.1
vnu_version=26.9.27

# Chromium, its driver, fonts for Chinese, a Java runtime, and the two packages of npm; sets TONGBAN_AXE and TONGBAN_VNU.
prepare_browser() {
    local missing=()
    command -v chromedriver >/dev/null || missing+=(chromium-driver)
    command -v chromium >/dev/null || missing+=(chromium)
    [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ] || missing+=(fontconfig fonts-noto-cjk)
    command -v java >/dev/null || missing+=(default-jre-headless)
    command -v npm >/dev/null || missing+=(npm)
    if [ ${#missing[@]} -gt 0 ]; then install "${missing[@]}" || return 1; fi
    local folder="${CARGO_TARGET_DIR:-$PWD/target}/npm-$axe_version-$vnu_version"
    if [ ! -f "$folder/node_modules/vnu-jar/build/dist/vnu.jar" ] || [ ! -f "$folder/node_modules/axe-core/axe.min.js" ]; then
        mkdir -p "$folder" || return 1
        npm install --prefix "$folder" --no-save --no-package-lock --no-audit --no-fund --silent \
            "axe-core@$axe_version" "vnu-jar@$vnu_version" || return 1
    fi
    export TONGBAN_AXE="$folder/node_modules/axe-core/axe.min.js"
    export TONGBAN_VNU="$folder/node_modules/vnu-jar/build/dist/vnu.jar"
    [ -f "$TONGBAN_AXE" ] && [ -f "$TONGBAN_VNU" ]
}

# Readers of OFD that others wrote, from npm and PyPI; they open our sealed documents. Kept beside the build.
ofd_js_version=0.2.6
easyofd_version=20260427

# Sets TONGBAN_OFD_JS and TONGBAN_EASYOFD.
prepare_readers() {
    local folder="${CARGO_TARGET_DIR:-$PWD/target}/readers-$ofd_js_version-$easyofd_version"
    mkdir -p "$folder" || return 1
    local library="$folder/node_modules/ofd.js/lib/ofd.umd.min.js"
    if [ ! -f "$library" ]; then
        npm install --prefix "$folder" --no-save --no-package-lock --no-audit --no-fund --silent \
            "ofd.js@$ofd_js_version" || return 1
    fi
    if ! "$folder/python/bin/python" -c 'import easyofd.ofd' >/dev/null 2>&1; then
        rm -rf "$folder/python"
        if ! python3 -m venv "$folder/python" >/dev/null 2>&1; then
            install python3-venv >/dev/null || return 1
            python3 -m venv "$folder/python" || return 1
        fi
        "$folder/python/bin/pip" install --quiet --disable-pip-version-check "easyofd==$easyofd_version" || return 1
    fi
    export TONGBAN_OFD_JS="$library"
    export TONGBAN_EASYOFD="$folder/python/bin/python"
    [ -f "$TONGBAN_OFD_JS" ] && "$TONGBAN_EASYOFD" -c 'import easyofd.ofd' >/dev/null 2>&1
}

scratch="$(mktemp -d "${TMPDIR:-/tmp}/tongban-test.XXXXXX")"
clean_up() {
    local code=$?
    trap - EXIT
    if [ -n "$database_folder" ]; then
        if [ -f "$database_folder/data/postmaster.pid" ] || [ -n "$database_url" ]; then
            as_database_owner "$database_programs/pg_ctl" stop --pgdata="$database_folder/data" --mode=immediate \
                --wait --silent >/dev/null 2>&1 || true
        fi
        rm -rf "$database_folder"
    fi
    if [ -n "$s3_process" ]; then kill "$s3_process" 2>/dev/null || true; fi
    rm -rf "$scratch"
    exit "$code"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ---------------------------------------------------------------------------------------------------------- the run

title "What the tests need"
if ! command -v cargo >/dev/null; then
    echo "test.sh: cargo is missing: install the Rust toolchain (rustup, or a package of at least the version in Cargo.toml)" >&2
    exit 1
fi
if ! command -v pdftotext >/dev/null; then
    install poppler-utils || fail "documents" "pdftotext could not be had (see above): install Debian's package poppler-utils"
fi
if ! command -v cc >/dev/null; then
    install gcc libc6-dev || { echo "test.sh: no C compiler could be had: install gcc and libc6-dev" >&2; exit 1; }
fi
if ! command -v openssl >/dev/null; then
    install openssl || { echo "test.sh: no OpenSSL could be had: install Debian's package openssl" >&2; exit 1; }
fi
nextest=no
if cargo nextest --version >/dev/null 2>&1; then nextest=yes; else
    echo "cargo-nextest is not installed: going on with cargo test, which is slower"
fi
start_postgres || database_url=""
prepare_mail || fail "mail" "aiosmtpd could not be had from PyPI (see above)"
prepare_browser || fail "browser" "Chromium, its driver, Java or the packages of npm could not be had (see above)"
prepare_readers || fail "readers of OFD" "ofd.js could not be had from npm, or easyofd from PyPI (see above)"
cargo --version
echo "Building in ${CARGO_TARGET_DIR:-target}"

step "formatting" cargo fmt --check
step "lints" cargo clippy --workspace --all-targets -- -D warnings
step "walls between crates" cargo xtask deps
step "documents" cargo xtask docs
tests "tests on SQLite" all
tests "examples in the documentation" examples
if [ -n "$database_url" ]; then
    tests "stories on PostgreSQL" stories TONGBAN_TEST_DATABASE_URL="$database_url"
else
    title "stories on PostgreSQL"
    fail "stories on PostgreSQL" "no PostgreSQL server could be had (see above): install Debian's package postgresql"
fi
if start_s3; then
    tests "files on an S3 server" s3 TONGBAN_TEST_S3="$s3_endpoint" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
else
    title "files on an S3 server"
    echo "skipped: no S3 server could be had from PyPI (see above); the folder's own stories have run"
    skipped=$((skipped + 1))
fi
step "rustdoc" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

title "Result after $((SECONDS / 60)) min $((SECONDS % 60)) s"
for failure in ${failures[@]+"${failures[@]}"}; do echo "FAILED $failure"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

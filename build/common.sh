# Shared by ./slipway and ./test: build what changed, once, whoever asks first.
# Sourced by bash, not run. Everything it prints goes to standard error.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# A build node that outlives the build would hold the caller's pipes open.
export MSBUILDDISABLENODEREUSE=1
[ -n "${HOME:-}" ] || export DOTNET_CLI_HOME="${TMPDIR:-/tmp}"

state="$root/artifacts"

# Shells keep 126 for "found, but cannot be run" and 127 for "not found"; the CLI itself never exits with either.
readonly CANNOT_BUILD=126 NO_DOTNET=127

require_dotnet() {
    command -v dotnet >/dev/null 2>&1 && return
    echo "$me: the .NET SDK is missing: install .NET 10 (https://dotnet.microsoft.com/download) so that 'dotnet' is on the PATH" >&2
    exit "$NO_DOTNET"
}

# fingerprint PATH...: one line that changes when any input of the build below these paths does.
# Lab files among the samples are read when they run, never built in.
fingerprint() {
    (cd "$root" && find "$@" \( -name bin -o -name obj -o -name TestResults \) -prune -o \
        -type f ! -path 'samples/*.yaml' ! -name '*.pcapng' -printf '%p %s %T@\n' | LC_ALL=C sort | cksum)
}

# build STAMP OUTPUT TARGET CONFIGURATION INPUT...: builds unless OUTPUT is there and no input changed since the last success.
build() {
    local stamp="$state/stamps/$1" output="$2" target="$3" configuration="$4" now
    shift 4
    now=$(fingerprint "$@")
    [ -e "$output" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
    require_dotnet
    mkdir -p "$state/stamps"
    # Concurrent starts: one builds, the others wait for it and then find nothing left to do.
    exec 9>"$state/build.lock"
    if command -v flock >/dev/null 2>&1; then flock 9; fi
    now=$(fingerprint "$@")
    if [ ! -e "$output" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$now" ]; then
        echo "$me: building ($configuration)..." >&2
        if ! (cd "$root" && dotnet msbuild "$target" -restore -p:Configuration="$configuration" -nologo -tl:off -v:quiet -clp:ErrorsOnly) </dev/null >&2 9>&-; then
            echo "$me: the build failed" >&2
            exit "$CANNOT_BUILD"
        fi
        echo "$now" >"$stamp"
    fi
    exec 9>&-
}

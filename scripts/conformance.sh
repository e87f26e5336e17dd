#!/usr/bin/env bash
# npm run conformance: what we build and package, judged by tools and emulators that others wrote. cfn-lint reads the
# templates, the `aws` command line and moto meet the bundles. Needs Python 3.10 or newer and PyPI, once, for .venv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requirements=scripts/conformance/requirements.txt
tools=$PWD/.venv/bin
pids=()
work=$(mktemp -d)

finish() {
  for pid in ${pids[@]+"${pids[@]}"}; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  printf 'conformance: %s\n  hint: %s\n' "$1" "$2" >&2
  exit 1
}

# Made anew when the requirements change: a leftover of another version would judge by other rules.
install_tools() {
  if cmp -s "$requirements" .venv/installed.txt; then return; fi
  command -v python3 >/dev/null || fail 'python3 was not found' 'install Python 3.10 or newer'
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "$(python3 --version) is too old" 'install Python 3.10 or newer'
  rm -rf .venv
  python3 -m venv .venv ||
    fail 'python3 could not make a virtual environment' 'on Debian and Ubuntu: apt-get install python3-venv'
  "$tools/pip" install --quiet --disable-pip-version-check --requirement "$requirements" ||
    fail "could not install $requirements" 'PyPI, or a mirror of it that pip is set to, has to be reachable'
  cp "$requirements" .venv/installed.txt
}

# wait_for_line <log> <pid> <pattern>: the first line that matches, once the process has written it.
wait_for_line() {
  for _ in $(seq 300); do
    if grep -m 1 -oE "$3" "$1"; then return; fi
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  cat "$1" >&2
  return 1
}

printf '== tools\n'
install_tools
"$tools/cfn-lint" --version

printf '== package\n'
npx --no-install serverless package

printf '== cfn-lint\n'
# W3005: the framework names each function's role as a dependency although it refers to it, too. Harmless.
"$tools/cfn-lint" --ignore-checks W3005 --template .serverless/cloudformation-template-update-stack.json
"$tools/cfn-lint" --template deploy/copy-region.yml

printf '== moto\n'
# Port 0: the system chooses a free one.
"$tools/moto_server" --host 127.0.0.1 --port 0 >"$work/moto.log" 2>&1 &
pids+=($!)
CONFORMANCE_MOTO_URL=$(wait_for_line "$work/moto.log" $! 'http://127\.0\.0\.1:[0-9]+') ||
  fail 'moto did not start' 'its log stands above'
export CONFORMANCE_MOTO_URL
printf 'at %s\n' "$CONFORMANCE_MOTO_URL"

npx --no-install jest --config jest.conformance.config.cjs "$@"

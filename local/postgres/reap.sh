#!/bin/sh
# Ends every server whose data lies under the folder $1, then removes the folder. Run at our exit, and by the watcher
# (reaper.ts) when we ended without one. Knows the servers by their postmaster.pid: line 1 is the process, line 7 the
# System V shared memory that a killed one leaves behind.
root=$1
for file in "$root"/*/servers/*/data/postmaster.pid; do
  [ -f "$file" ] || continue
  pid=$(sed -n 1p "$file")
  memory=$(sed -n '7s/^ *-\{0,1\}[0-9]* *//p' "$file")
  # A number that has passed on to another process is left alone: ours has the folder in its command line.
  if [ -r "/proc/$pid/cmdline" ]; then
    tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF "${file%/postmaster.pid}" || continue
  else
    ps -ww -o args= -p "$pid" 2>/dev/null | grep -qF "${file%/postmaster.pid}" || continue
  fi
  kill -STOP "$pid"
  # Frozen for a capture, children would never see that their postmaster is gone.
  children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null || pgrep -P "$pid")
  # shellcheck disable=SC2086 # a list
  kill -KILL "$pid" $children 2>/dev/null
  [ -z "$memory" ] || ipcrm -m "$memory" 2>/dev/null
done
rm -rf "$root"
[ ! -e "$root" ] || { sleep 0.2; rm -rf "$root"; }

#!/bin/bash
# Puts itself into a cgroup of its own in every hierarchy, then becomes the first process of new namespaces.
# launch.sh CGROUP NETNS INIT [ARGS…]
set -eu
cgroup=$1 netns=$2
shift 2

join_v1() {
  local hierarchy path part
  for hierarchy in /sys/fs/cgroup/*/; do
    [ -e "$hierarchy/cgroup.procs" ] && [ "$(stat -fc %T "$hierarchy")" = cgroupfs ] || continue
    path=$hierarchy
    for part in ${cgroup//\// }; do
      path=$path/$part
      mkdir -p "$path"
      # A new cpuset takes no process before it has processors and memory.
      if [ -e "$path/cpuset.cpus" ] && [ -z "$(cat "$path/cpuset.cpus")" ]; then
        cat "$path/../cpuset.cpus" > "$path/cpuset.cpus"
        cat "$path/../cpuset.mems" > "$path/cpuset.mems"
      fi
    done
    echo $$ > "$path/cgroup.procs"
  done
}

if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mkdir -p "/sys/fs/cgroup/$cgroup"
  echo $$ > "/sys/fs/cgroup/$cgroup/cgroup.procs"
else
  # One at a time: a cpuset that another one has made and not yet filled takes no process, and has nothing to hand down.
  exec 9< /sys/fs/cgroup
  flock 9
  join_v1
  exec 9<&-
fi

exec nsenter --net="/run/netns/$netns" unshare --cgroup --mount --uts --ipc --pid --fork --kill-child=KILL "$@"

#!/bin/bash
# Starts a component, and starts it again when it ends, as systemd would. A file /run/netwright/hold-COMPONENT keeps one
# from being started again. Read by init.sh, and before switch.sh. Environment: logs

supervise() {
  local name=$1
  shift
  # As systemd does: where the lab was started from may not be there for a node, and haproxy refuses to start then.
  cd / && while :; do
    while [ -e "/run/netwright/hold-$name" ]; do sleep 0.2; done
    "$@" >> "$logs/$name.log" 2>&1 &
    echo $! > "/run/netwright/$name.pid"
    wait $!
    sleep 0.2
  done &
}

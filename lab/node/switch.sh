#!/bin/bash
# Starts Calico on a node whose pods' network was flannel, in a session of its own, so that it can be ended as a whole.
# Read after supervise.sh and calico.sh.
# Environment: NODE, ADDRESS, NODE_DIR, PKI, POD_RANGE, UPLINK, NETWORK, CALICO_BIN, BIN
set -u
export PATH=$BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 GOGC=400
logs=$NODE_DIR/log
echo $$ > /run/netwright/switch.pid
start_calico
wait

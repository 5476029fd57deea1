#!/bin/bash
# Starts Calico on a node whose pods' network was flannel, in a session of its own, so that it can be ended as a whole.
# Environment: NODE, ADDRESS, NODE_DIR, PKI, POD_RANGE, UPLINK, NETWORK, CALICO_BIN, BIN
set -u
export PATH=$BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 GOGC=400
logs=$NODE_DIR/log
folder=$(dirname "$0")
. "$folder/supervise.sh"
. "$folder/calico.sh"
echo $$ > /run/netwright/switch.pid
start_calico
wait

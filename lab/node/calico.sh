#!/bin/bash
# Calico on a node, as its manifest starts it: what prepares the node, felix, and the plugin's configuration. Read by
# init.sh. Environment as there, and NETWORK, CALICO_BIN.

has_ipip() {
  ip link show tunl0 &> /dev/null && return
  ip link add nwtry type ipip remote "$ADDRESS" &> /dev/null && ip link del nwtry
}

# NAME MTU IPAM
write_calico_config() {
  local file=/etc/cni/net.d/$1.conflist
  cat > "$file.new" << CNI
{"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[
 {"type":"calico","log_level":"info","log_file_path":"/var/log/calico/cni/cni.log","datastore_type":"kubernetes",
  "nodename":"$NODE","mtu":$2,"ipam":$3,"policy":{"type":"k8s"},
  "kubernetes":{"kubeconfig":"$PKI/calico.conf"}},
 {"type":"portmap","snat":true,"capabilities":{"portMappings":true}},
 {"type":"bandwidth","capabilities":{"bandwidth":true}}]}
CNI
  mv "$file.new" "$file"
}

start_calico() {
  local vxlan=Never ipip=Never backend=vxlan
  [ "$NETWORK" = calico-vxlan ] && vxlan=Always
  [ "$NETWORK" = calico-ipip ] && ipip=Always backend=bird
  [ "$NETWORK" = calico-bgp ] && backend=bird
  [ "$NETWORK" = canal ] && backend=none
  export NODENAME=$NODE CALICO_K8S_NODE_REF=$NODE DATASTORE_TYPE=kubernetes KUBECONFIG=$PKI/calico.conf \
    IP=autodetect IP_AUTODETECTION_METHOD=interface=$UPLINK IP6=none CALICO_NETWORKING_BACKEND=$backend \
    CALICO_IPV4POOL_CIDR=$POD_RANGE CALICO_IPV4POOL_VXLAN=$vxlan CALICO_IPV4POOL_IPIP=$ipip \
    CALICO_DISABLE_FILE_LOGGING=true CLUSTER_TYPE=k8s \
    FELIX_DATASTORETYPE=kubernetes FELIX_FELIXHOSTNAME=$NODE FELIX_IPV6SUPPORT=false FELIX_XDPENABLED=false \
    FELIX_USAGEREPORTINGENABLED=false FELIX_DEFAULTENDPOINTTOHOSTACTION=ACCEPT FELIX_HEALTHENABLED=true \
    FELIX_LOGFILEPATH=none FELIX_LOGSEVERITYSCREEN=Warning
  mkdir -p /var/lib/calico
  # Its kinds of objects, and the node's own, come when the API answers.
  until "$CALICO_BIN/calico-node" -startup >> "$logs/calico-startup.log" 2>&1; do sleep 0.5; done
  if [ "$NETWORK" = canal ]; then
    supervise felix "$CALICO_BIN/calico-node" -felix
    until [ -s /run/flannel/subnet.env ]; do sleep 0.1; done
    . /run/flannel/subnet.env
    write_calico_config 10-canal "$FLANNEL_MTU" '{"type":"host-local","subnet":"usePodCidr"}'
    return
  fi
  # Where pods' packets leave the node: by the tunnel, or as they are.
  local way=$UPLINK
  if [ "$NETWORK" = calico-ipip ]; then
    way=tunl0
    has_ipip || supervise ipip "$CALICO_BIN/ipip" tunl0
  fi
  [ "$backend" = vxlan ] || supervise block-routes "$CALICO_BIN/block-routes" "$PKI/calico.conf" "$NODE" "$way"
  "$CALICO_BIN/calico-node" -allocate-tunnel-addrs -allocate-tunnel-addrs-run-once >> "$logs/calico-startup.log" 2>&1
  supervise calico-tunnels "$CALICO_BIN/calico-node" -allocate-tunnel-addrs
  supervise felix "$CALICO_BIN/calico-node" -felix
  # The plugin gives pods what felix finds to fit.
  until [ -s /var/lib/calico/mtu ]; do sleep 0.1; done
  write_calico_config 10-calico 0 '{"type":"calico-ipam"}'
}

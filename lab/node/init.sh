#!/bin/bash
# The first process of a node: gives it a root of its own where it matters, starts its components and starts them again
# when they end, as systemd would. A file /run/netwright/hold-COMPONENT keeps one from being started again. Environment:
# NODE, HOST_NAME, ADDRESS, CACHE_ROOT, NODE_DIR, PKI, BIN, CNI_BIN, SSHD, LD_EXTRA, SERVER_ADDRESS, CONTROL_PLANE,
# ETCD_PEER, ETCD_MEMBERS, HAPROXY, NODE_IPS, POD_RANGE, POD_RANGES, POD_RANGE_IPV6, NODE_MASK, SERVICE_RANGE,
# SERVICE_RANGES, PROXY_MODE, UPLINK, OVERLAY_CARD, POLICY, POLICY_BIN, NETWORK, CALICO_BIN, NODE_KIND
set -u
export PATH=$BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8
# Memory for processor time, which is what the start of a lab lacks: garbage is collected less often.
export GOGC=400
logs=$NODE_DIR/log
. "$(dirname "$0")/supervise.sh"
. "$(dirname "$0")/calico.sh"
mkdir -p "$logs"

# A node has /run, /var and /tmp of its own. What the lab is made of may lie below one of them, and stays there.
keep_cache() {
  [ -e "$CACHE_ROOT" ] && return
  mkdir -p "$CACHE_ROOT"
  mount --no-canonicalize --bind /proc/self/fd/7 "$CACHE_ROOT"
}

mount_private() {
  mount --make-rprivate /
  exec 7< "$CACHE_ROOT"
  hostname "$HOST_NAME"
  # The network namespace's own /sys: what is mounted over the host's shows the host's devices.
  local cgroups
  cgroups=$(stat -fc %T /sys/fs/cgroup)
  mount -t sysfs sysfs /sys
  if [ "$cgroups" = cgroup2fs ]; then
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    # Version 2 allows no process beside sub-groups that have controllers.
    mkdir -p /sys/fs/cgroup/init
    while read -r pid; do echo "$pid" > /sys/fs/cgroup/init/cgroup.procs || true; done < /sys/fs/cgroup/cgroup.procs
    for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
      echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control || true
    done
  else
    mount -t tmpfs tmpfs /sys/fs/cgroup
    for controller in $(awk '$1 !~ /^#/ && $4 == 1 { print $1 }' /proc/cgroups); do
      mkdir -p "/sys/fs/cgroup/$controller"
      mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller" 2>/dev/null \
        || rmdir "/sys/fs/cgroup/$controller"
    done
    # Hierarchies with a name and no controller, systemd's for one: runc looks containers up in every one that a process
    # is in.
    for name in $(sed -n 's/^[0-9]*:name=\([^:]*\):.*/\1/p' /proc/self/cgroup); do
      mkdir -p "/sys/fs/cgroup/$name"
      mount -t cgroup -o "none,name=$name" cgroup "/sys/fs/cgroup/$name"
    done
  fi
  mount -t proc proc /proc
  mount -t tmpfs -o mode=755 tmpfs /run
  keep_cache
  mkdir -p /run/overlay/etc/{upper,work} /run/netwright /run/containerd /run/flannel /run/netns /run/sshd /run/lock
  mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/overlay/etc/upper,workdir=/run/overlay/etc/work /etc
  rm -rf /etc/cni /etc/rancher /etc/ssh
  cp -a "$NODE_DIR/etc/." /etc/
  mount -t tmpfs -o mode=755 tmpfs /var
  keep_cache
  ln -s /run /var/run
  mkdir -p /var/lib/{kubelet,containerd,cni} /var/log/pods /var/tmp /var/empty
  [ "$NODE_KIND" = light ] || mount --bind "$NODE_DIR/containerd" /var/lib/containerd
  mount --bind /var/lib/kubelet /var/lib/kubelet
  mount --make-rshared /var/lib/kubelet
  mount -t tmpfs -o mode=1777 tmpfs /tmp
  keep_cache
  exec 7<&-
}

# A client that is refused backs off for seconds: better to come when the API listens.
await_api() {
  until (: < "/dev/tcp/$SERVER_ADDRESS/6443") 2> /dev/null; do sleep 0.1; done
}

# No workload here uses these, and each would watch kinds of its own at the API server.
UNUSED_CONTROLLERS=(horizontal-pod-autoscaler disruption resourcequota replicationcontroller resourceclaim
  ephemeral-volume persistentvolume-attach-detach persistentvolume-expander
  certificatesigningrequest-signing certificatesigningrequest-approving certificatesigningrequest-cleaner
  validatingadmissionpolicy-status storageversion-garbage-collector legacy-serviceaccount-token-cleaner)

# Small labs answer at once; where one machine has many nodes, the defaults of Kubernetes and a rest for what each node
# does by itself: else 40 of kube-proxy write rules without a pause while endpoints come.
if [ "$NODE_KIND" = light ]; then
  NODE_GRACE=50s ENDPOINTS_REST=500ms PROXY_REST=5s RULES_CHECK=60
else
  NODE_GRACE=16s ENDPOINTS_REST=0s PROXY_REST=200ms RULES_CHECK=5
fi

control_plane() {
  local admission=()
  [ -e /etc/netwright/admission.yaml ] && admission=(--admission-control-config-file /etc/netwright/admission.yaml)
  # Of several members each serves the API server of its own node.
  local elect=false
  [[ $ETCD_MEMBERS = *,* ]] && elect=true
  supervise etcd etcd --name "$NODE" --data-dir /var/lib/etcd --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls "$ETCD_PEER" --initial-advertise-peer-urls "$ETCD_PEER" --initial-cluster "$ETCD_MEMBERS"
  supervise kube-apiserver kube-apiserver --etcd-servers http://127.0.0.1:2379 \
    --advertise-address "$ADDRESS" --secure-port 6443 \
    --service-cluster-ip-range "$SERVICE_RANGES" --service-node-port-range 30000-32767 --allow-privileged \
    --tls-cert-file "$PKI/apiserver.crt" --tls-private-key-file "$PKI/apiserver.key" --client-ca-file "$PKI/ca.crt" \
    --kubelet-client-certificate "$PKI/apiserver-kubelet-client.crt" \
    --kubelet-client-key "$PKI/apiserver-kubelet-client.key" \
    --kubelet-preferred-address-types InternalIP --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$PKI/sa.pub" --service-account-signing-key-file "$PKI/sa.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --event-ttl 1h --profiling=false \
    --enable-priority-and-fairness=false "${admission[@]}"
  supervise kube-controller-manager kube-controller-manager --kubeconfig "$PKI/controller-manager.conf" \
    --allocate-node-cidrs "$NODE_MASK" --cluster-cidr "$POD_RANGES" --service-cluster-ip-range "$SERVICE_RANGES" \
    --leader-elect="$elect" --root-ca-file "$PKI/ca.crt" \
    --service-account-private-key-file "$PKI/sa.key" --use-service-account-credentials --node-monitor-period 2s \
    --node-monitor-grace-period "$NODE_GRACE" --endpointslice-updates-batch-period "$ENDPOINTS_REST" \
    --kube-api-qps 200 --kube-api-burst 400 \
    --controllers "*$(printf ',-%s-controller' "${UNUSED_CONTROLLERS[@]}")"
  supervise kube-scheduler kube-scheduler --kubeconfig "$PKI/scheduler.conf" --leader-elect="$elect" \
    --kube-api-qps 200 --kube-api-burst 400
}

# Made when flannel has a range for the node, as K3s does.
write_cni_config() {
  until [ -s /run/flannel/subnet.env ]; do sleep 0.1; done
  . /run/flannel/subnet.env
  local ranges= routes=
  if [ -n "${FLANNEL_SUBNET:-}" ]; then
    # flannel writes the address of its bridge, which is the range's second.
    local bridge=${FLANNEL_SUBNET%/*}
    ranges="[{\"subnet\":\"${bridge%.*}.$((${bridge##*.} - 1))/${FLANNEL_SUBNET#*/}\"}]"
    routes="{\"dst\":\"$POD_RANGE\"}"
  fi
  if [ -n "$POD_RANGE_IPV6" ]; then
    ranges="${ranges:+$ranges,}[{\"subnet\":\"${FLANNEL_IPV6_SUBNET%::1/64}::/64\"}]"
    routes="${routes:+$routes,}{\"dst\":\"$POD_RANGE_IPV6\"}"
  fi
  cat > /etc/cni/net.d/10-flannel.conflist.new << CNI
{"name":"cbr0","cniVersion":"1.0.0","plugins":[
 {"type":"bridge","bridge":"cni0","isDefaultGateway":true,"hairpinMode":true,"forceAddress":true,
  "mtu":$FLANNEL_MTU,"ipMasq":false,
  "ipam":{"type":"host-local","ranges":[$ranges],"routes":[$routes]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
CNI
  mv /etc/cni/net.d/10-flannel.conflist.new /etc/cni/net.d/10-flannel.conflist
}

mount_private
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
[ -n "$POD_RANGE_IPV6" ] && sysctl -qw net.ipv6.conf.all.forwarding=1 net.bridge.bridge-nf-call-ip6tables=1
ip link set lo up
grep -q '^sshd:' /etc/passwd || echo 'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin' >> /etc/passwd

[ "$CONTROL_PLANE" = 1 ] && control_plane
[ -e /etc/netwright/api-balancer.cfg ] && supervise api-balancer env LD_LIBRARY_PATH="$LD_EXTRA" \
  "$HAPROXY" -db -f /etc/netwright/api-balancer.cfg
[ "$NODE_KIND" = light ] || supervise containerd containerd -c /etc/netwright/containerd.toml -l warn
supervise sshd env LD_LIBRARY_PATH="$LD_EXTRA" "$SSHD" -D -e -f /etc/ssh/sshd_config
{
  await_api
  [[ $NETWORK = flannel || $NETWORK = canal ]] && supervise flanneld env NODE_NAME="$NODE" \
    flanneld --kube-subnet-mgr --kubeconfig-file "$PKI/flannel.conf" --iface "$OVERLAY_CARD" \
    --net-config-path /etc/netwright/net-conf.json --ip-masq --iptables-resync "$RULES_CHECK" --healthz-port 0
  supervise kube-proxy kube-proxy --kubeconfig "$PKI/kube-proxy.conf" --cluster-cidr "$POD_RANGES" \
    --hostname-override "$NODE" --proxy-mode "$PROXY_MODE" --conntrack-max-per-core 0 \
    --iptables-min-sync-period "$PROXY_REST"
  # As K3s embeds it: its firewall alone.
  [ "$POLICY" = kube-router ] && supervise kube-router "$POLICY_BIN/kube-router" --kubeconfig "$PKI/flannel.conf" \
    --hostname-override "$NODE" --run-firewall --run-router=false --run-service-proxy=false --enable-cni=false \
    --service-cluster-ip-range "$SERVICE_RANGE" --health-port 0 --metrics-port 0
  [ "$NETWORK" = flannel ] || start_calico
  wait
} &
[ "$NETWORK" = flannel ] && write_cni_config &
# One program outside plays kubelet and runtime for all light nodes (lab/components/light-kubelet).
[ "$NODE_KIND" = light ] && while :; do wait; sleep 1; done
until [ -S /run/containerd/containerd.sock ]; do sleep 0.05; done
# Where kubeadm and the log's usual places would have them.
mkdir -p /etc/kubernetes
ln -sf "$PKI/$NODE.conf" /etc/kubernetes/kubelet.conf
ln -sf "$logs/kubelet.log" /var/log/kubelet.log
supervise kubelet kubelet --config /etc/netwright/kubelet.yaml --kubeconfig "$PKI/$NODE.conf" \
  --hostname-override "$NODE" --node-ip "$NODE_IPS" --cert-dir /var/lib/kubelet/pki

# What is orphaned in the node ends up here and is reaped by the shell's wait.
while :; do wait; sleep 1; done

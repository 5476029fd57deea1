#!/bin/sh
# An overlay test as scripts do it: a DaemonSet, and by kubectl exec from each of its pods, one after the other, a ping,
# a curl and a UDP datagram to each of them, a connection to each Service's ClusterIP, and a look-up of a name. One try
# each. KUBECTL IMAGE: the kubectl to use, and an image that has agnhost.
kubectl=$1 image=$2 namespace=overlay-mesh failed=0
trap '"$kubectl" delete namespace "$namespace" --wait=false >/dev/null 2>&1' EXIT
"$kubectl" create namespace "$namespace" >/dev/null || exit 2
"$kubectl" apply -n "$namespace" -f - >/dev/null <<EOF || exit 2
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: mesh }
spec:
  selector: { matchLabels: { app: mesh } }
  template:
    metadata: { labels: { app: mesh } }
    spec:
      terminationGracePeriodSeconds: 0
      tolerations: [{ operator: Exists }]
      containers:
        - { name: mesh, image: "$image", args: [netexec, --http-port=8080, --udp-port=8081] }
EOF
"$kubectl" rollout status -n "$namespace" daemonset/mesh --timeout=180s >/dev/null || exit 2
list() { # FIELDS: of each object, with spaces between
  fields=$1
  shift
  "$kubectl" get "$@" -o "jsonpath={range .items[*]}$fields {end}"
}
pods=$(list '{.metadata.name}/{.spec.nodeName}/{.status.podIP}' pods -n "$namespace")
services=$(list '{.metadata.name}/{.spec.clusterIP}/{.spec.ports[0].port}' services -A)

try() { # FROM WHAT COMMAND…
  from=$1 what=$2
  shift 2
  if "$kubectl" exec -n "$namespace" "${from%%/*}" -- "$@" >/dev/null 2>&1; then
    echo "ok ${from#*/} $what"
  else
    failed=$((failed + 1))
    echo "FAIL ${from#*/} $what"
  fi
}

for from in $pods; do
  for to in $pods; do
    ip=${to##*/}
    try "$from" "ping ${to#*/}" ping -c 1 -W 2 "$ip"
    try "$from" "http ${to#*/}" curl -sf -m 5 "http://$ip:8080/hostname"
    try "$from" "udp ${to#*/}" sh -c "echo hostname | nc -u -w 1 $ip 8081 | grep -q ."
  done
  for service in $services; do
    ip=${service#*/} ip=${ip%/*}
    # Whatever is spoken there, a connection will do.
    [ "$ip" = None ] || try "$from" "service ${service%%/*}" nc -z -w 5 "$ip" "${service##*/}"
  done
  try "$from" 'name kubernetes.default' nslookup kubernetes.default.svc.cluster.local
done
[ "$failed" = 0 ] && echo "mesh: all good" || echo "mesh: $failed failed"
[ "$failed" = 0 ]

/**
 * What a probe stands for in its suite. A closed list: a cause or a suite that asks for another name does not compile,
 * and a recording that holds one is refused.
 */
export const PROBE_NAMES = [
  // pod-to-pod: probe to probe, in four path classes, by protocol and size.
  'tcp-small',
  'tcp-large',
  'udp-small',
  'udp-full',
  'udp-fragmented',
  // pod-to-pod: a pod of the workloads, asked by the probe beside it.
  'same-node-pod',
  // The overlay: bursts at its port, bytes there that are no encapsulation, and bursts to a node's own address.
  'burst',
  'plain-burst',
  'internal-burst',
  // Bursts that the kernel wraps, to the peer's tunnel address.
  'tunnel-burst',
  // The overlay: the peer's tunnel address, and other ports of the peer.
  'tunnel-echo',
  'control-udp',
  'control-udp-slow',
  'control-udp-fast',
  'control-tcp',
  'control-kubelet',
  // Once for each node: whether its kubelet answers, in whatever words.
  'kubelet-tls',
  'internal-udp',
  'internal-tcp',
  // cluster-ip: a Service by its ClusterIP, an endpoint by its own address, one outside of the cluster.
  'service',
  'endpoint',
  'outside-endpoint',
  // coredns: by the pod's resolver, the DNS Service, one replica, and the resolvers outside of the cluster.
  // `search-domain`: a name that nobody has under a search domain of the pods; `absent-name`: the same name alone.
  'resolver-short-name',
  'resolver-external-name',
  'search-domain',
  'absent-name',
  'service-name',
  'service-srv',
  'service-external-name',
  'service-external-aaaa',
  'replica-name',
  'replica-srv',
  'replica-external-name',
  'upstream-external-name',
  'upstream-external-aaaa',
  // node-port, by who asks.
  'from-runner',
  'from-node',
  'on-node-ssh',
  // ingress, by the way in.
  'load-balancer',
  'worker',
  'node-port',
] as const;

export type ProbeName = (typeof PROBE_NAMES)[number];

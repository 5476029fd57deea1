import { describe, expect, it } from 'vitest';
import type { RunContext } from '../../../helpers/model/run-context.ts';
import * as requirements from '../../../helpers/suite/requirements.ts';

const { unmet, ...all } = requirements;

const service = {
  namespace: 'shop',
  name: 'web',
  type: 'NodePort' as const,
  clusterIp: '10.43.0.9',
  selector: {},
  ports: [{ protocol: 'TCP' as const, port: 80, targetPort: '8080', nodePort: 30080 }],
  endpoints: [{ ip: '10.42.0.5', ports: { '': 8080 }, node: 'a', pod: 'web-1', ready: true }],
};
const overlay = { kind: 'flannel-vxlan' as const, vni: 1, port: 8472, device: 'flannel.1', source: 'annotations' };

const full = {
  topology: { overlay, services: [service], dns: service, nodes: [], ingresses: [], dnsPods: [] },
  targets: {
    services: [{ namespace: 'shop', name: 'web', httpPort: 80, healthPath: '/', identity: { kind: 'compare' } }],
    hosts: [{ host: 'shop.example', path: '/' }],
    loadBalancer: '192.0.2.1',
    ingressNodePortHttp: 30080,
    ingressNodes: ['a'],
    ssh: { user: 'root', port: 22, knownHostsPath: '/dev/null' },
  },
  kubeconfig: { kind: 'files', paths: [] },
  externalName: 'example.com',
  pods: ['a', 'b'].map((node) => ({ node, network: 'host', namespace: 'n', pod: node, ip: '10.0.0.1' })),
} as unknown as RunContext;

const empty = {
  kubeconfig: { kind: 'service-account', folder: '/var/run/secrets', server: 'https://10.43.0.1' },
  topology: { overlay: { kind: 'calico-bgp', source: 'the backend type' }, services: [] },
  targets: { services: [], hosts: [], ingressNodes: [] },
  pods: [],
} as unknown as RunContext;

describe('a requirement', () => {
  it.each(Object.entries(all))('%s is met by a cluster that has everything', (_, requirement) => {
    expect(unmet([requirement], full)).toBeUndefined();
  });

  it('says what is missing from a cluster that has nothing, and the variable that ends the skip', () => {
    const reasons = Object.entries(all).map(([name, requirement]) => `${name}: ${unmet([requirement], empty)}`);
    expect(reasons.join('\n')).toMatchInlineSnapshot(`
      "TWO_NODES: this needs probes on two nodes at least
      TWO_HOSTS: this needs host-network probes on two nodes at least
      SERVICES: no Service with a ClusterIP is among the targets (NETWRIGHT_SERVICES)
      ENDPOINTS: no Service of the targets has a ready endpoint (NETWRIGHT_SERVICES)
      DNS_SERVICE: no DNS Service was found: kube-system has none with the label k8s-app=kube-dns, nor one named kube-dns or coredns
      EXTERNAL_NAME: no name outside the cluster is configured (NETWRIGHT_EXTERNAL_NAME)
      NODE_PORTS: no Service of the targets has a NodePort (NETWRIGHT_SERVICES, NETWRIGHT_CANARY_NODEPORT)
      SSH: SSH to the nodes is not configured (NETWRIGHT_SSH_USER)
      INGRESS_HOSTS: no ingress host is configured and none was found in Ingress objects (NETWRIGHT_HOSTS)
      OUTSIDE: Netwright runs in the cluster: nothing is asked from outside of it (NETWRIGHT_KUBECONFIG)
      NODES_IN_REACH: undefined
      INGRESS_TLS: no Ingress object has tls for a host
      LOAD_BALANCER: no load balancer is configured, and the ingress has no address beside the nodes (NETWRIGHT_LOAD_BALANCER)
      INGRESS_NODES: no node is known to run the ingress controller (NETWRIGHT_INGRESS_NODES)
      INGRESS_NODE_PORT: no NodePort of the ingress controller is configured (NETWRIGHT_INGRESS_NODEPORT_HTTP, NETWRIGHT_INGRESS_NODEPORT_HTTPS)
      BURSTS: Calico BGP has no tunnel device to count at (the backend type): its paths are judged by echoes
      TUNNEL_ADDRESS: with Calico BGP nodes have no address of their own among the pods': the pods' own probes judge it"
    `);
  });

  it('that is met leaves the next one to be looked at', () => {
    expect(unmet([all.SSH, all.NODE_PORTS], { ...empty, targets: full.targets })).toMatch(/^no Service of the targets/);
  });
});

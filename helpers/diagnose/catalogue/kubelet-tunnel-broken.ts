import type { CatalogueEntry, Match } from '../entry.ts';
import { heard } from '../view/pairs.ts';
import { placeOf, say } from './support.ts';

const TUNNEL = /:10250\/|failed to find Session for client|proxy error from .* (?:code 502|dialing)|error dialing backend|dial tcp [\d.]+:10250|:10250: (?:i\/o timeout|connect: )/;

interface Reason {
  node: string;
  text: string;
  id: string;
}

/** The API server cannot reach a node's kubelet: exec, logs and port-forward fail, workloads do not. */
export const kubeletTunnelBroken: CatalogueEntry = {
  code: 'kubelet-tunnel-broken',
  title: (locations) => `the API server cannot reach the kubelet: ${placeOf(locations)}`,
  layer: 'node',
  severity: 'major',
  dependsOn: ['node-not-ready-endpoints'],
  needs: ['the API server’s own words for an exec that failed', 'that the node answers others on another port'],
  match: (view) => {
    const recorded = view.facts.all<{ ok?: boolean; text?: string }>('kubelet').flatMap(({ value, id, node }): Reason[] => (node && value.ok === false ? [{ node, text: value.text ?? 'no answer', id }] : []));
    return [...recorded, ...view.serving.filter(({ text }) => TUNNEL.test(text))]
      .filter(({ node }) => view.cluster.nodes.get(node)?.value.ready !== false)
      .map(({ node, text, id }): Match => ({ confidence: TUNNEL.test(text) && view.probes.some((probe) => probe.destination.node === node && probe.source.node !== node && probe.destination.network === 'host' && heard(probe)) ? 'proved' : 'candidate', location: { node }, evidence: [say(`the API server says of ${node}'s kubelet: ${text}`, id)], impact: [], basis: [] }));
  },
  remedy: { k3s: 'Open TCP 6443 from every agent to every server, or TCP 10250 from servers to all nodes where the servers dial; then restart k3s-agent on the node.', hetzner: 'the rules of a Cloud Firewall must list both ports for the nodes’ addresses.' },
  verify: ({ node }) => `kubectl get --raw /api/v1/nodes/${node}/proxy/healthz`,
  parts: ({ node }) => `kubectl get --raw /api/v1/nodes/${node}/proxy/healthz`,
};

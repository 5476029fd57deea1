import type { CatalogueEntry, Match } from '../../entry.ts';
import { heard } from '../../view/pairs.ts';
import { OF_KUBELET } from '../../evidence/sick-nodes.ts';
import { count, ids, placeOf, say } from '../../evidence/support.ts';
import { calicoPolicyDrops } from './calico-policy-drops.ts';
import { nodeNotReadyEndpoints } from './node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

const TUNNEL = new RegExp(
  [
    ':10250/',
    'failed to find Session for client',
    'proxy error from .* (?:code 502|dialing)',
    'error dialing backend',
    String.raw`dial tcp [\d.]+:10250`,
    ':10250: (?:i/o timeout|connect: )',
  ].join('|'),
);

/** As `cluster/exec` says it. */
const NOT_THERE = /refused on the way to the API server/;

/** The API server cannot reach a node's kubelet: exec, logs and port-forward fail, workloads do not. */
export const kubeletTunnelBroken: CatalogueEntry = {
  code: 'kubelet-tunnel-broken',
  title: (locations) => `the API server cannot reach the kubelet: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  // No exec reaches a node that is down, or before which everything is dropped.
  yieldsTo: [nodeNotReadyEndpoints, calicoPolicyDrops],
  match: (view) => {
    // What does not even come to the API server says nothing of its way to the kubelets.
    const serving = view.serving.filter(({ text }) => !NOT_THERE.test(text));
    const unheard = [...Map.groupBy(serving, ({ node }) => node)];
    return unheard.flatMap(([node, reasons]): Match[] => {
      if (view.cluster.nodes.get(node)?.value.ready === false) return [];
      const to = view.probes.filter(
        ({ destination, source }) =>
          destination.node === node && source.node !== node && destination.network === 'host',
      );
      const kubelet = to.filter(({ role }) => role === 'control-kubelet');
      const closed =
        kubelet.length > 0 &&
        kubelet.every(
          ({ succeeded, errorKind }) => succeeded === 0 && errorKind !== 'lost-exec' && errorKind !== 'not-observed',
        );
      const said = reasons.find(({ text }) => TUNNEL.test(text));
      // The probe alone may be at fault where neither the API server's words nor the port itself tell.
      if (!said && !closed) return [];
      const alive = to.find((probe) => !OF_KUBELET.has(probe.role) && probe.kind !== 'burst' && heard(probe));
      return [
        provedIf(alive, {
          at: { node },
          evidence: [
            say(`nothing is heard of the probes on ${node} by exec: ${(said ?? reasons[0])?.text}`, ...ids(reasons)),
            closed &&
              say(
                `its kubelet's port ${kubelet[0]?.destination.port} answers none of ` +
                  count(kubelet.length, 'other node'),
                ...ids(kubelet),
              ),
            alive && say(`the node answers at port ${alive.destination.port}`, alive.id),
          ],
          impact: [],
          basis: [],
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Open TCP 6443 from every agent to every server, or TCP 10250 from servers to all nodes where the servers ' +
        'dial; then restart k3s-agent on the node.',
    },
    { provider: 'hetzner', text: 'the rules of a Cloud Firewall must list both ports for the nodes’ addresses.' },
  ],
  shows: 'ok',
  verify: ({ node }) => `kubectl get --raw /api/v1/nodes/${node}/proxy/healthz`,
  parts: ({ node }) => `kubectl get --raw /api/v1/nodes/${node}/proxy/healthz`,
};

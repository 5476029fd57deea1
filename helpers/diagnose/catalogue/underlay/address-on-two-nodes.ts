import type { CatalogueEntry, Match, Request } from '../../entry.ts';
import { ids, listed, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import type { View } from '../../view/view.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

/**
 * Devices that answer nobody's question for an address: kube-proxy's mode ipvs has every Service's there, kube-router's
 * and PureLB's likewise (`kube-dummy-if`, `kube-lb0`), and who returns answers directly (LVS, IPVS) or announces the
 * address by BGP keeps the shared one on `lo` or a dummy.
 */
const UNHEARD = /^(lo|dummy|kube-(ipvs|dummy|lb)|nodelocaldns)/;
/** So many nodes are read at most. */
const MOST_NODES = 8;

const balancerOf = (view: View): string | undefined => view.facts.all('targets').at(-1)?.value.loadBalancer;

const failuresBy = (view: View): View['failing'] => view.failing.filter(({ role }) => role === 'load-balancer');

/** Nodes that have the address on a device that is heard. */
const holders = (view: View, address: string): { node: string; device: string; id: string }[] =>
  view.nodes.flatMap((node) => {
    const read = view.facts.one('ssh/ip-addr', node);
    const own = read?.value?.find((each) => each.address === address && !UNHEARD.test(each.device));
    return read && own ? [{ node, device: own.device, id: read.id }] : [];
  });

/** The load balancer's address is on several nodes: who asks for it is answered by the one or the other. */
export const addressOnTwoNodes: CatalogueEntry = {
  code: 'address-on-two-nodes',
  title: (locations) => `several nodes have the load balancer's address: ${placeOf(locations)}`,
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['ip-addr'],
  match: (view): Match[] => {
    const address = balancerOf(view);
    const failed = failuresBy(view);
    if (address === undefined || failed.length === 0) return [];
    const own = holders(view, address);
    if (own.length < 2) return [];
    const where = own.map(({ node, device }) => `${node} (${device})`);
    return own.map(({ node }) =>
      proved({
        at: { node },
        nodes: own.map((each) => each.node),
        evidence: [
          say(`${address} is on ${listed(where)}: neighbours hear of each in turn`, ...own.map(({ id }) => id)),
          say('requests through the load balancer fail', ...ids(failed).slice(0, 12)),
        ],
        impact: [{ kind: 'probes', ids: ids(failed) }],
        basis: failed,
      }),
    );
  },
  asks: (view) =>
    balancerOf(view) === undefined || failuresBy(view).length === 0
      ? []
      : view.nodes.slice(0, MOST_NODES).map((node): Request => ({
          kind: 'ssh-facts',
          node,
          sets: ['ip-addr'],
          why: "to see whether several nodes have the load balancer's address",
        })),
  remedy: () => [
    {
      text:
        'Let one program alone announce the address (kube-vip, MetalLB or keepalived), take it from the node that ' +
        'must not have it (ip addr del), and see why two hold it: two programs for one Service, a lost lease, or the ' +
        'same router identity twice.',
    },
  ],
  shows: 'the address on one node alone',
  verify: ({ node }, view) => `ssh ${node} ip addr show to ${balancerOf(view) ?? 'ADDRESS'}`,
  parts: ({ node }, view) => `ssh ${node} ip addr show to ${balancerOf(view) ?? 'ADDRESS'}`,
};

import type { Country } from '../walk/journey.ts';
import { oncePerView } from '../view/once.ts';
import type { View } from '../view/view.ts';
import { inRange } from './ranges.ts';

/** Pods of which the node is known: those that probes came from or went to, and CoreDNS'. */
function podsOf(view: View): Map<string, string> {
  const ends = [...view.probes, ...view.failing].flatMap(({ source, destination }) => [source, destination]);
  const pods = ends.flatMap(({ network, ip, node }): [string, string][] =>
    network === 'pod' && ip !== undefined && node !== undefined ? [[ip, node]] : [],
  );
  const dns = view.cluster.dnsPods.flatMap(({ value: { ip, node } }): [string, string][] =>
    ip !== undefined && node !== undefined ? [[ip, node]] : [],
  );
  return new Map([...dns, ...pods]);
}

/** The nodes whose state was read, and who has which address, for packets to be walked through them. */
export const countryOf = oncePerView((view): Country => {
  const nodes = [...view.cluster.nodes.values()].map(({ value }) => value);
  const pods = podsOf(view);
  const rangesOf = (node: string): string[] => nodes.find(({ name }) => name === node)?.podCidrs ?? [];
  // Some network plugins give pods addresses of their own choice, whatever range a node has.
  const haveRanges = [...pods].every(([ip, node]) => rangesOf(node).some((range) => inRange(ip, range)));
  const services = new Set(view.cluster.services.map(({ value }) => value.clusterIp));
  const hasAddress = (name: string, address: string): boolean =>
    view.nodeState(name)?.index.state.addresses?.some((each) => each.address === address) ?? false;
  const ofNodes = new Set(nodes.map(({ internalIp }) => internalIp));
  const known = new Map<string, string | undefined>();
  const find = (address: string): string | undefined =>
    pods.get(address) ??
    (
      nodes.find(({ internalIp }) => internalIp === address) ??
      nodes.find(({ name }) => hasAddress(name, address)) ??
      (haveRanges ? nodes.find(({ podCidrs }) => podCidrs.some((range) => inRange(address, range))) : undefined)
    )?.name;
  return {
    index: (node) => view.nodeState(node)?.index,
    nodeOf: (address) => {
      if (!known.has(address)) known.set(address, find(address));
      return known.get(address);
    },
    addressOf: (node) => view.cluster.nodes.get(node)?.value.internalIp,
    isService: (address) => services.has(address),
    isPod: (address) => pods.has(address) && !ofNodes.has(address),
  };
});

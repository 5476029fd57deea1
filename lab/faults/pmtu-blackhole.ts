import { formsOfNodes } from './places.ts';

/** A hop in the path with a smaller MTU, whose "fragmentation needed" does not come back: here the tunnel's device of the sender's node. */
export const faults = formsOfNodes({ code: 'pmtu-blackhole', title: 'the tunnel carries less than pods believe, and ICMP "fragmentation needed" is filtered' }, async (lab, node) => {
  await lab.inNetwork(node, ['ip', 'link', 'set', 'flannel.1', 'mtu', '1300'], ['ip', 'link', 'set', 'flannel.1', 'mtu', '1450']);
  await lab.nftOnNode(node, 'output', ['icmp type destination-unreachable icmp code 4 counter drop']);
});

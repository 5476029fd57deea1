import { formsOfNodes, formsOfTheWire } from '../lib/places.ts';

const code = 'pmtu-blackhole';
/** So much less than the links believe in: a private network of Hetzner Cloud carries 1450 of 1500. */
const LESS = 50;

export const faults = [
  // Not for what API server and kubelets send each other: nodes whose reports are lost are soon not Ready, and then
  // looked at no further.
  ...formsOfTheWire(
    { code, title: `the wire carries ${LESS} bytes less than the links, and drops what is larger without a word` },
    (match, lab) => [
      `${match} tcp dport { 6443, 10250 } accept`,
      `${match} tcp sport { 6443, 10250 } accept`,
      `${match} ip length > ${lab.uplink.mtu - LESS} counter drop`,
    ],
    ['all', 'one-pair', 'one-node'],
  ),
  // A hop with a smaller MTU on the node itself, whose "fragmentation needed" does not come back.
  ...formsOfNodes(
    { code, title: 'the tunnel carries less than pods believe, and ICMP "fragmentation needed" is filtered' },
    async (lab, node) => {
      await lab.inNetwork(
        node,
        ['ip', 'link', 'set', lab.tunnel, 'mtu', '1300'],
        ['ip', 'link', 'set', lab.tunnel, 'mtu', String(lab.uplink.mtu - 50)],
      );
      await lab.nftOnNode(node, 'output', ['icmp type destination-unreachable icmp code 4 counter drop']);
    },
    'tunnel-',
  ),
];

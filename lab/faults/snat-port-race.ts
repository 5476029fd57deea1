import { RANGES } from '../topology.ts';
import { formsOfNodes } from './places.ts';

/** So few source ports that a handful of connections to one target, each remembered for its time of closing, has used them all. */
const PORTS = '40000-40003';

export const faults = formsOfNodes({ code: 'snat-port-race', title: 'pods that leave the cluster share four source ports' }, (lab, node) =>
  lab.nftOnNode(node, 'postrouting', [`ip saddr ${RANGES.pods} ip daddr != ${RANGES.pods} ip protocol tcp oifname "eth0" masquerade to :${PORTS}`], { type: 'nat', priority: '90' }),
).slice(0, 1);

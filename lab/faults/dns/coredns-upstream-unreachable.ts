import { setTimeout as sleep } from 'node:timers/promises';
import { changeCorefile } from '../lib/coredns.ts';
import { nodeSet } from '../lib/places.ts';
import { atNode, everywhere, type LabFault } from '../lib/types.ts';

const code = 'coredns-upstream-unreachable';
const toResolver = (resolver: string): string =>
  `ip daddr ${resolver} meta l4proto { tcp, udp } th dport 53 counter drop`;

/** K3s' Corefile says `cache 30`: for so long CoreDNS knows what it asked before. */
const CACHE_MS = 31_000;

export const faults: LabFault[] = [
  {
    id: `${code}/filtered`,
    code,
    title: 'the resolver that CoreDNS forwards to is not reachable from any node',
    takes: 'none',
    inject: async (lab) => {
      await lab.inFabric(`ip saddr ${nodeSet(lab)} ${toResolver(lab.status.edge.resolver)}`);
      await sleep(CACHE_MS);
    },
    expected: everywhere,
  },
  {
    id: `${code}/filtered-at-one-node`,
    code,
    title: 'the resolver that CoreDNS forwards to is not reachable from one node',
    takes: 'node',
    inject: (lab, { node = '' }) =>
      lab.inFabric(`ip saddr ${lab.node(node).address} ${toResolver(lab.status.edge.resolver)}`),
    expected: atNode,
  },
  {
    id: `${code}/udp-filtered`,
    code,
    title: 'the resolver that CoreDNS forwards to is reached over TCP only',
    takes: 'none',
    inject: (lab) =>
      lab.inFabric(`ip saddr ${nodeSet(lab)} ip daddr ${lab.status.edge.resolver} udp dport 53 counter drop`),
    expected: everywhere,
  },
  {
    id: `${code}/wrong-address`,
    code,
    title: 'CoreDNS forwards to an address where no resolver is',
    takes: 'none',
    inject: async (lab) => {
      await changeCorefile(lab, (corefile) => corefile.replace('forward . /etc/resolv.conf', 'forward . 192.0.2.53'));
      await lab.kubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=60s']);
    },
    expected: everywhere,
  },
];

import type { Location } from '../../../model/finding.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import {
  complaints,
  failedAt,
  fullSizeLost,
  READY_AGAIN,
  type SickNode,
  sickAt,
  sickNodes,
} from '../../evidence/sick-nodes.ts';
import { count, placeOf, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';
import { containerRuntimeDown } from './container-runtime-down.ts';
import { kubeletCertificateOrClock } from './kubelet-certificate-or-clock.ts';

/** What ends a kubelet or an agent as it starts, and what to do about it. */
const ENDS: [words: RegExp, text: string][] = [
  [
    /modprobe: FATAL|Module \S+ not found|operation not supported.*vxlan|br_netfilter/i,
    'A kernel module is missing: install the package with the modules of the running kernel (linux-modules-extra on ' +
      'Ubuntu for clouds and the Raspberry Pi), or reboot into the kernel that was updated.',
  ],
  [
    /failed to find memory cgroup|cgroup.*(?:not|missing|disabled)|cgroup driver/i,
    'Its cgroups are not as it needs them: cgroup_memory=1 cgroup_enable=memory on the kernel command line, and one ' +
      'cgroup driver for kubelet and runtime.',
  ],
  [/running with swap on is not supported/i, 'Swap is on: swapoff -a and /etc/fstab, or failSwapOn: false.'],
  [/address already in use/i, 'Another program holds its port: ss -ltnp sport = :10250.'],
  [/failed to load kubelet config|unknown (?:flag|field)|invalid configuration/i, 'Its configuration is not valid.'],
  [/no space left on device/i, 'The disk is full.'],
];
/** What only one that ends itself says. */
const LAST_WORDS = /^F\d{4} |level=fatal|[Ff]ailed to run|command failed|panic:/;
/** One that ends again and again has a process that is young whenever it is looked at. */
const YOUNG_SECONDS = 30;

interface State {
  text: string;
  ids: (string | undefined)[];
  isProved: boolean;
}

const stopped = ({ node, kubelet, agents }: SickNode): State | undefined =>
  kubelet?.state.startsWith('T')
    ? { text: `${kubelet.name} on ${node} is stopped (state ${kubelet.state})`, ids: [agents?.id], isProved: true }
    : undefined;

const gone = ({ node, kubelet, agents }: SickNode): State | undefined =>
  agents && !kubelet ? { text: `no kubelet and no k3s runs on ${node}`, ids: [agents.id], isProved: true } : undefined;

/**
 * Nobody listens at its port, though the machine is there. One that runs and is not let in to the API server does not
 * listen either, so that its process has to be looked at.
 */
function refuses({ node, port, kubelet, agents, alive }: SickNode): State | undefined {
  if (port?.state !== 'refused' || alive.length === 0) return undefined;
  if (kubelet && kubelet.elapsedSeconds >= YOUNG_SECONDS) return undefined;
  const text = kubelet
    ? `${kubelet.name} on ${node} was started ${kubelet.elapsedSeconds} s ago, and its port is refused`
    : `nobody listens at port 10250 of ${node}: ${count(port.ids.length, 'other node')} are refused`;
  return { text, ids: [...port.ids, agents?.id], isProved: agents !== undefined };
}

/** Connections are made by the kernel, and nobody takes them. */
function hangs({ node, port, alive, kubelet, agents }: SickNode): State | undefined {
  if (port?.state !== 'silent' || alive.length === 0) return undefined;
  const isStuck = kubelet?.state.startsWith('D') === true;
  return {
    text:
      `port 10250 of ${node} takes connections and answers no TLS` +
      (isStuck ? `; ${kubelet.name} waits in the kernel` : ''),
    ids: [...port.ids, agents?.id],
    isProved: isStuck,
  };
}

const stateOf = (view: View, sick: SickNode): State | undefined =>
  stopped(sick) ?? gone(sick) ?? refuses(sick) ?? (fullSizeLost(view, sick) ? undefined : hangs(sick));

const advices = (view: View, locations: readonly Location[]): string[] => {
  const sick = sickAt(view, locations);
  return ENDS.filter(([words]) => sick.some((each) => complaints(each, words).length > 0)).map(([, text]) => text);
};

/** The kubelet of a node, or the K3s that it is a part of, does not run or does nothing: the node is not Ready. */
export const kubeletDown: CatalogueEntry = {
  code: 'kubelet-down',
  title: (locations) => `the kubelet (k3s, k3s-agent) does not run: ${placeOf(locations)}`,
  layer: 'node',
  dependsOn: [],
  // Without a runtime, or with a certificate that is out of date, it ends itself.
  yieldsTo: [containerRuntimeDown, kubeletCertificateOrClock],
  // The rest is asked of nodes that are not Ready alone.
  sets: ['node-agents'],
  match: (view) =>
    sickNodes(view).flatMap((sick): Match[] => {
      const state = sick.isTold ? undefined : stateOf(view, sick);
      if (!state) return [];
      const { node, info, words, alive, log } = sick;
      const [last] = [LAST_WORDS, ...ENDS.map(([each]) => each)].flatMap((each) => complaints(sick, each));
      return [
        provedIf(state.isProved, {
          at: { node },
          evidence: [
            say(state.text, ...state.ids),
            say(`Kubernetes says of ${node}: ${words}`, info.id),
            alive.length > 0 && say(`the machine itself answers`, ...alive),
            last !== undefined && say(`its log: ${last}`, log?.id),
          ],
          impact: [{ kind: 'node', node }],
          basis: state.isProved ? failedAt(view, node) : [],
        }),
      ];
    }),
  remedy: (view, locations) => [
    ...advices(view, locations).map((text) => ({ text })),
    {
      text:
        'Start it: systemctl restart k3s-agent (k3s on a server, kubelet elsewhere), and read why it ended: ' +
        'journalctl -u k3s-agent -n 100. One that hangs is ended first: systemctl kill -s KILL k3s-agent.',
    },
  ],
  ...READY_AGAIN,
  parts: ({ node }) =>
    `ssh ${node} 'ps -eo pid,stat,etime,comm | grep -E "kubelet|k3s"; journalctl -u k3s-agent -n 30'`,
};

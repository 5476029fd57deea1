import { NAMESPACE } from '../../workloads/keybuzz.ts';
import type { FaultContext } from '../lib/context.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'service-rules-flushed';

/** Tables of kube-proxy's newer mode, which go as a whole. */
const TABLES = ['ip', 'ip6'].map((family) => ['nft', 'delete', 'table', family, 'kube-proxy']);

/** Removes what kube-proxy wrote, as a firewall's reload does; the chains stay, empty. */
async function flush(lab: FaultContext, node: string): Promise<void> {
  if (lab.status.settings.proxy === 'nftables') for (const argv of TABLES) await lab.onNode(node, argv).catch(() => {});
  else
    for (const table of ['nat', 'filter']) {
      await lab.onNode(node, [
        'bash',
        '-c',
        `iptables-save -t ${table} | sed -n 's/^:\\(KUBE-[A-Z0-9-]*\\) .*/-F \\1/p' | { echo '*${table}'; cat; ` +
          'echo COMMIT; } | iptables-restore -w --noflush',
      ]);
    }
  // Translations that were made stay in force for their connections; a fault of new connections needs none of them.
  await lab.inNetwork(node, ['conntrack', '-F']).catch(() => {});
}

/** Removes the one rule that leads what comes from pods and from outside into the rules for Services. */
const unhook = (lab: FaultContext, node: string): Promise<string> =>
  lab.status.settings.proxy === 'nftables'
    ? lab.onNode(node, ['nft', 'flush', 'chain', 'ip', 'kube-proxy', 'nat-prerouting'])
    : lab.onNode(node, [
        'bash',
        '-c',
        "iptables-save -t nat | sed -n 's/^-A \\(PREROUTING .*-j KUBE-SERVICES\\)$/-D \\1/p' | { echo '*nat'; cat; " +
          'echo COMMIT; } | iptables-restore -w --noflush',
      ]);

export const faults: LabFault[] = [
  {
    id: `${code}/absent`,
    code,
    title: 'kube-proxy is stopped on a node and its rules are gone',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.hold(node, 'kube-proxy');
      await flush(lab, node);
    },
    expected: atNode,
    also: ['kube-proxy-stopped'],
  },
  {
    id: `${code}/not-led-in`,
    code,
    title: "kube-proxy is stopped on a node and nothing leads pods' packets to its rules",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.hold(node, 'kube-proxy');
      await unhook(lab, node);
    },
    expected: atNode,
    also: ['kube-proxy-stopped'],
  },
  {
    id: `${code}/stale`,
    code,
    title: 'kube-proxy is stopped on a node and its rules name pods that are gone',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.hold(node, 'kube-proxy');
      // Deleted at once and made anew by their Deployments, under other addresses.
      await lab.kubectl(['-n', NAMESPACE, 'delete', 'pods', '--all', '--wait=true']);
      for (const app of ['keybuzz-api', 'keybuzz-ui', 'keybuzz-my-ui'])
        await lab.kubectl(['-n', NAMESPACE, 'rollout', 'status', `deployment/${app}`, '--timeout=60s']);
    },
    expected: atNode,
    also: ['kube-proxy-stopped'],
  },
];

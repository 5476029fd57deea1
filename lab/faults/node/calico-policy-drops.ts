import { calicoObject, untilWritten, WITH_FELIX } from '../lib/calico.ts';
import { atNode, everywhere, type LabFault } from '../lib/types.ts';

const code = 'calico-policy-drops';

/** Holds once felix has written a chain. */
const hasChain = (chain: string): string => `iptables-save -t filter | grep -q '^:${chain} '`;

export const faults: LabFault[] = [
  {
    id: `${code}/host-endpoint`,
    code,
    title: "a HostEndpoint of Calico without a policy: of what comes to the node only Calico's failsafe ports pass",
    takes: 'node',
    networks: WITH_FELIX,
    inject: async (lab, { node = '' }) => {
      const card = lab.uplink.name;
      const spec = { node, interfaceName: card, expectedIPs: [lab.node(node).address] };
      await lab.create(calicoObject('HostEndpoint', 'netwright-fault', spec));
      await untilWritten(lab, node, hasChain(`cali-fh-${card}`));
    },
    expected: atNode,
    // It is true as well, and all that is seen without SSH.
    also: ['kubelet-tunnel-broken'],
  },
  {
    id: `${code}/policy`,
    code,
    title: 'a GlobalNetworkPolicy of Calico denies DNS to every pod, before any other policy is asked',
    takes: 'none',
    networks: WITH_FELIX,
    inject: async (lab) => {
      const deny = { action: 'Deny', protocol: 'UDP', destination: { ports: [53] } };
      const spec = { order: 10, selector: 'all()', types: ['Egress'], egress: [deny, { action: 'Pass' }] };
      await lab.create(calicoObject('GlobalNetworkPolicy', 'no-dns', spec));
      for (const { name } of lab.status.nodes) await untilWritten(lab, name, hasChain('cali-po-no-dns'));
    },
    expected: everywhere,
  },
];

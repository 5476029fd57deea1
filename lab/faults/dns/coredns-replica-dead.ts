import { inPod, pods } from '../lib/places.ts';
import { type LabFault } from '../lib/types.ts';

const code = 'coredns-replica-dead';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'one replica of CoreDNS counts as ready and answers no question',
    takes: 'none',
    inject: async (lab) => {
      const [pod] = await pods(lab, ['-n', 'kube-system', '-l', 'k8s-app=kube-dns']);
      if (!pod) throw new Error('CoreDNS has no running replica');
      const node = pod.spec.nodeName as string;
      const address = pod.status.podIP as string;
      // Only port 53: /health and /ready go on answering.
      await inPod(
        lab,
        node,
        address,
        [
          'nft',
          'add table inet netwright_fault; add chain inet netwright_fault input { type filter hook input ' +
            'priority 0; }; add rule inet netwright_fault input meta l4proto { tcp, udp } th dport 53 counter drop',
        ],
        ['nft', 'delete', 'table', 'inet', 'netwright_fault'],
      );
      return { node, replica: pod.metadata.name, endpoint: address };
    },
    expected: ({ replica }) => [replica === undefined ? {} : { replica }],
  },
];

import { eventually } from '../../kubectl.ts';
import { podRange } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'ipam-exhausted';
const GONE_TIMEOUT_MS = 60_000;
const MARK = 'netwright-leaked';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'no pod address is left on a node: those of dead pods were never given back',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      // Pods that are on their way out would give their addresses back afterwards.
      await eventually(async () => {
        const { items } = await lab.get<{ items: { metadata: { deletionTimestamp?: string } }[] }>([
          'pods',
          '-A',
          '--field-selector',
          `spec.nodeName=${node}`,
        ]);
        if (items.some(({ metadata }) => metadata.deletionTimestamp !== undefined))
          throw new Error(`pods are on their way out of ${node}`);
      }, GONE_TIMEOUT_MS);
      // As the plugin's configuration calls the pods' network.
      const own = lab.status.settings.network === 'canal' ? 'k8s-pod-network' : 'cbr0';
      const folder = `/var/lib/cni/networks/${own}`;
      const prefix = (await podRange(lab, node)).replace(/\.0\/\d+$/, '');
      // Also what is given back meanwhile for pods that the API server has forgotten.
      const leak =
        `mkdir -p ${folder}; for second in 1 2 3 4 5; do for i in $(seq 2 254); do [ -e ${folder}/${prefix}.$i ] ` +
        `|| printf ${MARK} > ${folder}/${prefix}.$i; done; sleep 1; done`;
      await lab.onNode(node, ['sh', '-c', leak], ['sh', '-c', `grep -l ${MARK} ${folder}/* | xargs -r rm -f`]);
    },
    expected: atNode,
  },
];

import { addressIn } from '../../makes/ranges.ts';
import { eventually } from '../../kubectl.ts';
import { podRange, sizeOf } from '../lib/places.ts';
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
      const range = await podRange(lab, node);
      const [one, two, three, four] = addressIn(range, 2).split('.').map(Number) as [number, number, number, number];
      const first = three * 256 + four;
      const address = `${one}.${two}.$((i / 256)).$((i % 256))`;
      // Also what is given back meanwhile for pods that the API server has forgotten.
      const leak =
        `mkdir -p ${folder}; for second in 1 2 3 4 5; do for i in $(seq ${first} ${first + sizeOf(range) - 4}); do ` +
        `[ -e ${folder}/${address} ] || printf ${MARK} > ${folder}/${address}; done; sleep 1; done`;
      await lab.onNode(node, ['sh', '-c', leak], ['sh', '-c', `grep -l ${MARK} ${folder}/* | xargs -r rm -f`]);
    },
    expected: atNode,
  },
];

import { specOf } from '../lib/places.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'dns-over-tcp-not-served';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'the DNS Service has port 53 for UDP alone',
    takes: 'none',
    inject: (lab) =>
      lab.change('kube-system', 'service/kube-dns', (service) => {
        const spec = specOf(service);
        const ports = spec['ports'] as { protocol?: string }[];
        spec['ports'] = ports.filter(({ protocol }) => protocol === 'UDP');
      }),
    expected: everywhere,
  },
];

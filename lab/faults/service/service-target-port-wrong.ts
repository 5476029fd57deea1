import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { atService, specOf } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'service-target-port-wrong';

const toPort = (form: string, title: string, targetPort: number | string): LabFault => ({
  id: `${code}/${form}`,
  code,
  title,
  takes: 'none',
  inject: async (lab) => {
    await lab.change(
      NAMESPACE,
      'service/keybuzz-ui',
      (service) => void (specOf(service)['ports'][0].targetPort = targetPort),
    );
    return { service: 'keybuzz-ui' };
  },
  expected: atService,
});

export const faults: LabFault[] = [
  toPort('number', 'a Service leads to a port of its pods on which nothing listens', 8081),
  toPort('name', 'a Service leads to a named port that none of its pods has', 'web'),
];

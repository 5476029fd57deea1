import { atService } from '../lib/places.ts';
import { denyApp } from '../lib/pod-firewall.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'network-policy-denies';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'a NetworkPolicy lets nobody in to the pods of a Service',
    takes: 'none',
    inject: async (lab) => {
      await denyApp(lab, 'keybuzz-ui');
      return { service: 'keybuzz-ui' };
    },
    expected: atService,
    // With Calico it is true as well, and all that the rules tell where the Service was not read.
    also: ['calico-policy-drops'],
  },
];
